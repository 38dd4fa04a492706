"""Companies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.grouping import place_under_parents
from accounts.models import Account
from accounts.registering import AccountFacts, AccountRegistrar
from audit.effects import Told
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds.kind import Kind

DETAILS = ("name_kana", "name_en", "industry", "employees", "revenue", "revenue_currency", "prefecture", "address",
           "phone", "listed")  # fmt: skip
LISTED = {
    **dict.fromkeys(("上場", "東証プライム", "東証スタンダード", "東証グロース", "プライム", "スタンダード", "グロース",
                     "public", "listed", "yes", "true", "1", "○"), True),
    **dict.fromkeys(("非上場", "未上場", "private", "subsidiary", "other", "unlisted", "no", "false", "0", "×"), False),
}  # fmt: skip


class Accounts(Kind):
    """Companies, found by the source's id, 法人番号 or a unique name, else registered; groups linked at the end."""

    fields = (
        Field("name", values.text(255), synonyms.COMPANY),
        Field("external_id", values.identifier(200), synonyms.COMPANY_ID + synonyms.OWN_ID),
        Field("corporate_number", values.corporate_number, synonyms.CORPORATE_NUMBER),
        Field("name_kana", values.text(255), synonyms.KANA),
        Field("name_en", values.text(255), synonyms.ENGLISH_NAME),
        Field("industry", values.text(120), synonyms.INDUSTRY),
        Field("employees", values.whole_number, synonyms.EMPLOYEES),
        Field("revenue", values.amount, synonyms.REVENUE),
        Field("revenue_currency", values.currency, synonyms.CURRENCY),
        Field("prefecture", values.text(60), synonyms.PREFECTURE),
        Field("address", values.text(400), synonyms.ADDRESS),
        Field("phone", values.identifier(40), synonyms.PHONE),
        Field("listed", values.choice(LISTED), synonyms.LISTED),
        Field("domain", values.domain, synonyms.DOMAIN),
        Field("parent", values.text(255), synonyms.PARENT),
    )
    needs = (("name", "external_id"),)

    def __init__(self, *, now: datetime, **context: Any) -> None:
        super().__init__(now=now, **context)
        self._registrar = AccountRegistrar(self.source, now=now)
        self._children: list[tuple[Row, Told[Account]]] = []

    def write(self, rows: Sequence[Row]) -> None:
        facts = [facts_of(row) for row in rows]
        for row, said, told in zip(rows, facts, self._registrar.register(facts), strict=True):
            self.doubtful(row, said, told)
            if row.get("parent") and told.subject:
                self._children.append((row, told))
            else:
                row.take(told)

    def finish(self) -> list[Row]:
        place_under_parents(
            [(told, row.get("parent")) for row, told in self._children], source=self.source, now=self.now
        )
        for row, told in self._children:
            row.take(told)
        return [row for row, _told in self._children]


def facts_of(row: Row) -> AccountFacts:
    """What a row tells of a company."""
    return AccountFacts(
        name=row.get("name", ""),
        external_id=row.get("external_id", ""),
        corporate_number=row.get("corporate_number", ""),
        domain=row.get("domain", ""),
        details={name: row.get(name) for name in DETAILS if name in row.values},
    )
