"""Names in a file → verdicts in a file: the one matcher, asked without loading anything.

The names are compared with the rows of another file, or with the accounts in the database (read only). A verdict's
`id` is the matched row's id; of an AMBIGUOUS one, the ids of those it could be, best first, joined by "|".
"""

import csv
import gc
import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from multiprocessing.pool import AsyncResult
from typing import Any, NamedTuple, TextIO, TypeVar

from django.utils.translation import gettext as _

from accounts.addresses import address_key, phone_key
from accounts.corporate_numbers import InvalidCorporateNumber
from accounts.corporate_numbers import parse as parse_number
from accounts.domains import company_domain
from accounts.matching import DOMAIN_SIGN, Candidate, Index, Known, Verdict, judge
from accounts.names import parse
from imports.headers import normal_header
from imports.reading import Line, Table

ADDED = ("verdict", "id", "rule", "score")
BETWEEN_IDS = "|"
Result = TypeVar("Result")
BATCH = 2_000
"""Rows a process judges at a time; a file that has no more is judged without another process."""
AHEAD = 4
"""Batches read per process before their answers are awaited."""


class NoSuchColumn(Exception):
    """A column was named that the file does not have; the message names those it has."""


class Answer(NamedTuple):
    """A verdict as it stands in the file."""

    verdict: str
    id: str
    rule: str
    score: str


@dataclass(frozen=True)
class Columns:
    """Where a file says what, as positions in its rows; `further` are other names of the same company."""

    name: int
    id: int | None = None
    number: int | None = None
    contacts: tuple[tuple[str, int], ...] = ()
    further: tuple[int, ...] = ()


def column(table: Table, name: str) -> int:
    """The position of a column, by its header as written or else in another width or case."""
    if name in table.columns:
        return table.columns.index(name)
    spelled = [normal_header(header) for header in table.columns]
    if normal_header(name) in spelled:
        return spelled.index(normal_header(name))
    raise NoSuchColumn(
        _("There is no column “%(column)s” in %(file)s; it has: %(columns)s.")
        % {"column": name, "file": table.path.name, "columns": ", ".join(table.columns)}
    )


def reference(lines: Iterable[Line], columns: Columns, *, processes: int = 0) -> Index:
    """The companies of a reference file; its row number is the id where no column is."""
    named = (line for line in lines if line.cells[columns.name].strip())
    return Index(
        chain.from_iterable(known for _lines, known in _spread(partial(_all_known, columns), named, processes))
    )


def answered(
    lines: Iterable[Line], columns: Columns, index: Index, *, processes: int = 0
) -> Iterator[tuple[Line, Answer]]:
    """Each row with its answer, in the file's order; in so many processes (0: as there are processors)."""
    for batch, answers in _spread(partial(_answers, columns, index), lines, processes, prepare=index.settle):
        yield from zip(batch, answers, strict=True)


def write(stream: TextIO, headers: Sequence[str], rows: Iterable[tuple[Line, Answer]]) -> Counter[tuple[str, str]]:
    """Writes the rows as given with their answers; returns how many there are by verdict and rule."""
    counts: Counter[tuple[str, str]] = Counter()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*headers, *added_headers(headers)])
    for line, answer in rows:
        counts[answer.verdict, answer.rule] += 1
        writer.writerow([*line.cells, *answer])
    return counts


def added_headers(headers: Sequence[str]) -> list[str]:
    """verdict, id, rule, score; with `match_` before one the file has already."""
    return [f"match_{name}" if name in headers else name for name in ADDED]


def ids_of(verdict: Verdict) -> str:
    """The id of the company matched, or of those it could be."""
    meant = [verdict.known] if verdict.known else verdict.candidates
    return BETWEEN_IDS.join(str(known.ref) for known in meant)


def _answers(columns: Columns, index: Index, lines: Iterable[Line]) -> list[Answer]:
    return [_answer(judge(_candidate(line.cells, columns), index)) for line in lines]


