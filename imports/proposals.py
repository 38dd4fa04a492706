"""What a file most likely holds and how its columns are most likely meant; people correct it (imports.drafts)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from imports import mapping as mappings
from imports import presets, reading
from imports.fields import Field
from imports.headers import fingerprint, normal_header, resembling
from imports.kinds import KINDS, Kind
from imports.models import MappingTemplate
from imports.presets import Preset
from imports.reading import Table
from imports.reports import as_given
from imports.values import Choice, Formats, Unusable, day, moment

SAMPLE = 300
"""So many rows are looked at for samples, dates and words."""
WORDS_WITHIN = 20_000
"""So many rows are looked through for words nobody knows: a rare stage stands far down."""
SAMPLES = 3
MOST_WORDS = 20
OTHER_SOURCE = "files"
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d-%m-%Y", "%d-%m-%y", "%d.%m.%Y",
         "%y/%m/%d", "%d %b %Y")  # fmt: skip
"""Formats worth trying, beside those understood without being told."""
TOLD_BY_CONTENT = ("email", "corporate_number")
"""Fields whose values nothing else looks like: what a column without a telling header holds is known by them."""
AS_WRITTEN = ("encoding", "delimiter", "sheet")
"""The parts of a mapping that say how the file is written; they go before what its columns mean."""


@dataclass(frozen=True)
class Proposal:
    """`mapping` as imports.mapping.parse reads it; `preset` and `template` say where it comes from."""

    kind: str
    source: str
    mapping: dict[str, Any]
    preset: str = ""
    template: str = ""


@dataclass(frozen=True)
class Column:
    """A column as shown to whoever maps it: the fields it gives now, some of its cells."""

    name: str
    fields: tuple[str, ...]
    samples: tuple[str, ...]


@dataclass
class Understanding:
    """A file under one mapping: its columns, the needs nothing gives yet, the words nobody knows (field → words)."""

    table: Table
    columns: list[Column]
    missing: list[tuple[str, ...]]
    words: dict[str, list[str]] = field(default_factory=dict)


def open_with(path: Path, written: Mapping[str, Any]) -> Table:
    """The file, read as the mapping says it is written, or as is found out."""
    said = {part: str(written.get(part, "")) for part in AS_WRITTEN}
    columns = written.get("columns") or {}
    table = reading.open_table(path, **said, known_headers=set(map(normal_header, columns)) | known_headers())
    return replace(table, columns=as_given(table.columns))


def known_headers() -> set[str]:
    """Everything that columns of any kind are called, in one spelling."""
    fields = (one for kind in KINDS.values() for one in kind.fields)
    return {normal_header(name) for one in fields for name in (one.name, *one.synonyms)} | presets.signs()


def propose(table: Table, *, kind: str = "", written: Mapping[str, Any] | None = None, among: Any = None) -> Proposal:
    """As last corrected for this header; else as its export is known; else by the words of its header.

    `kind` is what somebody says the file holds; `among` are the kinds they may bring in.
    """
    said = {part: written[part] for part in AS_WRITTEN if written and written.get(part)}
    if remembered := _remembered(table.columns, kind):
        mapping = remembered.mapping | said
        return Proposal(remembered.kind, remembered.source.code, mapping, template=remembered.name)
    preset = presets.recognised(table.columns, kind)
    kind = kind or (preset.kind if preset else _likeliest(table, among or KINDS))
    mapping = _by_words(table, KINDS[kind].fields, preset) | said
    mapping["columns"] |= _by_content(table, mapping["columns"], KINDS[kind].fields, preset)
    if dates := _dates(table, mapping, KINDS[kind].fields):
        mapping["dates"] = dates
    return Proposal(kind, preset.name if preset else OTHER_SOURCE, mapping, preset=preset.title if preset else "")


def understand(table: Table, kind: str, written: Mapping[str, Any]) -> Understanding:
    """What stands in the columns, and what is still to be said."""
    kind_class = KINDS[kind]
    rows = [line.cells for line in islice(table.lines(), WORDS_WITHIN)]
    parsed = mappings.parse(written, kind=kind, fields=kind_class.fields)
    by_name = {normal_header(name): fields for name, fields in parsed.columns.items()}
    columns = [
        Column(name, by_name.get(normal_header(name), ()), _samples(rows, place))
        for place, name in enumerate(table.columns)
    ]
    said = {name for column in columns for name in column.fields} | {*parsed.constants, *parsed.defaults}
    missing = [group for group in kind_class.needs if not said.intersection(group)]
    return Understanding(table, columns, missing, _unknown_words(columns, rows, kind_class, parsed))


def _remembered(columns: Sequence[str], kind: str) -> MappingTemplate | None:
    found = MappingTemplate.objects.filter(fingerprint=fingerprint(columns)).select_related("source")
    return (found.filter(kind=kind) if kind else found).first()


def _likeliest(table: Table, kinds: Mapping[str, type[Kind]]) -> str:
    """The kind whose needs the header fills and of which it says most; the plainer one when they are equal."""

    def fit(name: str) -> tuple[bool, int]:
        known = mappings.propose(table.columns, kinds[name].fields).columns
        exact = {column: names[0] for column, names in known.items()}
        found = {*exact.values(), *_resembling(table.columns, exact, kinds[name].fields).values()}
        groups = [*kinds[name].needs, *filter(None, [kinds[name].signs])]
        return all(found.intersection(group) for group in groups), len(found - kinds[name].says_little)

    return max(kinds, key=fit)


def _by_words(table: Table, fields: Sequence[Field], preset: Preset | None) -> dict[str, Any]:
    """The preset's columns, and for what it does not name the words of the header."""
    known = {one.name for one in fields}
    by_preset = {normal_header(column): meant for column, meant in (preset.columns if preset else {}).items()}
    silent = set(map(normal_header, preset.leaves_out)) if preset else set()
    columns: dict[str, Any] = {}
    used: set[str] = set()
    for column in table.columns:
        meant = by_preset.get(normal_header(column), ())
        names = [name for name in ([meant] if isinstance(meant, str) else meant) if name in known - used]
        if names:
            columns[column] = names if len(names) > 1 else names[0]
            used.update(names)
    rest = [name for name in table.columns if name and name not in columns and normal_header(name) not in silent]
    by_words = mappings.propose(rest, [one for one in fields if one.name not in used])
    columns |= {column: names[0] for column, names in by_words.columns.items()}
    if preset is None:
        columns |= _resembling(table.columns, columns, fields)
    mapping: dict[str, Any] = {"columns": _with_both(columns, fields)}
    if preset and preset.values:
        mapping["values"] = {name: dict(words) for name, words in preset.values.items()}
    return mapping


