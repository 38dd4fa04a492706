"""Persons taken out of the house as a file: one row per place they work at, in words our own imports understand."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import rules
from accounts.models import Affiliation, Person
from accounts.spreadsheets import harmless
from audit import access

LEAST_PURPOSE = 4
CHUNK = 2000
BOM = "\ufeff"
HEADERS = {
    "ja": ("会社名", "法人番号", "部署名", "役職", "氏名", "姓", "名", "氏名カナ", "メールアドレス", "電話番号",
           "携帯電話", "配信停止"),
    "en": ("Company Name", "Corporate Number", "Department", "Title", "Full Name", "Last Name", "First Name",
           "Name Reading", "Email", "Phone", "Mobile Phone", "Opt Out"),
}  # fmt: skip


class ExportRefused(Exception):
    """Nothing is taken out; the text says why."""


def export(
    persons: QuerySet[Person], *, places: QuerySet[Affiliation] | None = None, only_reachable: bool = True,
    purpose: str, filters: dict[str, Any], by: Any, now: datetime,
) -> Iterator[str]:  # fmt: skip
    """The lines of a CSV with these persons' present places (or those of `places`); noted before the first line leaves.

    Raises ExportRefused.
    """
    if not rules.may_export(by):
        raise ExportRefused(_("Marketing takes persons out."))
    if len(purpose.strip()) < LEAST_PURPOSE:
        raise ExportRefused(_("Please say what the file is for."))
    wanted = persons.staying()  # type: ignore[attr-defined]
    wanted = wanted.reachable() if only_reachable else wanted
    found = Affiliation.objects.filter(ended_on=None) if places is None else places
    found = found.filter(person__in=wanted).select_related("account", "department", "person")
    told = list(found.order_by().values_list("person_id", flat=True))
    access.exported("persons", told, by=by, now=now, filters=filters, purpose=purpose)
    return _lines(found)


def _lines(places: QuerySet[Affiliation]) -> Iterator[str]:
    yield BOM + line(HEADERS["ja" if get_language() == "ja" else "en"])
    for place in places.iterator(chunk_size=CHUNK):
        yield line(_cells(place))


def _cells(place: Affiliation) -> list[str]:
    who, company = place.person, place.account
    return [
        company.name, company.corporate_number or "", place.department.name if place.department else "", place.title,
        who.name, who.last_name, who.first_name, who.name_kana, who.email, who.phone, who.mobile,
        "○" if who.opted_out_at else "",
    ]  # fmt: skip


def line(cells: Any) -> str:
    """One line of CSV that no spreadsheet runs."""
    text = StringIO()
    csv.writer(text).writerow(harmless(cells))
    return text.getvalue()
