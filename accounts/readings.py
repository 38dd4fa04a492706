"""Letters, English words and numbers, however they are read out: エヌ・ティ・ティ is NTT, S Foods is エスフーズ.

All functions take text as `accounts.spelling.spelled` leaves it: small Latin letters, large kana.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import islice, product

from accounts.spelling import Table

_LETTERS = {
    "a": "エー エイ", "b": "ビー", "c": "シー", "d": "デイー デー デイ", "e": "イー", "f": "エフ", "g": "ジー",
    "h": "エイチ エツチ", "i": "アイ", "j": "ジエー ジエイ", "k": "ケー ケイ", "l": "エル", "m": "エム", "n": "エヌ",
    "o": "オー", "p": "ピー", "q": "キユー", "r": "アール", "s": "エス", "t": "テイー テイ テー", "u": "ユー",
    "v": "ブイ", "w": "ダブリユー ダブリユ", "x": "エツクス", "y": "ワイ", "z": "ゼツト ゼツド",
}  # fmt: skip
_WORDS = """
access アクセス, advance アドバンス, agency エージエンシー, agri アグリ, air エアー エア, airlines エアライン,
alpha アルフア, american アメリカン, asia アジア, asset アセツト, assets アセツツ, auto オート,
automotive オートモーテイブ, bank バンク, base ベース, beauty ビユーテイー ビユーテイ, beverage ビバレツジ,
bio バイオ, body ボデイー ボデイ, brain ブレイン ブレーン, bridge ブリツジ, broadcasting ブロードキヤステイング,
brothers ブラザーズ, building ビルデイング, business ビジネス, capital キヤピタル, car カー, card カード,
care ケア, cargo カーゴ, cast キヤスト, ceramics セラミツクス, cell セル, center センター センタ,
central セントラル, chemical ケミカル, chemicals ケミカルズ, city シテイー シテイ, clean クリーン,
cloud クラウド, club クラブ, coat コート, coffee コーヒー, cola コーラ, color カラー,
communication コミユニケーシヨン, communications コミユニケーシヨンズ, computer コンピユーター コンピユータ,
connect コネクト, construction コンストラクシヨン, consultant コンサルタント, consultants コンサルタンツ,
consulting コンサルテイング, control コントロール, core コア, cosmetics コスメテイクス, create クリエイト,
creation クリエイシヨン クリエーシヨン, creative クリエイテイブ クリエーテイブ, credit クレジツト, cross クロス,
culture カルチヤー, cyber サイバー, data データ データー, dental デンタル, design デザイン,
developer デイベロツパー, development デイベロツプメント, device デバイス, digital デジタル デイジタル,
direct ダイレクト, drug ドラツグ, dream ドリーム, eco エコ, education エデユケーシヨン エジユケーシヨン,
electric エレクトリツク, electronics エレクトロニクス, elevator エレベーター エレベータ, energy エナジー,
engineering エンジニアリング, enterprise エンタープライズ エンタプライズ, enterprises エンタープライゼス,
entertainment エンターテイメント エンターテインメント エンタテインメント エンタテイメント,
environment エンバイロメント, equipment エクイプメント, estate エステート, express エクスプレス,
factory フアクトリー, farm フアーム, farma フアルマ, fashion フアツシヨン, finance フアイナンス,
financial フイナンシヤル フアイナンシヤル, first フアースト, fitness フイツトネス, food フード, foods フーズ,
forum フオーラム, frontier フロンテイア, fruit フルーツ, fund フアンド, future フユーチヤー, games ゲームズ,
game ゲーム, garden ガーデン, gas ガス, gate ゲート, general ゼネラル ジエネラル, glass グラス,
global グローバル, gold ゴールド, golf ゴルフ, grand グランド, graphic グラフイツク, green グリーン,
group グループ, health ヘルス, healthcare ヘルスケア, heart ハート, heavy ヘビー, home ホーム, homes ホームズ,
hospitality ホスピタリテイ, hotel ホテル, hotels ホテルズ, house ハウス, housing ハウジング, human ヒユーマン,
industrial インダストリアル, industries インダストリーズ, industry インダストリー,
information インフオメーシヨン, infrastructure インフラストラクチヤー, innovation イノベーシヨン,
institute インステイチユート, instruments インスツルメンツ, insurance インシユアランス,
integrated インテグレーテツド, intelligence インテリジエンス, interactive インタラクテイブ,
international インターナシヨナル インタナシヨナル, internet インターネツト, invest インベスト,
investment インベストメント, investments インベストメンツ, japan ジヤパン, job ジヨブ, jobs ジヨブズ,
kids キツズ, lab ラボ, laboratory ラボラトリー, labs ラボ, land ランド, learning ラーニング, lease リース,
leasing リーシング, leisure レジヤー, life ライフ, light ライト, line ライン, link リンク, live ライブ,
living リビング, logistics ロジステイクス ロジステツクス, machinery マシナリー, machine マシン,
magazine マガジン, management マネジメント マネージメント, marine マリン, mark マーク, market マーケツト,
marketing マーケテイング, mart マート, master マスター, material マテリアル, materials マテリアルズ,
max マツクス, measure メジヤー, mechanics メカニクス, media メデイア, medical メデイカル, medicine メデイスン,
metal メタル, metals メタルズ, micro マイクロ, mobile モバイル モービル, mode モード, motor モーター モータ,
motors モータース, music ミユージツク, nano ナノ, national ナシヨナル, nature ネイチヤー, net ネツト,
network ネツトワーク, networks ネツトワークス, new ニユー, news ニユース, next ネクスト, nippon ニツポン,
office オフイス, oil オイル, one ワン, online オンライン, optical オプテイカル, organic オーガニツク,
pacific パシフイツク, pack パツク, package パツケージ, paint ペイント, paper ペーパー, park パーク,
partner パートナー, partners パートナーズ, pet ペツト, pharma フアーマ, pharmaceutical フアーマシユーテイカル,
pharmacy フアーマシー, phone フオン, photo フオト, planning プランニング, plant プラント,
plastics プラスチツクス, plus プラス, point ポイント, port ポート, power パワー, precision プレシジヨン,
press プレス, print プリント, printing プリンテイング, process プロセス, product プロダクト,
production プロダクシヨン, products プロダクツ, professional プロフエツシヨナル, project プロジエクト,
property プロパテイー プロパテイ, properties プロパテイーズ, publishing パブリツシング,
quality クオリテイ クオリテイー, quest クエスト, rail レール, railway レールウエイ, real リアル,
recruit リクルート, recycle リサイクル, renewable リニユーアブル, rental レンタル, research リサーチ,
resort リゾート, resorts リゾーツ, resource リソース, resources リソーシズ, retail リテール リテイル,
robotics ロボテイクス, royal ロイヤル, sales セールス, school スクール, science サイエンス,
sciences サイエンシズ, search サーチ, security セキユリテイ セキユリテイー, securities セキユリテイーズ,
select セレクト, semiconductor セミコンダクター, sensor センサー センサ, server サーバー サーバ,
service サービス, services サービシーズ サービシズ サービセズ, share シエア, ship シツプ, shipping シツピング,
shop シヨツプ, smart スマート, social ソーシヤル, soft ソフト, software ソフトウエア ソフトウエアー,
solar ソーラー ソーラ, solution ソリユーシヨン, solutions ソリユーシヨンズ, source ソース, space スペース,
sports スポーツ, staff スタツフ, standard スタンダード, star スター, station ステーシヨン, steel スチール,
stock ストツク, store ストア ストアー, stores ストアーズ ストアズ, studio スタジオ, style スタイル,
support サポート, system システム, systems システムズ, tech テツク, technical テクニカル, technica テクニカ,
technology テクノロジー テクノロジ, technologies テクノロジーズ, techno テクノ, telecom テレコム,
textile テキスタイル, tire タイヤ, tool ツール, tools ツールズ, tourist ツーリスト, toys トイズ, trade トレード,
trading トレーデイング, trans トランス, transport トランスポート, travel トラベル, trust トラスト,
union ユニオン, united ユナイテツド, value バリユー, venture ベンチヤー, ventures ベンチヤーズ, video ビデオ,
village ビレツジ, vision ビジヨン, wave ウエーブ ウエイブ, wealth ウエルス, web ウエブ, wedding ウエデイング,
wood ウツド, work ワーク, works ワークス, world ワールド, yamato ヤマト, zone ゾーン, & アンド
"""  # fmt: skip
_NUMBER_WORDS = "1 ワン, 2 ツー, 3 スリー, 4 フオー, 5 フアイブ, 6 シツクス, 7 セブン, 8 エイト, 9 ナイン"
_DIGITS = {digit: value for value, digits in enumerate(["〇零", "一", "二", "三", "四", "五", "六", "七", "八", "九"])
           for digit in digits}  # fmt: skip
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(r"[〇零一二三四五六七八九十百千]{2,}|(?<=[第ァ-ヶーa-z])[一二三四五六七八九]")
_KANA_RUN = re.compile(r"[ァ-ヶー&]{3,}")
_LATIN_RUN = re.compile(r"[a-z&]+")
_NUMERALS = frozenset(_DIGITS.keys() | _TENS.keys())
_LATIN_TOKEN = re.compile(r"(?<![a-z])[a-z]{3,4}(?![a-z])")
_LONG_END = re.compile(r"(?<=[ァ-ヶー]{3})ー(?=[^ァ-ヶー]|$)")
_LONG_LETTER = re.compile("(?<=[a-z])ー+")
_LETTERS_ENOUGH = 3
_MAX_READINGS = 4


def _pairs(text: str) -> list[tuple[str, list[str]]]:
    entries = (entry.split() for entry in text.replace("\n", " ").split(","))
    return [(word, kana) for word, *kana in entries]


KANA_OF = {word: kana[0] for word, kana in reversed(_pairs(_WORDS))}
"""English word → the kana it is usually written in."""
_SPELLINGS = {kana: words[0] for _word, words in _pairs(_WORDS) for kana in words}
_LETTER_OF = {kana: letter for letter, kana_names in reversed(_LETTERS.items()) for kana in kana_names.split()}
_UNITS = {
    **{kana: spelling for kana, spelling in _SPELLINGS.items() if len(kana) > 1},
    **{kana[0]: number for number, kana in _pairs(_NUMBER_WORDS)},
    **_LETTER_OF,
    "アンド": "&",
    "&": "&",
    "ホールデイングス": "hd",
}
_LONGEST_UNIT = max(map(len, _UNITS))


def _any_of(words: Iterable[str]) -> str:
    """A pattern for the longest of these words; grouped by their first letters it is tried twice as fast."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_letter.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())


