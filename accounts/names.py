"""Company names → keys: two spellings of one name give one key, two names never do.

What is one spelling: width, old kanji, legal form and its place, notes in brackets, spaces and dots, letters and usual
English words read out in kana, numbers in kanji, a branch behind the name. Readings of kanji, typos and former names
are no spellings but evidence (accounts.matching). Why the line is drawn here: docs/decisions/0015.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from accounts.readings import letters_in_latin, numerals, one_word_spelling, words_in_kana
from accounts.spelling import HYPHENS, spelled


class LegalForm(StrEnum):
    """The legal forms that tell two companies of one name apart; English suffixes tell nothing."""

    STOCK = "株式会社"
    LIMITED = "有限会社"
    GODO = "合同会社"
    GOSHI = "合資会社"
    GOMEI = "合名会社"
    MUTUAL = "相互会社"
    ASSOCIATION = "社団法人"
    FOUNDATION = "財団法人"
    NON_PROFIT = "特定非営利活動法人"
    SCHOOL = "学校法人"
    MEDICAL = "医療法人"
    WELFARE = "社会福祉法人"
    RELIGIOUS = "宗教法人"
    AGENCY = "独立行政法人"
    UNIVERSITY = "国立大学法人"


class CompanyName(NamedTuple):
    """A name taken apart.

    `site` is the branch written behind it; `site_keys` are what the company might be called if the end of the key names
    a branch after all (みどり青葉台支店): weaker than the key. `form_leads`: the legal form stands before the name.
    """

    key: str
    legal_form: LegalForm | None = None
    site: str = ""
    site_keys: tuple[str, ...] = ()
    form_leads: bool | None = None


_F = LegalForm
_WRITTEN = {
    **{form.value: form for form in reversed(LegalForm)},
    "医療法人財団": _F.MEDICAL, "医療法人社団": _F.MEDICAL, "社会医療法人": _F.MEDICAL, "特定医療法人": _F.MEDICAL,
    "一般社団法人": _F.ASSOCIATION, "公益社団法人": _F.ASSOCIATION, "一般財団法人": _F.FOUNDATION,
    "公益財団法人": _F.FOUNDATION, "npo法人": _F.NON_PROFIT, "地方独立行政法人": _F.AGENCY,
    "国立研究開発法人": _F.AGENCY,
    "準学校法人": _F.SCHOOL, "カブシキガイシヤ": _F.STOCK, "カブシキカイシヤ": _F.STOCK, "かぶしきがいしや": _F.STOCK,
    "かぶしきかいしや": _F.STOCK, "ユウゲンガイシヤ": _F.LIMITED, "ゴウドウガイシヤ": _F.GODO,
    "ゴウシガイシヤ": _F.GOSHI,
    "kabushiki kaisha": _F.STOCK, "kabushiki gaisha": _F.STOCK, "yugen kaisha": _F.LIMITED, "godo kaisha": _F.GODO,
}  # fmt: skip
_IN_BRACKETS = {
    "株": _F.STOCK, "有": _F.LIMITED, "同": _F.GODO, "合": _F.GODO, "資": _F.GOSHI, "名": _F.GOMEI, "相": _F.MUTUAL,
    "社": _F.ASSOCIATION, "一社": _F.ASSOCIATION, "公社": _F.ASSOCIATION, "財": _F.FOUNDATION, "一財": _F.FOUNDATION,
    "公財": _F.FOUNDATION, "特非": _F.NON_PROFIT, "学": _F.SCHOOL, "医": _F.MEDICAL, "医社": _F.MEDICAL,
    "福": _F.WELFARE, "社福": _F.WELFARE, "宗": _F.RELIGIOUS, "独": _F.AGENCY, "大": _F.UNIVERSITY, "カ": _F.STOCK,
    "ユ": _F.LIMITED, "ド": _F.GODO, "シ": _F.GOSHI, "メ": _F.GOMEI, "ソ": _F.MUTUAL, "シヤ": _F.ASSOCIATION,
    "ザイ": _F.FOUNDATION, "トクヒ": _F.NON_PROFIT, "ガク": _F.SCHOOL, "イ": _F.MEDICAL, "フク": _F.WELFARE,
    "シユウ": _F.RELIGIOUS, "ドク": _F.AGENCY,
}  # fmt: skip
_ENGLISH_FORMS = frozenset(
    ("co", "ltd", "inc", "corp", "corporation", "company", "limited", "incorporated", "kk", "gk", "yk", "llc", "llp",
     "lp", "plc", "gmbh", "ag", "sa", "bv", "nv", "pty", "pte", "srl", "spa", "sarl", "oy", "ab", "publ")
)  # fmt: skip
_OF_LETTERS = {"k.k": _F.STOCK, "kk": _F.STOCK, "g.k": _F.GODO, "gk": _F.GODO, "y.k": _F.LIMITED, "yk": _F.LIMITED}

_FORM = "\x1f"
_BLANK = rf"[\s{_FORM}]"
_BEHIND, _BEHIND_ENGLISH = f"{_FORM} ", f"{_FORM} ."
_longest_first = "|".join(form if form[0].isascii() else r"[\s・]*".join(form)
                          for form in sorted(_WRITTEN, key=len, reverse=True))  # fmt: skip
_abbreviations = "|".join(sorted(_IN_BRACKETS, key=len, reverse=True))
_WRITTEN_FORM = re.compile(_longest_first)
_BRACKETED_FORM = re.compile(rf"\(({_abbreviations})\)|^({_abbreviations})\)|\(({_abbreviations})$")
_LETTERED_FORM = re.compile(r"(?:^|(?<=[\s,(]))([kgy]\.\s?k|kk|gk|yk)(?:\.|(?=[\s,)]|$))")
_NOTE = re.compile(r"\((?:商号|称号|通称|略称|旧|元|現|前|届出|英文|英名|注|本店|本社)[^()]*(?:\([^()]*\)[^()]*)*\)?")
_INSIDE_BRACKETS = re.compile(r"(?<=\()\s+|\s+(?=\))")
_SAME_IN_LATIN = re.compile(rf"(?<=[^\x00-\x7f{_FORM}])[\s{_FORM}]*\([a-z][^()]*(?:\([^()]*\)[^()]*)?\)[\s{_FORM}]*$")
_SPACES = re.compile(r"[\s・]+")
_HONORIFIC = re.compile(r"[\s(]*(?:御\s?中|様|殿)\)?$")
_HOLDINGS = re.compile(r"(?:holdings?|hldgs?|(?<![a-z])hd)\b|ホールデイングス?")
_FINANCIAL_GROUP = re.compile(r"フア?イナンシヤル・?(グループ|hd)|\bfinancial (group|hd)")
_DOTTED = re.compile(r"(?<=\b[a-z])\.(?=[a-z]\b|\W|$)")
_NOISE = re.compile(rf"[\s・･·•.,'`´\"“”()/／_{_FORM}{HYPHENS}]")
_LATIN = re.compile("[a-z]")
_WORD_BREAK = re.compile(r"[\s.,]+")

_CERTAIN_SITES = "支店|支社|支局|営業所|出張所|事業所|工場|駐在員事務所|サービスセンター|事業部|営業部|営業本部"
_POSSIBLE_SITES = f"{_CERTAIN_SITES}|本社|本店|本部|支部|製造所|製作所|研究所|センター|オフイス|カンパニー|部|課|室|店"
_SITE_BEHIND_FORM = re.compile(rf"(?<=[^\s{_FORM}])\s*{_FORM}\s*([^{_FORM}]+(?:{_POSSIBLE_SITES}))\s*$")
_SITE_IN_BRACKETS = re.compile(rf"(?<=[^\s{_FORM}]){_BLANK}*\(([^()]*(?:{_POSSIBLE_SITES}))\)\s*$")
_PLACES = """
北海道 東北 関東 首都圏 北関東 南関東 中部 東海 北陸 甲信越 信越 近畿 関西 中国 四国 九州 南九州 北九州 西日本
東日本 中日本 沖縄 青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 東京 神奈川 新潟 富山 石川 福井 山梨
長野 岐阜 静岡 愛知 三重 滋賀 京都 大阪 兵庫 奈良 和歌山 鳥取 島根 岡山 広島 山口 徳島 香川 愛媛 高知 福岡 佐賀
長崎 熊本 大分 宮崎 鹿児島 札幌 函館 旭川 釧路 帯広 苫小牧 八戸 弘前 盛岡 仙台 郡山 いわき 会津 水戸 つくば 日立
土浦 鹿島 宇都宮 小山 前橋 高崎 太田 伊勢崎 さいたま 大宮 浦和 川口 川越 熊谷 所沢 船橋 柏 市川 松戸 成田 市原
木更津 横浜 川崎 相模原 横須賀 藤沢 厚木 平塚 小田原 湘南 八王子 立川 町田 府中 多摩 新宿 渋谷 池袋 品川 上野
銀座 日本橋 丸の内 大手町 神田 秋葉原 五反田 大崎 赤坂 六本木 蒲田 長岡 上越 高岡 金沢 小松 甲府 松本 上田 大垣
浜松 沼津 富士 豊橋 名古屋 岡崎 豊田 一宮 刈谷 安城 四日市 津 鈴鹿 桑名 大津 草津 彦根 堺 東大阪 枚方 豊中 吹田
高槻 梅田 難波 本町 神戸 姫路 尼崎 西宮 明石 加古川 米子 松江 出雲 倉敷 福山 呉 下関 宇部 周南 岩国 高松 松山
今治 新居浜 小倉 博多 天神 久留米 佐世保 大牟田 八代 延岡 那覇 ロンドン ニユーヨーク シンガポール 上海 北京 香港
台北 ソウル バンコク
""".split()  # noqa: SIM905
_place = rf"(?:{'|'.join(sorted(_PLACES, key=len, reverse=True))})[都府県市区]?"
_SITE_AT_PLACE = re.compile(
    rf"(?<=[^\s{_FORM}])\(?({_place}(?:中央|第?[1-9一二三]|[東西南北])?(?:{_CERTAIN_SITES}))\)?{_BLANK}*$"
)
_SITE_APART = re.compile(
    rf"(?<=[^\s{_FORM}]){_BLANK}+\(?((?:{_place})?(?:第?[1-9一二三])?(?:{_CERTAIN_SITES}|本社|本店))\)?{_BLANK}*$"
)
_SITE_OF_ANY_NAME = re.compile(rf"^(.{{3,}}?)(\w{{0,3}})(?:{_CERTAIN_SITES}|支部)$")
_HEAD_OFFICE = re.compile("^(.{2,})(?:本社|本店|本部)$")
_ENGLISH_SITE = re.compile(
    r"^(.*[\s,.](?:ltd|inc|corp|co|llc|kk|k\.k|limited|corporation|company))\.?[\s,]+"
    r"((?:\w+\s)*(?:branch|office|plant|factory|works|headquarters|division))\.?$"
)
_SITES = (_SITE_IN_BRACKETS, _SITE_APART, _SITE_BEHIND_FORM, _SITE_AT_PLACE)
_SITE_ENDS = frozenset("店社局所場部課室ース)")
"""The last letters of everything those find: most names need not be searched."""
_ENGLISH_SITE_ENDS = ("branch", "office", "plant", "factory", "works", "headquarters", "division")
_HONORIFIC_ENDS = frozenset("中様殿)")


def company_key(name: str) -> str:
    """The key under which `name` is matched exactly; empty only for an empty name."""
    return parse(name).key


def legal_form(name: str) -> LegalForm | None:
    """The Japanese legal form written in `name`, if any; `K.K.` is 株式会社."""
    return parse(name).legal_form


@lru_cache(maxsize=200_000)
def parse(name: str) -> CompanyName:
    """`name` taken apart into key, legal form and site."""
    text = spelled(name)
    if text[-1:] in _HONORIFIC_ENDS:
        text = _HONORIFIC.sub("", text)
    if "(" in text:
        text = _NOTE.sub(" ", _INSIDE_BRACKETS.sub("", text))
    text, form = _without_form(text)
    core, site = _without_site(_SAME_IN_LATIN.sub("", text) if "(" in text else text)
    key = _key(core) or _key(text) or _squeezed(spelled(name)) or spelled(name)
    return CompanyName(key, form, site, _site_keys(key), _form_leads(core))


def _without_form(text: str) -> tuple[str, LegalForm | None]:
    """The text with a mark in place of each legal form, and the first of them."""
    forms: list[LegalForm] = []

    def marked(found: re.Match[str], known: dict[str, LegalForm]) -> str:
        written = found[found.lastindex or 0]
        forms.append(known.get(written) or known[_SPACES.sub("", written)])
        return _FORM

    if "(" in text or ")" in text:
        text = _BRACKETED_FORM.sub(lambda found: marked(found, _IN_BRACKETS), text)
    text = _WRITTEN_FORM.sub(lambda found: marked(found, _WRITTEN), text)
    if not forms and "k" in text:
        text = _LETTERED_FORM.sub(lambda found: marked(found, _OF_LETTERS), text)
    return text, forms[0] if forms else None


def _form_leads(text: str) -> bool | None:
    """On which side the form stands, if there is one and on one side."""
    if text.count(_FORM) != 1:
        return None
    before, _form, behind = text.partition(_FORM)
    return None if before.strip() and behind.strip() else not before.strip()


def _without_site(text: str) -> tuple[str, str]:
    """The text without the branch written behind the company, and that branch."""
    ended = text.rstrip(_BEHIND)[-1:]
    for pattern in _SITES if ended in _SITE_ENDS else ():
        if (found := pattern.search(text)) and _squeezed(text[: found.start()]):
            return text[: found.start()], found.group(1).strip()
    if ended.isascii() and text.rstrip(_BEHIND_ENGLISH).endswith(_ENGLISH_SITE_ENDS):
        found = _ENGLISH_SITE.search(text.replace(_FORM, " ").strip())
        return (found.group(1), found.group(2)) if found else (text, "")
    return text, ""


def _key(core: str) -> str:
    core = core.replace(_FORM, " ")
    if "h" in core or "ホ" in core:
        core = _HOLDINGS.sub(" ホールデイングス", core)
    if _LATIN.search(core):
        core = words_in_kana(_without_english_forms(core).replace(" and ", "&"))
    text = letters_in_latin(_squeezed(core))
    text = text.replace("ホールデイングス", "hd")
    if "フ" in text or "financial" in text:
        text = _FINANCIAL_GROUP.sub(lambda found: "fg" if found.group(1) == "グループ" else "fhd", text)
    return numerals(one_word_spelling(text)).removesuffix("&")


def _without_english_forms(text: str) -> str:
    """`text` without the legal forms that end it ("… Co., Ltd."); a name that is nothing else stays."""
    words = [word for word in _WORD_BREAK.split(_DOTTED.sub("", text).strip()) if word]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1].strip("()") in _ENGLISH_FORMS:
        words.pop()
    return " ".join(words)


def _site_keys(key: str) -> tuple[str, ...]:
    """What stands before a branch that nothing sets apart, longest first."""
    if key[-1:] not in _SITE_ENDS:
        return ()
    if found := _HEAD_OFFICE.match(key):
        return (found.group(1),)
    if found := _SITE_OF_ANY_NAME.match(key):
        return tuple(key[:cut] for cut in range(found.end(2), found.end(1) - 1, -1))
    return ()


def _squeezed(text: str) -> str:
    return _NOISE.sub("", text)
