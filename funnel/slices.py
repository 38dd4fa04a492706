"""Dimensions: what metrics can be sliced by and narrowed to. A code stands for a slice in URLs, API and commands."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import DateField, F, Func, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Trunc, TruncDate
from django.db.models.lookups import Exact, IsNull
from django.utils.translation import gettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTHING = ""
"""The code of the slice in which the dimension is not known."""


class UnknownSlice(Exception):
    """A filter names a dimension or a slice that does not exist; the text is fit for the user."""


class Member(NamedTuple):
    """A slice: its code and what people read."""

    code: str
    label: str


def nothing() -> Member:
    """The slice of the rows in which the dimension is not known."""
    return Member(NOTHING, gettext("(not known)"))


@dataclass(frozen=True)
class Dimension:
    """Rows are grouped by `expression`; subclasses turn its values into members and codes into conditions."""

    label: "_StrPromise"
    expression: Combinable

    def members(self, values: Iterable[Any]) -> dict[Any, Member]:
        """Each of the grouped values with its code and label."""
        return {value: nothing() if value is None else self.member(value) for value in values}

    def member(self, value: Any) -> Member:
        return Member(str(value), str(value))

    def value(self, code: str) -> Any:
        """The grouped value a code stands for.

        Raises:
            UnknownSlice: when there is no such slice.
        """
        return code

    def narrow(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        """Only the rows of the slice with this code.

        Raises:
            UnknownSlice: when there is no such slice.
        """
        if code == NOTHING:
            return rows.filter(IsNull(self.expression, True))
        return rows.filter(Exact(self.expression, self.value(code)))

    def a_year_on(self, code: str) -> str:
        """The slice that a slice of last year is compared with: itself, but for periods."""
        return code


@dataclass(frozen=True)
class Choice(Dimension):
    """A column with few values; `labels` gives what people read."""

    labels: Callable[[], Mapping[str, str]] = dict

    def member(self, value: Any) -> Member:
        return Member(str(value), self.labels().get(value, str(value))) if value != "" else nothing()

    def narrow(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        if code == NOTHING:
            return rows.filter(Q(IsNull(self.expression, True)) | Q(Exact(self.expression, "")))
        return super().narrow(rows, code)


@dataclass(frozen=True)
class Flag(Dimension):
    """Yes or no; `words` are the two labels, yes first."""

    words: tuple["_StrPromise", "_StrPromise"]

    def member(self, value: Any) -> Member:
        return Member("yes", str(self.words[0])) if value else Member("no", str(self.words[1]))

    def value(self, code: str) -> bool:
        try:
            return {"yes": True, "no": False}[code]
        except KeyError:
            raise UnknownSlice(gettext("Please write yes or no, not “%(code)s”.") % {"code": code}) from None


@dataclass(frozen=True)
class Reference(Dimension):
    """A foreign key; `code` is the referred row's public name, `names` are further columns it may be found by."""

    model: type[Model]
    code: str
    names: tuple[str, ...] = ()
    caption: str = "name"

    def members(self, values: Iterable[Any]) -> dict[Any, Member]:
        known = {value for value in values if value is not None}
        found = self.model._default_manager.filter(pk__in=known).values_list("pk", self.code, self.caption)
        return {None: nothing()} | {pk: Member(str(code), str(label)) for pk, code, label in found}

    def value(self, code: str) -> int:
        named = Q()
        for column in (self.code, *self.names):
            named |= Q(**{column: code}) if column != "public_id" or _is_uuid(code) else Q()
        found = list(self.model._default_manager.filter(named).values_list("pk", flat=True)[:2]) if named else []
        if len(found) != 1:
            raise UnknownSlice(
                gettext("There is no %(dimension)s “%(code)s”.") % {"dimension": self.label, "code": code}
            )
        return found[0]


