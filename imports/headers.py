"""Header names as people and systems write them → one spelling, and which field they most likely mean."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

_REMARK = re.compile(r"\((?:必須|任意|required|optional|1)\)|[*＊※]")
_SEPARATOR = re.compile(r"[\s_\-./:：・]+")


def normal_header(name: str) -> str:
    """One spelling whatever the width, case, spaces, underscores, "(required)", and the "(1)" of a first of several."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _SEPARATOR.sub("", _REMARK.sub("", plain)).strip()


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


def fingerprint(columns: Iterable[str]) -> str:
    """One header, one fingerprint, whatever its width, case and spaces."""
    return hashlib.sha256("\n".join(map(normal_header, columns)).encode()).hexdigest()
