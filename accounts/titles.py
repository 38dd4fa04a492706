"""Department names → function, titles → rank. Pure; thin: the first word found decides, and it is shown as the rule."""

import re
import unicodedata

from accounts.enums import Function, Rank

F, R = Function, Rank
FUNCTION_WORDS: tuple[tuple[Function, tuple[str, ...]], ...] = (
    (F.PRODUCTION_ENGINEERING, ("生産技術", "製造技術", "productionengineering")),
    (F.QUALITY, ("品質", "品証", "quality")),
    (
        F.IT,
        (
            "情報システム",
            "情シス",
            "システム部",
            "it部",
            "dx",
            "デジタル",
            "情報企画",
            "technology",
            "informationsystem",
        ),
    ),
    (F.RESEARCH, ("研究", "r&d", "開発", "research")),
    (F.DESIGN, ("設計", "デザイン", "design")),
    (F.PURCHASING, ("購買", "調達", "資材", "procurement", "purchasing")),
    (F.LOGISTICS, ("物流", "ロジスティクス", "logistics", "supplychain")),
    (F.MARKETING, ("マーケティング", "宣伝", "販促", "marketing")),
    (F.PUBLIC_RELATIONS, ("広報", "ir室", "publicrelations")),
    (F.SALES, ("営業", "販売", "sales")),
    (F.SERVICE, ("サービス", "保守", "サポート", "customersupport", "service")),
    (F.HR, ("人事", "採用", "人材", "humanresource", "personnel")),
    (F.FINANCE, ("経理", "財務", "会計", "finance", "accounting")),
    (F.LEGAL, ("法務", "コンプライアンス", "知財", "legal")),
    (F.FACILITIES, ("施設", "設備", "ファシリティ", "facilities")),
    (F.PRODUCTION, ("製造", "生産", "工場", "production", "manufacturing")),
    (F.PLANNING, ("経営企画", "事業企画", "企画", "戦略", "planning", "strategy")),
    (F.GENERAL_AFFAIRS, ("総務", "庶務", "generalaffairs", "administration")),
    (F.MANAGEMENT, ("役員", "経営", "社長室", "executive", "management")),
)
RANK_WORDS: tuple[tuple[Rank, tuple[str, ...]], ...] = (
    (R.MANAGER, ("部長代理", "副部長", "次長", "課長", "室長", "所長")),
    (R.EXECUTIVE, ("社長", "会長", "代表", "取締役", "執行役員", "役員", "ceo", "cfo", "cto", "cio", "coo", "cmo",
                   "president", "chairman", "evp", "svp", "chief")),
    (R.DIRECTOR, ("本部長", "事業部長", "工場長", "vp", "vicepresident")),
    (R.GENERAL_MANAGER, ("部長", "director", "generalmanager")),
    (R.SECTION_CHIEF, ("係長", "主任", "リーダー", "supervisor", "lead")),
    (R.MANAGER, ("マネージャ", "マネジャ", "manager", "head")),
    (R.STAFF, ("担当", "社員", "スタッフ", "staff", "specialist", "engineer", "assistant", "analyst", "buyer")),
)  # fmt: skip
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """One spelling whatever the width, case and spaces."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


def function_of(department: str) -> Function:
    """What a department of this name most likely does."""
    key = plain(department)
    return next((f for f, words in FUNCTION_WORDS if any(word in key for word in words)), Function.OTHER)


def rank_of(title: str) -> Rank:
    """The canonical rank of a title; UNKNOWN when no word of it is known."""
    key = plain(title)
    return next((r for r, words in RANK_WORDS if any(word in key for word in words)), Rank.UNKNOWN)
