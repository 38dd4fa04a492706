"""What the demo company sells, and where its information comes from."""

from decimal import Decimal
from typing import NamedTuple

from abm.demo.world import World
from accounts.enums import Function, SourceKind
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
    ("ma", "MA（メール・サイト）", SourceKind.MA),
    ("sfa", "SFA", SourceKind.SFA),
    ("seminar", "セミナー", SourceKind.SEMINAR),
    ("exhibition", "展示会", SourceKind.EXHIBITION),
    ("cards", "名刺", SourceKind.CARDS),
    ("web", "Webフォーム", SourceKind.WEB),
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
    made = Source.objects.bulk_create(Source(code=code, name=name, kind=kind) for code, name, kind in SOURCES)
    world.sources = {source.code: source for source in made}
