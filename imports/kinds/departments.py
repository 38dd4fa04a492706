"""Departments of companies: a tree, as the company's own charts draw it."""

from collections.abc import Sequence
from typing import Any

from accounts import departments
from accounts.departments import DepartmentFacts
from accounts.enums import Function
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds import companies
from imports.kinds.kind import Kind


class Departments(Kind):
    """Departments, found by company and name; one named as the parent of another is made where it is not known."""

    fields = (
        *companies.FIELDS,
        Field("name", values.text(160), synonyms.DEPARTMENT),
        Field("parent", values.text(160), synonyms.PARENT_DEPARTMENT),
        Field("function", values.choice({one.casefold(): one for one in Function}), synonyms.FUNCTION),
    )
    needs = (("account", "account_id"), ("name",))

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._companies = companies.Mentioned(self, create=False)

    def write(self, rows: Sequence[Row]) -> None:
        found = self._companies.by(rows)
        placed = [(row, found[row.number]) for row in rows if row.number in found]
        facts = [
            DepartmentFacts(account, row.get("name"), row.get("parent", ""), row.get("function", ""))
            for row, account in placed
        ]
        for (row, _account), told in zip(placed, departments.tell(facts, by=self.by, now=self.now), strict=True):
            row.take(told)