class _PeriodStart(Func):
    """The first day of the unit a date lies in, units counted from `shift` months after January."""

    template = (
        "(date_trunc('%(unit)s', (%(expressions)s) - interval '%(shift)s months') + interval '%(shift)s months')::date"
    )
    output_field = DateField()


MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Period(Dimension):
    """The month, quarter or year a date lies in; a fiscal one counts from FISCAL_YEAR_START_MONTH."""

    unit: str
    fiscal: bool = False

    @property
    def shift(self) -> int:
        return (settings.FISCAL_YEAR_START_MONTH - 1) if self.fiscal else 0

    def member(self, value: date) -> Member:
        return Member(self.code(value), self._read(value))

    def code(self, start: date) -> str:
        """`2026-04`, `2026-Q2`, `2026`; fiscal `FY2026-Q1`, `FY2026`, named by the year they begin in."""
        year, number = self._numbers(start)
        name = f"FY{year}" if self.fiscal else str(year)
        return {"month": f"{name}-{number:02}", "quarter": f"{name}-Q{number}", "year": name}[self.unit]

    def value(self, code: str) -> date:
        found = re.fullmatch(r"(?P<fy>FY)?(?P<year>[12]\d{3})(?:-(?P<q>Q)?(?P<number>\d{1,2}))?", code)
        number = int(found["number"] or 1) if found else 0
        if not found or not 1 <= number <= 12 // MONTHS[self.unit]:
            raise UnknownSlice(gettext("“%(code)s” is not a period.") % {"code": code})
        start = months_after(date(int(found["year"]), 1, 1), (number - 1) * MONTHS[self.unit] + self.shift)
        if self.code(start) != code:
            raise UnknownSlice(gettext("“%(code)s” is not a period.") % {"code": code})
        return start

    def a_year_on(self, code: str) -> str:
        return self.code(months_after(self.value(code), 12)) if code else code

    def _numbers(self, start: date) -> tuple[int, int]:
        first = months_after(start, -self.shift)
        return first.year, (first.month - 1) // MONTHS[self.unit] + 1

    def _read(self, start: date) -> str:
        year, number = self._numbers(start)
        if self.unit == "month":
            return f"{year}-{number:02}"
        words = gettext("FY%(year)s") if self.fiscal else "%(year)s"
        return (words % {"year": year}) + (f" Q{number}" if self.unit == "quarter" else "")


def find_dimension(dimensions: Mapping[str, Dimension], name: str) -> Dimension:
    """The dimension of that name.

    Raises:
        UnknownSlice: when there is none; names those there are.
    """
    if name not in dimensions:
        raise UnknownSlice(
            gettext("“%(name)s” is no dimension here. There are: %(names)s.")
            % {"name": name, "names": ", ".join(dimensions)}
        )
    return dimensions[name]


def period(label: "_StrPromise", column: str, unit: str, *, fiscal: bool = False, moment: bool = True) -> Period:
    """A period dimension over a datetime column (`moment`) or a date column."""
    shift = (settings.FISCAL_YEAR_START_MONTH - 1) if fiscal else 0
    if shift % MONTHS[unit] == 0:
        return Period(label, Trunc(column, unit, output_field=DateField()), unit, fiscal)
    day = TruncDate(column) if moment else F(column)
    return Period(label, _PeriodStart(day, unit=unit, shift=shift), unit, fiscal)


def months_after(first: date, months: int) -> date:
    """The first day of the month that lies so many months after the month of `first`."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def fiscal_year_of(day: date) -> int:
    """The fiscal year a day lies in, named by the calendar year it begins in."""
    return day.year if day.month >= settings.FISCAL_YEAR_START_MONTH else day.year - 1


def fiscal_year_start(year: int) -> date:
    """The first day of a fiscal year."""
    return date(year, settings.FISCAL_YEAR_START_MONTH, 1)


def fiscal_year_end(year: int) -> date:
    """The last day of a fiscal year."""
    return fiscal_year_start(year + 1) - timedelta(days=1)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
