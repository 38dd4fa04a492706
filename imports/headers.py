"""Header names as people and systems write them → one spelling, and which field they most likely mean."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

_REMARK = re.compile(r"\((?:必須|任意|required|optional|1)\)|[*＊※]")
_SEPARATOR = re.compile(r"[\s_\-./:：・()\[\]「」【】]+")
_IN_BRACKETS = re.compile(r"[(\[【「].*?[)\]】」]")
_NUMBER = re.compile(r"[\s_-]*\d+\s*$")
_GENERAL = frozenset((
    "name", "title", "type", "date", "code", "status", "value", "number", "time", "user", "kind", "page",
    "日付", "日時", "状態", "結果", "種類", "種別", "分類", "担当", "コード", "登録", "参加",
))  # fmt: skip
"""Words that say nothing without the ones before them."""
_OTHERS = re.compile(r"\b(?:owner|manager|created by|modified by|assistant|parent|our|secondary|alternate|fax|do not)\b"
                     r"|所有者|自社|上司|上長|作成者|更新者|紹介者|代表者|fax|旧")  # fmt: skip
"""What stands before a known name and makes it somebody else's or something else."""
_SHORTEST = {True: 4, False: 2}
"""So many letters has a known name at the end at least: by whether it is written in Latin ones."""
_POLITE = re.compile(r"^(?:お|ご|御|貴)(?=[一-鿿])")


def normal_header(name: str) -> str:
    """One spelling whatever the width, case, spaces, brackets, politeness (お電話番号), "(required)", "(1)"."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _POLITE.sub("", _SEPARATOR.sub("", _REMARK.sub("", plain)).strip())


def proposed(columns: Iterable[str], synonyms: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Column → field. A field's earlier synonyms win over its later ones; no field is proposed twice."""
    by_spelling: dict[str, str] = {}
    for column in columns:
        by_spelling.setdefault(normal_header(column), column)
    mapping: dict[str, str] = {}
    for field, names in synonyms.items():
        spellings = (normal_header(name) for name in (field, *names))
        found = next((by_spelling[s] for s in spellings if s in by_spelling and by_spelling[s] not in mapping), None)
        if found:
            mapping[found] = field
    return mapping


def resembling(columns: Iterable[str], synonyms: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Column → field as somebody would guess it: 部署1, 売上(百万円), Prospect Email, 顧客会社名 end like a known name.

    Only for proposals that a person looks at.
    """
    mapping: dict[str, str] = {}
    for field, names in synonyms.items():
        known = {normal_header(name) for name in names}
        free = [column for column in columns if column and column not in mapping]
        found = next((one for one in free if normal_header(_bare(one)) in known), None)
        found = found or next((one for one in free if _ends_like(one, names)), None)
        if found:
            mapping[found] = field
    return mapping


def _bare(column: str) -> str:
    """Without what stands in brackets and without a number at the end."""
    return _NUMBER.sub("", _IN_BRACKETS.sub("", unicodedata.normalize("NFKC", column)))


def _ends_like(column: str, names: Iterable[str]) -> bool:
    """Whether it is a compound whose last word, the one that counts in Japanese and English, is one of the names."""
    written = _words(_bare(column))
    if _OTHERS.search(written):
        return False
    ends = [one for name in names if (one := _words(name)) not in _GENERAL and len(one) >= _SHORTEST[one.isascii()]]
    return any(written.endswith(f" {one}" if one.isascii() else one) for one in ends)


def _words(name: str) -> str:
    return _SEPARATOR.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def fingerprint(columns: Iterable[str]) -> str:
    """One header, one fingerprint, whatever its width, case, spaces, and columns without a name at the end."""
    return hashlib.sha256("\n".join(map(normal_header, columns)).rstrip("\n").encode()).hexdigest()