_LONG_WORD = re.compile(_any_of(word for word in KANA_OF if len(word) > 4))
_SHORT_END = re.compile(f"(?<=[a-z])(?:{_any_of(word for word in KANA_OF if len(word) == 4)})(?![a-z])")
_OTHER_SPELLING = re.compile(_any_of(f"{kana}(?!ー)" for kana, first in _SPELLINGS.items() if kana != first))
_BEGIN_OTHERS = frozenset({kana[0] for kana, first in _SPELLINGS.items() if kana != first} | {"ー"})
"""Without one of these there is nothing to respell."""


def words_in_kana(text: str) -> str:
    """`text`, words still apart, with English words in kana: "s foods" → "s フーズ".

    Long words are found inside others too (buyselltechnologies), short ones only where they stand or end; a name
    that is one short word (LINE, BASE) is a name, not a word.
    """
    if not _LATIN_RUN.search(text):
        return text
    text = _LONG_WORD.sub(lambda word: KANA_OF[word.group()], text)
    text = _SHORT_END.sub(lambda word: KANA_OF[word.group()], text)
    if _LATIN_TOKEN.fullmatch(text.strip(" ・.-")):
        return text
    return _LATIN_TOKEN.sub(lambda word: KANA_OF.get(word.group(), word.group()), text)


