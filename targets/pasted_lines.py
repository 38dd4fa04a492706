"""Pasted lines: a company, or a company with a department behind it (a spear, 銛). Pure.

A tab, ▸ or > always stands between company and departments, top one first. A slash, a full-width space or の may: such
a line names a company, unless what stands before is one and has such a department; that is asked of the data.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 255
MOST_SPLITS = 3
"""So many places in a line are tried; more of them make no sense."""
JOINT = " ▸ "
"""Between departments, as written and kept."""
_SURE = re.compile(r"[\t▸▶►>＞›»→]+")
_PERHAPS = re.compile(r"\s*[/／]\s*|　+|の")


class Spear(NamedTuple):
    """A company's name and the departments behind it, top one first; without any, the company as a whole is meant."""

    company: str
    path: tuple[str, ...] = ()

    @property
    def department(self) -> str:
        """The departments as they are kept."""
        return JOINT.join(self.path)


class Line(NamedTuple):
    """A line as it was pasted, what it says, and what it may say if the data agree, the longest company first."""

    text: str
    said: Spear
    perhaps: tuple[Spear, ...] = ()


def read(text: str) -> list[Line]:
    """Each line once, in their order; empty ones are left out."""
    lines = dict.fromkeys(line.strip() for line in text.replace("\x00", "").splitlines())
    return [_read(line) for line in lines if line]


def path_of(department: str) -> tuple[str, ...]:
    """The departments of a text that is kept."""
    return tuple(part for part in department.split(JOINT) if part)


def _read(line: str) -> Line:
    company, *path = _parts(_SURE, line) or [line]
    if path or _SURE.search(line):
        return Line(line, Spear(company[:LONGEST], tuple(path)))
    return Line(line, Spear(line[:LONGEST]), tuple(_perhaps(line)))


def _perhaps(line: str) -> Iterator[Spear]:
    for found in list(_PERHAPS.finditer(line))[-MOST_SPLITS:][::-1]:
        company, rest = line[: found.start()].strip(), line[found.end() :]
        for path in dict.fromkeys((tuple(_parts(_SURE, rest)), tuple(_parts(_PERHAPS, rest)))):
            if company and path:
                yield Spear(company[:LONGEST], path)


def _parts(pattern: re.Pattern[str], text: str) -> list[str]:
    return [part.strip() for part in pattern.split(text) if part.strip()]
