"""Department names → function, titles → rank. Pure; thin: the first list with a word of the name decides."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from accounts.enums import Function, Rank

Meaning = TypeVar("Meaning", bound=StrEnum)
F, R = Function, Rank
FUNCTION_WORDS: Mapping[Function, Sequence[str]] = {
    F.PRODUCTION_ENGINEERING: ("生産技術", "製造技術", "production engineering"),
    F.QUALITY: ("品質", "品証", "quality"),
    F.IT: (
        "情報システム",
        "情シス",
        "システム部",
        "it部",
        "it",
        "dx",
        "デジタル",
        "情報企画",
        "technology",
        "information",
    ),
    F.RESEARCH: ("研究", "開発", "r&d", "research", "development"),
    F.DESIGN: ("設計", "デザイン", "design"),
    F.PURCHASING: ("購買", "調達", "資材", "procurement", "purchasing"),
    F.LOGISTICS: ("物流", "ロジスティクス", "logistics", "warehouse", "supply chain"),
    F.MARKETING: ("マーケティング", "宣伝", "販促", "marketing"),
    F.PUBLIC_RELATIONS: ("広報", "ir室", "public relations"),
    F.SALES: ("営業", "販売", "sales"),
    F.SERVICE: ("サービス", "保守", "サポート", "support", "service", "services"),
    F.HR: ("人事", "採用", "人材", "human resources", "hr", "personnel"),
    F.FINANCE: ("経理", "財務", "会計", "finance", "accounting"),
    F.LEGAL: ("法務", "コンプライアンス", "知財", "legal"),
    F.FACILITIES: ("施設", "設備", "ファシリティ", "facilities"),
    F.PRODUCTION: ("製造", "生産", "工場", "production", "manufacturing"),
    F.PLANNING: ("企画", "戦略", "planning", "strategy"),
    F.GENERAL_AFFAIRS: ("総務", "庶務", "general affairs", "administration"),
    F.MANAGEMENT: ("役員", "経営", "社長室", "executive", "management"),
}
_OFFICERS = ("ceo", "cfo", "cto", "cio", "coo", "cmo", "chief", "chairman", "evp", "svp")
RANK_WORDS: Sequence[tuple[Rank, Sequence[str]]] = (
    (R.MANAGER, ("部長代理", "副部長", "次長", "課長", "室長", "所長")),
    (R.EXECUTIVE, ("社長", "会長", "代表", "取締役", "執行役員", "役員", *_OFFICERS)),
    (R.DIRECTOR, ("本部長", "事業部長", "工場長", "vp", "vice president")),
    (R.EXECUTIVE, ("president",)),
    (R.GENERAL_MANAGER, ("部長", "director", "general manager")),
    (R.SECTION_CHIEF, ("係長", "主任", "リーダー", "supervisor", "lead")),
    (R.MANAGER, ("マネージャ", "マネジャ", "manager", "head")),
    (R.STAFF, ("担当", "社員", "スタッフ", "staff", "specialist", "engineer", "assistant", "analyst", "buyer")),
)
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """One spelling whatever the width, case and spaces."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


def function_of(department: str) -> Function:
    """What a department of this name most likely does."""
    return _first(_FUNCTIONS, department) or Function.OTHER


def rank_of(title: str) -> Rank:
    """The canonical rank of a title; UNKNOWN when no word of it is known."""
    return _first(_RANKS, title) or Rank.UNKNOWN


def _first(meanings: Sequence[tuple[Meaning, re.Pattern[str]]], name: str) -> Meaning | None:
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", name)).casefold()
    forms = f"{text}\n{plain(name)}"
    return next((meaning for meaning, words in meanings if words.search(forms)), None)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words; Latin ones only as whole words, so that a director is no CTO."""
    return re.compile("|".join(rf"(?<![a-z]){word}(?![a-z])" if word[0].isascii() else word for word in words))


_FUNCTIONS = [(function, _pattern(words)) for function, words in FUNCTION_WORDS.items()]
_RANKS = [(rank, _pattern(words)) for rank, words in RANK_WORDS]
