"""About 120 invented companies with their groups, departments and teams in charge."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from abm.demo import staff
from abm.demo.names import words
from abm.demo.structures import departments_of
from abm.demo.world import World
from accounts.corporate_numbers import check_digit
from accounts.enums import NameKind, Relation
from accounts.models import Account, AccountDomain, AccountName, Department
from accounts.names import company_key

FULL = 120
STEMS = """青葉 アオバ Aoba|北斗 ホクト Hokuto|ミナト ミナト Minato|雲海 ウンカイ Unkai|星見 ホシミ Hoshimi
白樺 シラカバ Shirakaba|月影 ツキカゲ Tsukikage|汐見 シオミ Shiomi|風見 カザミ Kazami
蒼天 ソウテン Soten|千鳥 チドリ Chidori|朝凪 アサナギ Asanagi|夕凪 ユウナギ Yunagi
雪代 ユキシロ Yukishiro|桜坂 サクラザカ Sakurazaka|陽向 ヒナタ Hinata|木霊 コダマ Kodama
緑風 リョクフウ Ryokufu|銀嶺 ギンレイ Ginrei|清流 セイリュウ Seiryu|高嶺 タカネ Takane
深山 ミヤマ Miyama|紺碧 コンペキ Konpeki|琥珀 コハク Kohaku|翡翠 ヒスイ Hisui|瑠璃 ルリ Ruri
真砂 マサゴ Masago|八雲 ヤクモ Yakumo|常盤 トキワ Tokiwa|天音 アマネ Amane|花園 ハナゾノ Hanazono
松風 マツカゼ Matsukaze|竹里 タケサト Takesato|梅枝 ウメガエ Umegae|若鮎 ワカアユ Wakaayu
飛鳥野 アスカノ Asukano|春日井野 カスガイノ Kasugaino|秋津 アキツ Akitsu|冬木 フユキ Fuyuki
夏見 ナツミ Natsumi"""

INDUSTRIES = """電気機器 電機 デンキ Electric|機械 精工 セイコウ Precision-Works
情報通信 情報システム ジョウホウシステム Information-Systems|輸送用機器 車体 シャタイ Body-Works
化学 化成 カセイ Chemicals|食品 食品 ショクヒン Foods|電気機器 電子 デンシ Electronics
運輸 物流 ブツリュウ Logistics|金属製品 金属工業 キンゾクコウギョウ Metals
医薬品 製薬 セイヤク Pharma|建設 建設 ケンセツ Construction
機械 機械製作所 キカイセイサクショ Machinery|精密機器 計測 ケイソク Instruments
卸売 商事 ショウジ Trading|樹脂製品 樹脂 ジュシ Plastics|輸送用機器 部品 ブヒン Auto-Parts
小売 ストア ストア Stores|電気・ガス エナジー エナジー Energy"""

EAST_PREFECTURES = ("東京都", "神奈川県", "埼玉県", "宮城県", "北海道", "群馬県", "長野県", "茨城県")
WEST_PREFECTURES = ("大阪府", "愛知県", "兵庫県", "京都府", "福岡県", "広島県", "静岡県", "岡山県")
GROUPS = ("青葉", "北斗", "銀嶺")
NUMBER_BASE = 999_900_000_000  # no registry office gives out numbers like these


class Draft(NamedTuple):
    """A company's names and industry before it becomes an account."""

    stem: str
    name: str
    kana: str
    english: str
    industry: str
    domain: str


def drafts(count: int) -> list[Draft]:
    """The first `count` companies: every stem once, then again with another business."""
    return [_draft(place) for place in range(count)]