def _all_known(columns: Columns, lines: Iterable[Line]) -> list[Known]:
    return [_known(line, columns) for line in lines]


def _answer(verdict: Verdict) -> Answer:
    if verdict.rule is None:
        return Answer(verdict.outcome.value, "", "", "")
    return Answer(verdict.outcome.value, ids_of(verdict), verdict.rule.value, f"{verdict.score:.1f}")


def _spread(
    work: Callable[[list[Line]], list[Result]],
    lines: Iterable[Line],
    processes: int,
    *,
    prepare: Callable[[], None] = lambda: None,
) -> Iterator[tuple[list[Line], list[Result]]]:
    """Batches of lines with what `work` makes of them, in order; after the first one in several processes, for which
    the work's data are prepared."""
    batches = _batches(lines)
    first = next(batches, [])
    yield first, work(first)
    if (second := next(batches, None)) is None:
        return
    prepare()
    processes = processes or _processors()
    with multiprocessing.get_context("fork").Pool(processes, _begin, (work,)) as pool:
        asked: deque[tuple[list[Line], AsyncResult[list[Result]]]] = deque()
        for batch in chain([second], batches):
            asked.append((batch, pool.apply_async(_continue, (batch,))))
            if len(asked) > AHEAD * processes:
                yield _arrived(*asked.popleft())
        while asked:
            yield _arrived(*asked.popleft())


def _arrived(batch: list[Line], result: "AsyncResult[list[Result]]") -> tuple[list[Line], list[Result]]:
    return batch, result.get()


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    remaining = iter(lines)
    while batch := list(islice(remaining, BATCH)):
        yield batch


_working: list[Callable[[list[Line]], list[Any]]] = []
"""In another process: what it does with its batches. Its data came along when it was forked; nothing is copied."""


def _begin(work: Callable[[list[Line]], list[Any]]) -> None:
    gc.freeze()
    _working[:] = [work]


def _continue(batch: list[Line]) -> list[Any]:
    return _working[0](batch)


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def contacts(said: Iterable[tuple[str, str]]) -> set[str]:
    """What of (kind, text) — address, phone, domain — companies can be compared by."""
    return {key for kind, text in said if text and (key := _CONTACT_KEYS[kind](text))}


def _known(line: Line, columns: Columns) -> Known:
    cells = line.cells
    name = parse(cells[columns.name])
    further = {parse(cells[place]).key for place in columns.further if cells[place].strip()} - {name.key}
    return Known(
        ref=cells[columns.id] if columns.id is not None else line.number,
        keys={name.key, *further},
        legal_form=name.legal_form,
        corporate_number=_number(cells, columns),
        further=dict.fromkeys(further),
        contacts=contacts((kind, cells[place]) for kind, place in columns.contacts),
        form_leads=name.form_leads,
    )


def _candidate(cells: Sequence[str], columns: Columns) -> Candidate:
    name = parse(cells[columns.name])
    return Candidate(
        key=name.key,
        legal_form=name.legal_form,
        corporate_number=_number(cells, columns),
        site_keys=name.site_keys,
        contacts=frozenset(contacts((kind, cells[place]) for kind, place in columns.contacts)),
        form_leads=name.form_leads,
    )


def _number(cells: Sequence[str], columns: Columns) -> str:
    """The 法人番号 where one is written and right; a mangled one says nothing."""
    try:
        return parse_number(cells[columns.number]) if columns.number is not None else ""
    except InvalidCorporateNumber:
        return ""


def _domain_key(text: str) -> str:
    host = text.strip().removeprefix("https://").removeprefix("http://").split("/")[0]
    domain = company_domain(host)
    return DOMAIN_SIGN + domain if domain else ""


_CONTACT_KEYS: Mapping[str, Callable[[str], str]] = {"address": address_key, "phone": phone_key, "domain": _domain_key}
