"""Department names → function, titles → rank. Pure: what people taught, else the first list with a word of the name."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

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
_OFFICERS = ("ceo", "cfo", "cto", "cio", "coo", "cmo", "chro", "ciso", "chief", "chairman", "chairwoman", "evp", "svp",
             "executive vice president", "senior vice president", "managing director")  # fmt: skip
RANK_WORDS: Sequence[tuple[Rank, Sequence[str]]] = (
    (R.STAFF, ("秘書(?![室部課])", "assistant to", "secretary")),
    (R.EXECUTIVE, ("代表", "取締役", "執行役員", "執行役", "役員(?!室)", "監査役", *_OFFICERS)),
    (R.GENERAL_MANAGER, ("支社長", "支店長", "支配人")),
    (R.EXECUTIVE, ("社長(?!室)", "会長(?!室)", "理事長", "頭取", "院長", "学長", "相談役")),
    (R.MANAGER, ("次長", "課長", "室長", "所長", "店長", "センター長", "グループ長", "主幹", "参事")),
    (R.DIRECTOR, ("本部長", "事業部長", "統括部長", "工場長", "vp", "vice president")),
    (R.EXECUTIVE, ("president", "founder", "owner")),
    (R.GENERAL_MANAGER, ("部長", "director", "general manager")),
    (R.SECTION_CHIEF, ("係長", "主任", "主査", "班長", "職長", "チーフ", "リーダー", "supervisor", "team leader",
                       "lead")),
    (R.MANAGER, ("マネージャ", "マネジャ", "manager", "head")),
    (R.STAFF, ("担当", "社員", "スタッフ", "staff", "specialist", "engineer", "assistant", "analyst", "buyer",
               "representative")),
)  # fmt: skip
_HELD_ONCE = re.compile(r"^\s*(元|前|旧|former|ex-)\s*$")
_STANDS_IN_BEFORE = re.compile(r"(副|deputy|assistant|asst\.?|associate|vice)[ -]?$")
_STANDS_IN_BEHIND = re.compile(r"^[ 職]?(代理|補佐|補|心得)")
_POSTS = re.compile(r"兼務?|[・、,/／&;]|(?<![a-z])and(?![a-z])")
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """One spelling whatever the width, case and spaces."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


class Lesson(NamedTuple, Generic[Meaning]):
    """What somebody taught: a whole text, or a word wherever it stands, means this. `key` says which lesson it was."""

    text: str
    meaning: Meaning
    is_word: bool = False
    key: int | None = None


class Reading(NamedTuple, Generic[Meaning]):
    """What a text means and its rule: the word that decided, and the one beside it that moved it (部長 + 代理).

    `lesson`: what was taught, where that decided and not a built-in word.
    """

    meaning: Meaning
    word: str = ""
    moved_by: str = ""
    lesson: Lesson[Meaning] | None = None

    @property
    def rule(self) -> str:
        """The words that decided, for a reader; "" when none did."""
        return f"{self.word} + {self.moved_by}" if self.moved_by else self.word


class Taught(Generic[Meaning]):
    """Lessons, ready to read by: a whole text decides before a word of it, the longer word before the shorter."""

    def __init__(self, lessons: Iterable[Lesson[Meaning]] = ()) -> None:
        self.lessons = tuple(lessons)
        words = sorted((one for one in self.lessons if one.is_word), key=lambda one: (-len(one.text), one.text))
        self.texts = {plain(one.text): one for one in self.lessons if not one.is_word}
        self.words: Sequence[Words[Meaning]] = [
            Words(one.meaning, _pattern([re.escape(_spelled(one.text))]), one) for one in words
        ]

    def whole(self, text: str) -> Reading[Meaning] | None:
        """What was taught of exactly this text, whatever its width, case and spaces."""
        lesson = self.texts.get(plain(text)) if self.texts else None
        return Reading(lesson.meaning, lesson.text, lesson=lesson) if lesson else None


class Words(NamedTuple, Generic[Meaning]):
    """Words that mean this, built in or taught by a lesson."""

    meaning: Meaning
    pattern: re.Pattern[str]
    lesson: Lesson[Meaning] | None = None


def function_of(department: str, taught: Taught[Function] | None = None) -> Function:
    """What a department of this name most likely does."""
    return read_department(department, taught).meaning


def rank_of(title: str, taught: Taught[Rank] | None = None) -> Rank:
    """The canonical rank of a title; UNKNOWN when no word of it is known."""
    return read_title(title, taught).meaning


def read_department(name: str, taught: Taught[Function] | None = None) -> Reading[Function]:
    """What a department of this name does, by which word."""
    lessons = taught or _NO_FUNCTIONS
    if whole := lessons.whole(name):
        return whole
    text = f"{_spelled(name)}\n{plain(name)}"
    found = _search(lessons.words, text) or _search(_FUNCTIONS, text)
    return Reading(found[0].meaning, found[1].group(), lesson=found[0].lesson) if found else Reading(Function.OTHER)


def read_title(title: str, taught: Taught[Rank] | None = None) -> Reading[Rank]:
    """The rank of a title, by which word. Of several posts (取締役 兼 工場長) the highest counts."""
    lessons = taught or _NO_RANKS
    if whole := lessons.whole(title):
        return whole
    text = _spelled(title)
    if by_word := _read_post(lessons.words, text):
        return by_word
    posts = [found for post in _POSTS.split(text) if (found := _read_post(_RANKS, post))]
    return min(posts, key=lambda found: _HEIGHT[found.meaning], default=Reading(Rank.UNKNOWN))


def _read_post(known: Sequence[Words[Rank]], post: str) -> Reading[Rank] | None:
    """One post. Who stands in for another (代理, 補佐, 副, deputy) stands one step lower, who acts for him (代行) does
    not; who was something once (元, former) is nobody knows what."""
    found = _search(known, post)
    if found is None:
        return None
    (rank, _words, lesson), where = found
    before, behind = post[: where.start()], post[where.end() :]
    if once := _HELD_ONCE.match(before):
        return Reading(Rank.UNKNOWN, where.group(), once.group(1), lesson)
    beside = _STANDS_IN_BEHIND.match(behind) or (rank is not R.EXECUTIVE and _STANDS_IN_BEFORE.search(before))
    if beside:
        return Reading(_LOWER.get(rank, rank), where.group(), beside.group(1), lesson)
    return Reading(rank, where.group(), lesson=lesson)


def _search(known: Sequence[Words[Meaning]], text: str) -> tuple[Words[Meaning], re.Match[str]] | None:
    return next(((words, found) for words in known if (found := words.pattern.search(text))), None)


def _spelled(name: str) -> str:
    """Width and case aside, one blank between words and none between Japanese ones (部　長)."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", name)).casefold().strip()
    return _BETWEEN_JAPANESE.sub("", text)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words; Latin ones only as whole words, so that a director is no CTO."""
    return re.compile("|".join(rf"(?<![a-z]){word}(?![a-z])" if word[0].isascii() else word for word in words))


_BETWEEN_JAPANESE = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_HEIGHT = {rank: height for height, rank in enumerate(Rank)}
_LOWER: Mapping[Rank, Rank] = dict(pairwise(rank for rank in Rank if rank is not R.UNKNOWN))
_FUNCTIONS = [Words(function, _pattern(words)) for function, words in FUNCTION_WORDS.items()]
_RANKS = [Words(rank, _pattern(words)) for rank, words in RANK_WORDS]
_NO_FUNCTIONS: Taught[Function] = Taught()
_NO_RANKS: Taught[Rank] = Taught()