def _resembling(names: Sequence[str], columns: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, str]:
    """What the columns nobody knows resemble, of the fields no column gives."""
    said = set(columns.values())
    return resembling(
        [name for name in names if name not in columns],
        {one.name: one.synonyms for one in fields if one.name not in said},
    )


def _with_both(columns: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    """A column whose name means two things says both, where no other column says the second."""
    known = {one.name: one for one in fields}
    said = {name for names in columns.values() for name in ([names] if isinstance(names, str) else names)}
    both = dict(columns)
    for column, name in columns.items():
        second = known[name].with_it if isinstance(name, str) else ""
        if second and second not in said and normal_header(column) in map(normal_header, known[second].synonyms):
            both[column] = [name, second]
    return both


def _by_content(
    table: Table, columns: Mapping[str, Any], fields: Sequence[Field], preset: Preset | None
) -> dict[str, str]:
    """Columns whose header says nothing, by cells that can be only one thing: mail addresses, 法人番号."""
    silent = {normal_header(name) for name in preset.leaves_out} if preset else set()
    said = {name for names in columns.values() for name in ([names] if isinstance(names, str) else names)}
    wanted = [one for one in fields if one.name in TOLD_BY_CONTENT and one.name not in said]
    rows = [line.cells for line in islice(table.lines(), SAMPLE)] if wanted else []
    found: dict[str, str] = {}
    for place, column in enumerate(table.columns):
        if not column or column in columns or normal_header(column) in silent | known_headers():
            continue
        cells = [row[place].strip() for row in rows if row[place].strip()]
        fits = [one.name for one in wanted if one.name not in found.values() and _all_fit(one, cells)]
        found |= {column: fits[0]} if fits else {}
    return found


def _all_fit(field: Field, cells: Sequence[str]) -> bool:
    """Every cell is such a value, and most stand once: the mail address of whoever keeps the list stands everywhere."""
    try:
        return 2 * len({field.parse(cell, Formats()) for cell in cells}) > len(cells)
    except Unusable:
        return False


def _dates(table: Table, mapping: Mapping[str, Any], fields: Sequence[Field]) -> list[str]:
    """The formats the file's dates need, where there is no doubt: for each column the only one that reads all."""
    dated = {one.name for one in fields if one.parse in (day, moment)}
    found: list[str] = []
    rows = [line.cells for line in islice(table.lines(), SAMPLE)]
    for place, column in enumerate(table.columns):
        names = mapping["columns"].get(column, ())
        cells = [row[place].strip() for row in rows if row[place].strip()]
        if cells and dated.intersection([names] if isinstance(names, str) else names) and not _readable(cells, ()):
            fits = [one for one in DATES if _readable(cells, (one,))] or list(_with_times(cells))
            found += fits if len(fits) == 1 and fits[0] not in found else []
    return found


def _with_times(cells: Sequence[str]) -> Iterator[str]:
    for one in DATES:
        for clock in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p"):
            if _readable(cells, (f"{one} {clock}",)):
                yield f"{one} {clock}"


def _readable(cells: Sequence[str], formats: tuple[str, ...]) -> bool:
    """Whether every cell is a date in one of these formats (without any: one nobody can misread)."""
    try:
        for cell in cells:
            if formats:
                datetime.strptime(cell, formats[0])  # noqa: DTZ007 - only tried
            else:
                moment(cell, Formats())
    except (ValueError, Unusable):
        return False
    return True


def _samples(rows: Sequence[Sequence[str]], place: int) -> tuple[str, ...]:
    cells = dict.fromkeys(row[place].strip()[:60] for row in rows[:SAMPLE] if row[place].strip())
    return tuple(islice(cells, SAMPLES))


def _unknown_words(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], kind: type[Kind], parsed: mappings.MappingFile
) -> dict[str, list[str]]:
    choices = {one.name: one.parse for one in kind.fields if isinstance(one.parse, Choice)}
    unknown: dict[str, list[str]] = {}
    for place, column in enumerate(columns):
        for name in set(column.fields) & set(choices):
            words = dict.fromkeys(row[place].strip() for row in rows if row[place].strip())
            translated = parsed.values.get(name, {})
            told = [word for word in words if not _known(choices[name], word) or word in translated]
            unknown[name] = told[:MOST_WORDS]
    return {name: words for name, words in unknown.items() if words}


def _known(choice: Choice, word: str) -> bool:
    try:
        choice(word, Formats())
    except Unusable:
        return False
    return True
