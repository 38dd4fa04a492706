"""Company names as people really write them: made names, and the ways one name is written otherwise.

Independent of the matcher's own tables on purpose: what a variant replaces is listed here again, shorter and from the
other side, with places and words the matcher does not list as well.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterator

FAMILIES = """
青木 秋山 浅野 東 安藤 池田 石黒 伊東 今村 岩崎 上原 内田 榎本 遠藤 大沢 岡崎 小野寺 尾崎 片桐 加藤 鎌田 神谷
川辺 菊池 北沢 木下 国分 栗原 黒沢 小島 後藤 斎藤 酒井 桜井 佐野 塩沢 柴崎 島田 白石 杉浦 鈴村 関根 高橋 滝沢
竹内 田辺 谷口 千葉 辻村 寺沢 富永 中沢 永井 西崎 野沢 橋爪 浜崎 原田 広瀬 福島 藤崎 古沢 細川 堀江 前島 真壁
三浦 水沢 宮崎 村瀬 森下 八木沢 山崎 横沢 吉沢 渡辺 和久井
""".split()  # noqa: SIM905
TRADES = [
    "商事",
    "産業",
    "工業",
    "製作所",
    "電機",
    "化学",
    "建設",
    "運輸",
    "食品",
    "薬品",
    "印刷",
    "繊維",
    "鉄工",
    "精機",
    "硝子",
    "倉庫",
    "不動産",
    "設備",
    "塗装",
    "紙業",
    "製菓",
    "水産",
    "農園",
    "金属",
    "樹脂",
    "工務店",
    "物産",
    "通商",
    "電設",
    "測量",
    "造園",
    "鋼業",
    "製薬",
    "紡績",
    "酒造",
    "醸造",
    "計器",
    "光学",
    "機械",
    "電子",
]
KANA_STEMS = """
アオバ イズミ ウイング エスペラ オリオン カナデ キャロット クレスト ケヤキ コスモス サクラギ シオン スバル
セトラ ソラリス タチバナ チェリー ツバキ テトラ トキワ ナギサ ニシキ ヌーベル ネオリア ノゾミ ハルカ ヒノキ
フェリス ヘリオス ホクト マイスター ミモザ ムラサキ メープル モミジ ヤマビコ ユニバ ヨツバ ラピス リバティ
ルミナス レグルス ロータス ワカバ ジュピター シャイン キューブ ヴェルデ ファミール
""".split()  # noqa: SIM905
WORDS = {
    "フーズ": "Foods", "システムズ": "Systems", "サービス": "Service", "ソリューションズ": "Solutions",
    "テクノロジー": "Technology", "エンジニアリング": "Engineering",
    "ロジスティクス": "Logistics", "デザイン": "Design",
    "メディカル": "Medical", "エナジー": "Energy", "ホームズ": "Homes", "マテリアル": "Material", "ジャパン": "Japan",
    "コンサルティング": "Consulting", "ネットワークス": "Networks", "セキュリティ": "Security", "データ": "Data",
    "コンピューター": "Computer", "グループ": "Group", "ファーマ": "Pharma", "トラベル": "Travel", "モーターズ": "",
    "ラボラトリ": "", "ケミックス": "", "プランテック": "",
}  # fmt: skip
_LETTER_NAMES = """
エー ビー シー ディー イー エフ ジー エイチ アイ ジェイ ケー エル エム エヌ オー ピー キュー アール エス ティー
ユー ブイ ダブリュー エックス ワイ ゼット
"""
LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER_NAMES.split(), strict=True))
OLD_KANJI = dict(zip("高崎斎辺沢桜国広滝浜鉄学会真恵栄寿万証円応実発徳浅島富塩関県数経",
                     "髙﨑齋邊澤櫻國廣瀧濱鐵學會眞惠榮壽萬證圓應實發德淺嶋冨鹽關縣數經", strict=True))  # fmt: skip
SITES = (
    "東京支店", "大阪営業所", "名古屋支社", "福岡支店", "仙台営業所", "第二工場", "青葉台営業所", "千里支店", "本社",
    "横浜事業所", "苫小牧工場", "西日本支社", "武蔵野営業所", "北関東支店",
)  # fmt: skip
SPELLED_FORMS = ("㈱", "(株)", "（株）", "株式会社 ", "株式會社", "[株]", "ｶ)", "")
ENGLISH_FORMS = (" Co., Ltd.", " Inc.", " K.K.", ", Inc.", " CO.,LTD", " Corporation", " K. K.")
KANJI_DIGITS = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
_STOCK = "株式会社"
_HD = "ホールディングス"
_LATIN = re.compile(r"(?<![A-Za-z])[A-Z]{2,4}(?![A-Za-z])")
_KANA = re.compile("[ァ-ヶー]+")

_SEAM = re.compile(
    r"[一-鿿ぁ-ん](?=[ァ-ヶ])|[ァ-ヶー](?=[一-鿿])|[A-Za-zＡ-Ｚａ-ｚ](?=[一-鿿ァ-ヶ])"
    r"|(?<![式会法団])[一-鿿]{2}(?=[一-鿿]{2})(?!式|会社|法人|団法|限会|同会)"
)

Way = Callable[[str, random.Random], str]


def made(count: int, chance: random.Random) -> list[str]:
    """So many different names, as a register would write them."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[_with_form(_stem(chance), chance)] = None
    return list(names)


