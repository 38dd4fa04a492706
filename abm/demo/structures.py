"""How the demo company's accounts are organised: department trees by kind of business and size. Pure data."""

from collections.abc import Iterator

from accounts.enums import Function
from accounts.models import Account

F = Function
Tree = tuple[tuple[str, Function], ...]

SERVICES = ("運輸", "卸売", "小売", "情報通信", "建設", "電気・ガス")
MIDDLE = 250

MAKER: Tree = (
    ("経営企画室", F.PLANNING),
    ("研究開発本部", F.RESEARCH),
    ("研究開発本部/基盤技術研究部", F.RESEARCH),
    ("研究開発本部/設計部", F.DESIGN),
    ("研究開発本部/設計部/設計一課", F.DESIGN),
    ("生産本部", F.PRODUCTION),
    ("生産本部/製造部", F.PRODUCTION),
    ("生産本部/生産技術部", F.PRODUCTION_ENGINEERING),
    ("生産本部/設備管理課", F.FACILITIES),
    ("品質保証部", F.QUALITY),
    ("調達部", F.PURCHASING),
    ("情報システム部", F.IT),
    ("営業本部", F.SALES),
    ("営業本部/カスタマーサービス部", F.SERVICE),
    ("管理本部", F.GENERAL_AFFAIRS),
    ("管理本部/人事部", F.HR),
    ("管理本部/経理部", F.FINANCE),
)
SERVICE: Tree = (
    ("経営企画部", F.PLANNING),
    ("情報システム本部", F.IT),
    ("情報システム本部/データセンター運用課", F.IT),
    ("情報システム本部/業務システム課", F.IT),
    ("物流本部", F.LOGISTICS),
    ("物流本部/配送管理部", F.LOGISTICS),
    ("施設管理部", F.FACILITIES),
    ("購買部", F.PURCHASING),
    ("営業本部", F.SALES),
    ("営業本部/法人営業部", F.SALES),
    ("お客様相談室", F.SERVICE),
    ("人事総務部", F.HR),
    ("経理部", F.FINANCE),
    ("品質管理部", F.QUALITY),
)
SMALL = {"経営企画室", "研究開発本部/設計部/設計一課", "生産本部/設備管理課", "管理本部/経理部", "経営企画部",
         "情報システム本部/業務システム課", "お客様相談室", "経理部", "営業本部/法人営業部"}  # fmt: skip


def departments_of(account: Account) -> Iterator[tuple[list[str], Function]]:
    """Each department as its path from the top, and its function; smaller companies have fewer."""
    tree = SERVICE if account.industry in SERVICES else MAKER
    for path, function in tree:
        if (account.employees or 0) >= MIDDLE or path not in SMALL:
            yield path.split("/"), function