def _draft(place: int) -> Draft:
    stems, kinds = words(STEMS), words(INDUSTRIES)
    stem, kana, english = stems[place % len(stems)]
    industry, suffix, suffix_kana, suffix_english = kinds[(place + 7 * (place // len(stems))) % len(kinds)]
    core = f"{stem}{suffix}"
    name = core if suffix.endswith("製作所") and place % 2 else f"{core}株式会社"
    domain = f"{english}-{suffix_english}".lower()
    return Draft(
        stem, f"株式会社{core}" if place % 5 == 0 else name, kana + suffix_kana,
        f"{english} {suffix_english.replace('-', ' ')} Co., Ltd.", industry, f"{domain}.example",
    )  # fmt: skip


def corporate_number(place: int) -> str:
    """A number with a right check digit from a range nobody has."""
    twelve = str(NUMBER_BASE + place)
    return f"{check_digit(twelve)}{twelve}"


def create(world: World) -> None:
    """Accounts with groups, domains and further names, and their departments."""
    made = drafts(world.sized(FULL, at_least=30))
    world.accounts = Account.objects.bulk_create(_account(world, place, draft) for place, draft in enumerate(made))
    _join_groups(world, made)
    AccountDomain.objects.bulk_create(
        AccountDomain(account=account, domain=draft.domain) for account, draft in zip(world.accounts, made, strict=True)
    )
    AccountName.objects.bulk_create(_former_names(world))
    _create_departments(world)
    world.wanted = [account for place, account in enumerate(world.accounts) if _is_wanted(place)]


def _is_wanted(place: int) -> bool:
    return place % 2 == 0


def _account(world: World, place: int, draft: Draft) -> Account:
    rng = world.rng
    partner, team = _in_charge(world, place)
    is_customer = rng.random() < (0.42 if _is_wanted(place) else 0.18)
    relation = Relation.CUSTOMER if is_customer else rng.choice([Relation.PROSPECT, Relation.NONE])
    employees = round(rng.lognormvariate(6.9 if _is_wanted(place) else 5.6, 0.8))
    return Account(
        name=draft.name,
        name_kana=draft.kana,
        name_en=draft.english,
        key=company_key(draft.name),
        corporate_number=corporate_number(place + 1),
        industry=draft.industry,
        employees=employees,
        revenue=Decimal(employees * rng.randrange(18, 55)) * 1_000_000,
        revenue_currency="JPY",
        prefecture=rng.choice(EAST_PREFECTURES if _is_east(place) else WEST_PREFECTURES),
        phone=f"0{rng.choice('369')}-0000-{1000 + place:04}",
        relation=relation,
        relation_since=date(world.fiscal_year - rng.randrange(2, 9), rng.randrange(1, 13), 1) if is_customer else None,
        owner=_owner(world, place),
        team=team,
        partner=partner,
    )


def _is_east(place: int) -> bool:
    return place % 5 < 3


def _in_charge(world: World, place: int) -> tuple[staff.Team | None, staff.Team]:
    team = world.teams[staff.EAST if _is_east(place) else staff.WEST]
    if place % 7 != 3:
        return None, team
    return world.teams[staff.PARTNER_EAST if _is_east(place) else staff.PARTNER_WEST], team


def _owner(world: World, place: int) -> staff.User:
    reps = staff.REPS[staff.EAST if _is_east(place) else staff.WEST]
    return world.users[reps[place // 2 % len(reps)]]


def _join_groups(world: World, made: list[Draft]) -> None:
    """The first company of a group's stem becomes its holding; the others of that stem belong to it."""
    changed = []
    for stem in GROUPS:
        family = [account for account, draft in zip(world.accounts, made, strict=True) if draft.stem == stem]
        head = family[0]
        head.name, head.name_kana = f"{stem}ホールディングス株式会社", f"{head.name_kana}ホールディングス"
        head.name_en = f"{head.name_en.split()[0]} Holdings Co., Ltd."
        head.key, head.industry = company_key(head.name), "持株会社"
        for member in family[1:]:
            member.parent = head
        changed += family
    Account.objects.bulk_update(changed, ["name", "name_kana", "name_en", "key", "industry", "parent"])


def _former_names(world: World) -> Iterator[AccountName]:
    for place, account in enumerate(world.accounts):
        if place % 20 == 7:
            former = f"{account.name.replace('株式会社', '')}工業所"
            yield AccountName(
                account=account, kind=NameKind.FORMER, name=former, key=company_key(former),
                valid_to=date(world.fiscal_year - 6, 9, 30),
            )  # fmt: skip


def _create_departments(world: World) -> None:
    """Trees are saved level by level, so that a parent has its id before its children."""
    trees = [(account, *node) for account in world.accounts for node in departments_of(account)]
    made: dict[tuple[int, str], Department] = {}
    for depth in range(1, 1 + max(len(path) for _, path, _ in trees)):
        level = [
            Department(account=account, parent=made.get((account.pk, path[-2])) if depth > 1 else None,
                       name=path[-1], key=company_key(path[-1]), function=function)
            for account, path, function in trees if len(path) == depth
        ]  # fmt: skip
        for department in Department.objects.bulk_create(level):
            made[department.account_id, department.name] = department
            world.departments.setdefault(department.account_id, []).append(department)