def letters_in_latin(text: str) -> str:
    """`text`, without spaces and dots, with letters that were spelled out in kana as letters: エヌテイテイ → ntt."""
    text = _KANA_RUN.sub(_run_in_latin, text)
    return _LONG_LETTER.sub("", text) if "ー" in text else text


def one_word_spelling(text: str) -> str:
    """The first of a word's usual kana spellings, and no long vowel at the end of a word."""
    if _BEGIN_OTHERS.isdisjoint(text):
        return text
    text = _OTHER_SPELLING.sub(lambda found: _SPELLINGS[found.group()], text)
    return _LONG_END.sub("", text) if "ー" in text else text


def numerals(text: str) -> str:
    """Numbers in kanji as digits: 二四 → 24, 百十四 → 114. A lone one, as in 三井, only after 第, kana or Latin."""
    return text if _NUMERALS.isdisjoint(text) else _NUMERAL.sub(lambda found: str(_number(found.group())), text)


def sounds(key: str) -> tuple[str, ...]:
    """The ways to read a company key aloud, in katakana without long vowels; kanji stay."""
    if not _LATIN_RUN.search(key):
        return (_worn(key),)
    parts: list[tuple[str, ...]] = []
    end = 0
    for run in _LATIN_RUN.finditer(key):
        parts += [(_worn(key[end : run.start()]),), _latin_sounds(run.group())]
        end = run.end()
    parts.append((_worn(key[end:]),))
    return tuple(dict.fromkeys("".join(way) for way in islice(product(*parts), _MAX_READINGS)))


def _run_in_latin(found: re.Match[str]) -> str:
    return _kana_in_latin(found.group())