def _stem(chance: random.Random) -> str:
    letters = "".join(chance.choices("ABCDEFGHIJKLMNOPRSTUVWY", k=chance.choice((2, 3, 3))))
    two_kana = "".join(chance.sample(KANA_STEMS, 2))
    number = str(chance.randint(11, 99))
    stem = chance.choice((
        f"{chance.choice(FAMILIES)}{chance.choice(FAMILIES)}{chance.choice(TRADES)}",
        f"{two_kana}{chance.choice(TRADES)}",
        f"{two_kana}{chance.choice(list(WORDS))}",
        f"{letters}{chance.choice(FAMILIES)}{chance.choice(TRADES)}",
        f"{letters}{chance.choice(KANA_STEMS)}{chance.choice(list(WORDS))}",
        f"{chance.choice(KANA_STEMS)}{number}{chance.choice(TRADES)}",
        f"{chance.choice(FAMILIES)}{chance.choice(KANA_STEMS)}{chance.choice(TRADES)}",
    ))  # fmt: skip
    return stem + (_HD if chance.random() < 0.08 else "")


def _with_form(stem: str, chance: random.Random) -> str:
    return f"{_STOCK}{stem}" if chance.random() < 0.5 else f"{stem}{_STOCK}"


def form_spelled(name: str, chance: random.Random) -> str:
    if name.endswith(_STOCK):
        return name.removesuffix(_STOCK) + chance.choice((*SPELLED_FORMS[:3], "（株", "", *ENGLISH_FORMS))
    return name.replace(_STOCK, chance.choice(SPELLED_FORMS), 1)


def form_moved(name: str, chance: random.Random) -> str:
    if _STOCK not in name:
        return name
    core = name.replace(_STOCK, "").strip("　 ")
    return f"{core}{_STOCK}" if name.startswith(_STOCK) else f"{_STOCK}{chance.choice(('', '　'))}{core}"


def width(name: str, chance: random.Random) -> str:
    import jaconv

    way = chance.choice((jaconv.z2h, jaconv.h2z))
    return str(way(name, kana=True, ascii=True, digit=True))


def old_kanji(name: str, chance: random.Random) -> str:
    return "".join(OLD_KANJI.get(sign, sign) for sign in name.replace(_STOCK, "\0")).replace("\0", _STOCK)


def letters_read(name: str, chance: random.Random) -> str:
    between = chance.choice(("", "・"))
    half = unicodedata.normalize("NFKC", name)
    return _LATIN.sub(lambda found: between.join(LETTERS[letter] for letter in found.group()), half)


def words_english(name: str, chance: random.Random) -> str:
    kana = next((kana for kana, english in WORDS.items() if english and kana in name), "")
    return name.replace(kana, f" {WORDS[kana]} " if chance.random() < 0.5 else WORDS[kana]).strip() if kana else name


def holdings(name: str, chance: random.Random) -> str:
    return name.replace(_HD, chance.choice(("HD", "ＨＤ", " Holdings", "・ホールディングス", "HLDGS")))


def digits(name: str, chance: random.Random) -> str:
    half = unicodedata.normalize("NFKC", name)
    return re.sub(r"(?<!\d)\d{2}(?!\d)", lambda found: "".join(KANJI_DIGITS[digit] for digit in found.group()), half)


def branch(name: str, chance: random.Random) -> str:
    return f"{name}{chance.choice((' ', '　', ''))}{chance.choice(SITES)}"


def note(name: str, chance: random.Random) -> str:
    return f"{name}{chance.choice(('（商号 旧みなと興産）', '(旧社名：みなと)', '（現 みなとHD）', ' 御中'))}"


def spaces(name: str, chance: random.Random) -> str:
    """A blank or dot between two words: not inside the legal form, a bracket or a word in Latin letters."""
    places = [found.end() for found in _SEAM.finditer(name)]
    if not places:
        return name
    place = chance.choice(places)
    return name[:place] + chance.choice(("　", " ", "・")) + name[place:]


def hyphens(name: str, chance: random.Random) -> str:
    return re.sub("(?<=[ァ-ヶ])ー", chance.choice("-－―−"), name)


def small_kana(name: str, chance: random.Random) -> str:
    return name.translate(str.maketrans("ァィゥェォッャュョヵヶ", "アイウエオツヤユヨカケ"))


def long_end(name: str, chance: random.Random) -> str:
    return re.sub("ー(?![ァ-ヶー])", "", name) if re.search("[ァ-ヶー]{4}ー(?![ァ-ヶー])", name) else name


def latin_case(name: str, chance: random.Random) -> str:
    return chance.choice((name.lower(), name.title()))


def typo(name: str, chance: random.Random) -> str:
    core = name.replace(_STOCK, "")
    if len(core) < 5:
        return name
    place = chance.randrange(1, len(core) - 1)
    other = chance.choice(core)
    slip = chance.choice((core[:place] + core[place + 1 :], core[:place] + other + core[place:],
                          core[:place] + core[place + 1] + core[place] + core[place + 2 :],
                          core[:place] + other + core[place + 1 :]))  # fmt: skip
    return name.replace(core, slip)


WAYS: dict[str, Way] = {
    "form spelled otherwise": form_spelled,
    "form on the other side": form_moved,
    "width": width,
    "old kanji": old_kanji,
    "letters in kana": letters_read,
    "words in English": words_english,
    "holdings": holdings,
    "digits in kanji": digits,
    "branch behind": branch,
    "note": note,
    "spaces and dots": spaces,
    "hyphen for long vowel": hyphens,
    "large kana": small_kana,
    "no long vowel at the end": long_end,
    "case": latin_case,
    "typo": typo,
}


def of(name: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """(way, variant): one for every way that changes the name, every third with a second way on top (not typos)."""
    for title, way in WAYS.items():
        variant = way(name, chance)
        if unicodedata.normalize("NFKC", variant) == unicodedata.normalize("NFKC", name) and title != "width":
            continue
        if title != "typo" and chance.random() < 1 / 3:
            variant = chance.choice((width, spaces, hyphens))(variant, chance)
        yield title, variant
