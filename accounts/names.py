"""Company names → keys: two spellings of one name give one key, two names never do.

Thin on purpose (docs/decisions): readings, typos and former names are evidence for a person, not for a key.
"""

import re
import unicodedata
from enum import StrEnum


class LegalForm(StrEnum):
    """The legal forms that tell two companies of one name apart; English suffixes tell nothing."""

    STOCK = "株式会社"
    LIMITED = "有限会社"
    GODO = "合同会社"
    GOSHI = "合資会社"
    GOMEI = "合名会社"
    MUTUAL = "相互会社"


_ABBREVIATIONS = {"株": LegalForm.STOCK, "有": LegalForm.LIMITED, "同": LegalForm.GODO, "合": LegalForm.GODO,
                  "資": LegalForm.GOSHI, "名": LegalForm.GOMEI, "相": LegalForm.MUTUAL}  # fmt: skip
_ASSOCIATIONS = ("一般社団法人", "公益社団法人", "一般財団法人", "公益財団法人", "社団法人", "財団法人",
                 "特定非営利活動法人", "NPO法人")  # fmt: skip
_ENGLISH_FORMS = frozenset(
    ("co", "ltd", "inc", "corp", "corporation", "company", "limited", "incorporated", "kk", "llc", "llp", "lp",
     "plc", "gmbh", "ag", "sa", "bv", "nv", "pty", "pte", "srl", "spa")
)  # fmt: skip

_OLD = (
    "髙﨑齋齊邊邉澤櫻國廣瀧濱鐵學會眞惠榮壽萬證圓藝應實發德淺礒嶋嶌島槇渕邨冨桒當佛傳體區縣數經濟營團圖聲寫眞龍彥祿鷗"
)
_NEW = (
    "高崎斎斉辺辺沢桜国広滝浜鉄学会真恵栄寿万証円芸応実発徳浅磯島島島槙淵村富桑当仏伝体区県数経済営団図声写真竜彦禄鴎"
)
_SMALL_KANA = "ァィゥェォッャュョヮヵヶ"
_LARGE_KANA = "アイウエオツヤユヨワカケ"
_VARIANTS = str.maketrans(_OLD + _SMALL_KANA, _NEW + _LARGE_KANA)

_HYPHENS = r"\-‐‑‒–—―−ｰ~〜"  # inside a character class
_KANA_HYPHEN = re.compile(rf"(?<=[ァ-ヴ])[{_HYPHENS}](?=[ァ-ヴ]|$)")
_NOTE = re.compile(r"\((?:商号|旧|元|現|届出|英文)[^()]*\)")
_BRACKETED_FORM = re.compile(rf"\(({'|'.join(_ABBREVIATIONS)})\)")
_WRITTEN_FORM = re.compile("|".join(LegalForm))
_ASSOCIATION = re.compile("|".join(_ASSOCIATIONS).lower())
_KABUSHIKI_KAISHA = re.compile(r"\bk\.\s?k\.?(?=\W|$)")
_HOLDINGS = re.compile(r"ホールデイングス?|holdings|holding\b")
_DOTTED = re.compile(r"(?<=\b[a-z])\.(?=[a-z]\b|\W|$)")
_NOISE = re.compile(rf"[\s・･·.,'’`\"“”«»「」『』{_HYPHENS}]")
_WORD_BREAK = re.compile(r"[\s.,]+")


def company_key(name: str) -> str:
    """The key under which `name` is matched exactly; empty only for an empty name."""
    text = _clean(name)
    core = _ASSOCIATION.sub(" ", _WRITTEN_FORM.sub(" ", text))
    return _squeezed(_without_english_forms(core)) or _squeezed(text) or text


def legal_form(name: str) -> LegalForm | None:
    """The Japanese legal form written in `name`, if any; `K.K.` is 株式会社."""
    found = _WRITTEN_FORM.search(_clean(name))
    return LegalForm(found.group()) if found else None


def _clean(name: str) -> str:
    """One spelling of width, case, old kanji, brackets and abbreviated legal forms."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(_VARIANTS).strip()
    text = _KANA_HYPHEN.sub("ー", _NOTE.sub(" ", text))
    text = _BRACKETED_FORM.sub(lambda found: _ABBREVIATIONS[found.group(1)], text)
    return _HOLDINGS.sub("hd", _KABUSHIKI_KAISHA.sub(f" {LegalForm.STOCK} ", text))


def _without_english_forms(text: str) -> str:
    """`text` without the legal forms that end it ("… Co., Ltd."); a name that is nothing else stays."""
    words = _WORD_BREAK.split(_DOTTED.sub("", text).strip())
    words = [word for word in words if word]
    while len(words) > 1 and words[-1] in _ENGLISH_FORMS:
        words.pop()
    return " ".join(words)


def _squeezed(text: str) -> str:
    return _NOISE.sub("", text)
