"""Characters → one spelling each: width, case, old kanji, small kana, hyphens. Nothing here knows about companies."""

import re
import unicodedata
from functools import cache

from yosina import TransliterationRecipe, make_transliterator

_OLD = "髙﨑邉冨濵桒眞礒嶋嶌德槗𠮷邨渕篭栁舘曾薮籔桧凜瀨鄕靑黑敎祿曻嵜鷗槇"
_NEW = "高崎辺富浜桑真磯島島徳橋吉村淵籠柳館曽藪藪檜凛瀬郷青黒教禄昇崎鴎槙"
_SMALL_KANA = "ァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ"
_LARGE_KANA = "アイウエオツヤユヨワカケあいうえおつやゆよわ"
_ALIKE = {"ヂ": "ジ", "ヅ": "ズ", "ヰ": "イ", "ヱ": "エ", "ヲ": "オ", "\u200b": "", "⻑": "長", "‘": "'", "’": "'"}
_BRACKETS = "[]{}<>〈〉《》【】〔〕「」『』"
_V_SOUND = re.compile("ヴ([アイエオ]?)")
_V_AS_B = {"ア": "バ", "イ": "ビ", "エ": "ベ", "オ": "ボ", "": "ブ"}
_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
"""Signs that ask for another drawing of the kanji before them (辻󠄀); yosina adds some."""
_FIRST_KANJI, _LAST_KANJI = 0x4E00, 0x9FFF

HYPHENS = r"\-‐‑‒–—―−－─━ｰ~〜"
"""Everything written for a hyphen or a long vowel; to stand inside a character class."""
_LONG_VOWEL = re.compile(rf"(?<=[ァ-ヴー])[{HYPHENS}]")
_REPEATED = re.compile(r"(\w)[々〻ゝヽ]")
_IN_CONTEXT = frozenset("-‐‑‒–—―−－─━ｰ~〜々〻ゝヽ")
"""Signs whose spelling hangs on what stands before them: most texts have none."""


def spelled(text: str) -> str:
    """`text` in full-width kana, half-width Latin small letters, new kanji, large kana (キャノン is
    キヤノン) and round brackets."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_variants()).strip()
    if "ヴ" in text:
        text = _V_SOUND.sub(lambda found: _V_AS_B[found.group(1)], text)
    if _IN_CONTEXT.isdisjoint(text):
        return text
    return _REPEATED.sub(r"\1\1", _LONG_VOWEL.sub("ー", text))


class Table(dict[int, str]):
    """For str.translate: what is not listed stays, and is remembered (three times as fast as a KeyError)."""

    def __missing__(self, code: int) -> str:
        self[code] = chr(code)
        return self[code]


@cache
def _variants() -> Table:
    """Old and variant kanji → the new one, from yosina and, for what signs and cards really show, from here."""
    kanji = list(map(chr, range(_FIRST_KANJI, _LAST_KANJI + 1)))
    renew = make_transliterator(TransliterationRecipe(kanji_old_new=True))
    renewed = zip(kanji, renew(" ".join(kanji)).split(" "), strict=True)
    table = Table(dict.fromkeys(_VARIATION_SELECTORS, ""))
    table |= {ord(old): new[0] for old, new in renewed if old != new[0]}
    pairs = ((_OLD, _NEW), (_SMALL_KANA, _LARGE_KANA), (_BRACKETS, "()" * (len(_BRACKETS) // 2)))
    for old, new in [*(pair for listed in pairs for pair in zip(*listed, strict=True)), *_ALIKE.items()]:
        table[ord(old)] = new
    return table
