"""The forms of the import wizard: how the file is written, and what its columns mean. Both work without script."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abm.web import words
from abm.web.import_words import field_word
from accounts.sources import BASES
from imports.kinds import KINDS
from imports.models import ImportJob
from imports.proposals import Understanding
from imports.values import Choice, day, moment
from users.roles import Role

FOUND_OUT = ("", gettext_lazy("As found out"))
ENCODINGS = (FOUND_OUT, ("utf-8", "UTF-8"), ("cp932", "Shift_JIS (CP932)"), ("utf-16", "UTF-16"))
DELIMITERS = (FOUND_OUT, (",", gettext_lazy("Comma")), ("\t", gettext_lazy("Tab")), (";", ";"), ("|", "|"))
DATES = (
    ("", "2026-03-31, 2026/3/31, 2026年3月31日"),
    ("%m/%d/%Y", "03/31/2026"),
    ("%d/%m/%Y", "31/03/2026"),
    ("%m/%d/%y", "03/31/26"),
    ("%d/%m/%y", "31/03/26"),
    ("%d-%m-%y", "31-03-26"),
    ("%d-%m-%Y", "31-03-2026"),
    ("%d.%m.%Y", "31.03.2026"),
    ("%y-%m-%d", "26-03-31"),
)
DATED = (day, moment)


class WrittenForm(forms.Form):
    """What the file holds and how it is written."""

    kind = forms.ChoiceField(label=gettext_lazy("What it holds"), choices=words.choices(words.KINDS))
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), choices=ENCODINGS, required=False)
    delimiter = forms.ChoiceField(label=gettext_lazy("Delimiter"), choices=DELIMITERS, required=False)
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)

    def __init__(self, data: Any = None, *, job: ImportJob, sheets: tuple[str, ...]) -> None:
        written = {part: (job.mapping or {}).get(part, "") for part in ("encoding", "delimiter", "sheet")}
        super().__init__(data, initial={"kind": job.kind, **written})
        if sheets:
            del self.fields["encoding"], self.fields["delimiter"]
            self.fields["sheet"].choices = [FOUND_OUT, *((name, name) for name in sheets)]  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]


class MappingForm(forms.Form):
    """A select per column, one per word nobody knows, the dates and the source. `mapping` is what was said."""

    source = forms.SlugField(
        label=gettext_lazy("Where it comes from"),
        max_length=60,
        help_text=gettext_lazy("A short name such as sfa or seminar-2026; use the same one for the next file."),
    )

    basis = forms.ChoiceField(
        label=gettext_lazy("On which ground we may use it"),
        choices=[("", gettext_lazy("As the source says")), *words.choices(BASES)],
        required=False,
    )
    purpose = forms.CharField(
        label=gettext_lazy("Purpose of use"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Blank: as the source says. What was told when the data were asked for."),
    )

    def __init__(self, data: Any = None, *, job: ImportJob, understood: Understanding) -> None:
        super().__init__(data, initial={"basis": job.basis, "purpose": job.purpose})
        self.job, self.understood = job, understood
        self.written: dict[str, Any] = dict(job.mapping or {})
        self.meant = {one.name: one for one in KINDS[job.kind].fields}
        self.fields["source"].initial = job.source.code
        for place, column in enumerate(understood.columns):
            self.fields[f"column-{place}"] = self._select("+".join(column.fields), column.fields, column.name)
        for name, place, word in self._words():
            self.fields[f"word-{name}-{place}"] = self._word(name, word)
        if self._is_dated() or self.written.get("dates"):
            self.fields["dates"] = self._dates()

    def _select(self, now: str, fields: tuple[str, ...], label: str) -> forms.ChoiceField:
        several = [(now, " + ".join(map(field_word, fields)))] if len(fields) > 1 else []
        known = sorted(((name, field_word(name)) for name in self.meant), key=lambda one: one[1])
        choices = [("", _("– leave out –")), *several, *known]
        return forms.ChoiceField(choices=choices, required=False, initial=now, label=label)

    def _words(self) -> Iterator[tuple[str, int, str]]:
        for name, found in self.understood.words.items():
            yield from ((name, place, word) for place, word in enumerate(found))

    def _word(self, name: str, word: str) -> forms.ChoiceField:
        parse = self.meant[name].parse
        allowed = parse.allowed if isinstance(parse, Choice) else []
        told = self.written.get("values", {}).get(name, {})
        choices = [("", _("– not known –")), *((one, one) for one in allowed)]
        label = f"{field_word(name)}: {word}"
        return forms.ChoiceField(
            choices=choices, required=False, initial=told.get(word, told.get("*", "")), label=label
        )

    def _is_dated(self) -> bool:
        return any(self.meant[name].parse in DATED for column in self.understood.columns for name in column.fields)

    def _dates(self) -> forms.ChoiceField:
        now = self.written.get("dates") or []
        formats = [now] if isinstance(now, str) else list(now)
        said = "|".join(formats)
        further = [] if said in dict(DATES) else [(said, ", ".join(formats))]
        label = _("Dates are written")
        return forms.ChoiceField(choices=[*further, *DATES], required=False, initial=said, label=label)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A column, its samples, its select."""
        return [
            {"column": column, "field": self[f"column-{place}"]}
            for place, column in enumerate(self.understood.columns)
            if column.name
        ]

    @property
    def others(self) -> list[Any]:
        """The selects beside the columns: words, dates."""
        return [self[name] for name in self.fields if name.startswith("word-") or name == "dates"]

    @property
    def missing(self) -> list[str]:
        """Fields still needed, as people call them."""
        return [" / ".join(map(field_word, group)) for group in self.understood.missing]

    @property
    def mapping(self) -> dict[str, Any]:
        """What was written before, with the corrections."""
        said = self.cleaned_data
        columns = {
            column.name: said[f"column-{place}"].split("+")
            for place, column in enumerate(self.understood.columns)
            if said.get(f"column-{place}")
        }
        told = {column: names if len(names) > 1 else names[0] for column, names in columns.items()}
        values = {name: dict(told) for name, told in self.written.get("values", {}).items()}
        for name, place, word in self._words():
            values.setdefault(name, {})[word] = said[f"word-{name}-{place}"] or word
        mapping = {**self.written, "columns": told, "values": values}
        if "dates" in self.fields:
            mapping["dates"] = [one for one in said["dates"].split("|") if one]
        return mapping


def kinds_for(role: str) -> list[tuple[str, Any]]:
    """The kinds of files somebody of this role may bring in."""
    return [(name, word) for name, word in words.choices(words.KINDS) if name != "users" or role == Role.ADMIN]