@lru_cache(maxsize=50_000)
def _kana_in_latin(run: str) -> str:
    """A run that is letters and known words altogether, or begins with three letters."""
    units = _units(run, 0)
    if units is not None:
        return "".join(units) if _tells(units) else run
    leading, end = _leading_letters(run)
    return "".join(leading) + run[end:] if len(leading) >= _LETTERS_ENOUGH else run


def _tells(units: list[str]) -> bool:
    """Two units of which one is a letter; a lone アイ may be love."""
    return len(units) > 1 and any(len(unit) == 1 and "a" <= unit <= "z" for unit in units)


def _units(run: str, start: int) -> list[str] | None:
    if start == len(run):
        return []
    for length in range(min(_LONGEST_UNIT, len(run) - start), 0, -1):
        unit = _UNITS.get(run[start : start + length])
        if unit is not None and (rest := _units(run, start + length)) is not None:
            return [unit, *rest]
    return None


def _leading_letters(run: str) -> tuple[list[str], int]:
    letters: list[str] = []
    end = 0
    while True:
        length = next((size for size in range(5, 1, -1) if run[end : end + size] in _LETTER_OF), 0)
        if not length:
            return letters, end
        letters.append(_LETTER_OF[run[end : end + length]])
        end += length


def _number(numeral: str) -> int | str:
    if not any(sign in _TENS for sign in numeral):
        return "".join(str(_DIGITS[digit]) for digit in numeral)
    total, digit = 0, 0
    for sign in numeral:
        if sign in _TENS:
            total, digit = total + (digit or 1) * _TENS[sign], 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return total + digit


_VOWELS = "aiueo"
_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "y": "ヤイユエヨ", "r": "ラリルレロ", "w": "ワウウエオ", "g": "ガギグゲゴ", "z": "ザジズゼゾ",
    "d": "ダヂヅデド", "b": "バビブベボ", "p": "パピプペポ",
}  # fmt: skip
_YOON = {"ky": "キ", "sh": "シ", "sy": "シ", "ch": "チ", "ty": "チ", "j": "ジ", "jy": "ジ", "ny": "ニ", "hy": "ヒ",
         "my": "ミ", "ry": "リ", "gy": "ギ", "by": "ビ", "py": "ピ"}  # fmt: skip
_LARGE_Y = {"a": "ヤ", "u": "ユ", "o": "ヨ", "e": "エ", "i": ""}
_WORN = Table({code: chr(code + 0x60) for code in range(ord("ぁ"), ord("ゖ") + 1)} | {ord("ー"): ""})
_LENGTHENED = re.compile("(?<=[エケセテネヘメレゲゼデベペ])イ|(?<=[オコソトノホモヨロゴゾドボポユ])[ウオ]")

_LENGTHENING = frozenset("イウオ")


@cache
def _syllables() -> dict[str, str]:
    table = {onset + vowel: kana for onset, row in _ROWS.items() for vowel, kana in zip(_VOWELS, row, strict=True)}
    table |= {onset + vowel: kana + _LARGE_Y[vowel] for onset, kana in _YOON.items() for vowel in _VOWELS}
    return table | {"tsu": "ツ", "fu": "フ", "ji": "ジ", "n": "ン", "m": "ン"}


@cache
def _romaji() -> re.Pattern[str]:
    syllables = "|".join(sorted(_syllables(), key=len, reverse=True))
    return re.compile(rf"([ksthpgzdbcrj])(?=\1)|{syllables}")


def _in_kana(latin: str) -> str | None:
    """Hepburn (or kunrei) romaji in katakana, or None when it is none."""
    kana, end = [], 0
    for found in _romaji().finditer(latin):
        if found.start() != end:
            return None
        kana.append("ツ" if found.group(1) else _syllables()[found.group()])
        end = found.end()
    return "".join(kana) if end == len(latin) else None


@lru_cache(maxsize=50_000)
def _latin_sounds(latin: str) -> tuple[str, ...]:
    """Letter by letter when short or without vowels, as romaji when it can be, else as it stands."""
    spelled_out = _worn("".join(_LETTERS[letter].split()[0] if letter != "&" else "アンド" for letter in latin))
    romaji = _in_kana(latin)
    if romaji is None:
        return (spelled_out,) if len(latin) <= 4 else (latin,)
    return (_worn(romaji), spelled_out) if len(latin) <= 4 else (_worn(romaji),)


def _worn(kana: str) -> str:
    worn = kana.translate(_WORN)
    return worn if _LENGTHENING.isdisjoint(worn) else _LENGTHENED.sub("", worn)
