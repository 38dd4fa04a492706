"""What the demo company sells, and where its information comes from."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from abm.demo.world import World
from accounts import sources
from accounts.enums import Basis, CostKind, Function, SourceKind
from accounts.models import Offering, Source

F = Function


class Product(NamedTuple):
    """An offering, with the functions that buy it and words for what people look at."""

    code: str
    name: str
    category: str
    price: int
    functions: tuple[Function, ...]
    theme: str


PRODUCTS = (
    Product(
        "plm", "設計データ管理", "設計・開発", 12_000_000, (F.DESIGN, F.RESEARCH, F.PLANNING), "設計データの一元管理"
    ),
    Product(
        "drawing",
        "図面検索",
        "設計・開発",
        4_800_000,
        (F.DESIGN, F.PURCHASING, F.PRODUCTION_ENGINEERING),
        "類似図面の検索",
    ),
    Product("monitor", "生産監視", "工場", 9_600_000, (F.PRODUCTION, F.PRODUCTION_ENGINEERING), "工場の見える化"),
    Product(
        "predict",
        "予知保全",
        "工場",
        15_000_000,
        (F.PRODUCTION_ENGINEERING, F.FACILITIES, F.PRODUCTION),
        "設備の予知保全",
    ),
    Product("quality", "品質記録", "工場", 6_000_000, (F.QUALITY, F.PRODUCTION), "品質記録の電子化"),
    Product("platform", "情報基盤", "情報システム", 20_000_000, (F.IT, F.PLANNING, F.LOGISTICS), "データセンター移行"),
    Product(
        "support", "保守契約", "サービス", 2_400_000, (F.IT, F.FACILITIES, F.SERVICE, F.PURCHASING), "保守の一括契約"
    ),
    Product(
        "training",
        "教育",
        "サービス",
        1_200_000,
        (F.HR, F.GENERAL_AFFAIRS, F.SALES, F.RESEARCH),
        "現場のデジタル人材育成",
    ),
)
BY_CODE = {product.code: product for product in PRODUCTS}

SOURCES = (
    ("ma", "MA（メール・サイト）", SourceKind.MA, Basis.CONSENT),
    ("sfa", "SFA", SourceKind.SFA, Basis.DEALINGS),
    ("seminar", "セミナー", SourceKind.SEMINAR, Basis.CONSENT),
    ("exhibition", "展示会", SourceKind.EXHIBITION, Basis.CONSENT),
    ("cards", "名刺", SourceKind.CARDS, Basis.CARD),
    ("web", "Webフォーム", SourceKind.WEB, Basis.CONSENT),
)
PURPOSE = "製品とセミナーのご案内、商談のご連絡"
COSTS = (
    ("ma", CostKind.FLAT, 2_400_000, 1, "年間利用料"),
    ("seminar", CostKind.PER_SEMINAR, 250_000, 8, "会場と集客"),
    ("exhibition", CostKind.FLAT, 4_800_000, 1, "春の展示会の出展料"),
    ("cards", CostKind.PER_CARD, 60, 1_200, "名刺の入力代行"),
)


def create(world: World) -> None:
    """Offerings and sources."""
    world.offerings = {
        offering.code: offering
        for offering in Offering.objects.bulk_create(
            Offering(
                code=product.code,
                name=product.name,
                category=product.category,
                list_price=Decimal(product.price),
                currency="JPY",
            )
            for product in PRODUCTS
        )
    }
    made = Source.objects.bulk_create(
        Source(code=code, name=name, kind=kind, basis=basis, purpose=PURPOSE) for code, name, kind, basis in SOURCES
    )
    world.sources = {source.code: source for source in made}
    for code, kind, amount, units, note in COSTS:
        sources.add_cost(
            world.sources[code], kind=kind, amount=Decimal(amount), units=units, note=note,
            first_on=date(world.fiscal_year, 4, 1), by=world.users["system"], now=world.now,
        )  # fmt: skip
