"""What accounts have bought, as contract lists tell."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import contracts, departments
from accounts.models import Account, Contract, Department
from accounts.offerings import Catalogue
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds import companies
from imports.kinds.kind import Kind


class Contracts(Kind):
    """Contracts by the source's id, else by company, offering, first day and amount. Companies, offerings are known."""

    fields = (
        Field("external_id", values.identifier(120), synonyms.CONTRACT_ID),
        *companies.FIELDS,
        Field("department", values.text(160), synonyms.DEPARTMENT),
        Field("offering", values.text(160), synonyms.OFFERING),
        Field("amount", values.amount, synonyms.CONTRACT_AMOUNT, strict=True),
        Field("currency", values.currency, synonyms.CURRENCY),
        Field("started_on", values.day, synonyms.STARTED_ON, strict=True),
        Field("ended_on", values.day, synonyms.ENDED_ON, strict=True),
    )
    needs = (("account", "account_id"), ("offering",), ("amount",), ("started_on",))

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._companies = companies.Mentioned(self, create=False)
        self._catalogue = Catalogue()

    def write(self, rows: Sequence[Row]) -> None:
        found = self._companies.by(rows)
        placed = [(row, found[row.number]) for row in rows if row.number in found and self._is_possible(row)]
        places = departments.ensure([(account.pk, row.get("department", "")) for row, account in placed])
        signed = [
            self._contract(row, account, places.get((account.pk, row.get("department", "")))) for row, account in placed
        ]
        told = contracts.tell(signed, by=self.by, now=self.now)
        for (row, _account), one in zip(placed, told, strict=True):
            row.take(one)

    def _is_possible(self, row: Row) -> bool:
        if self._catalogue.find(row.get("offering")) is None:
            row.refuse("offering", _("%(name)s is not known here.") % {"name": row.get("offering")})
        elif row.get("amount") < 0:
            row.refuse("amount", _("This number is out of range."))
        elif row.get("ended_on") and row.get("ended_on") < row.get("started_on"):
            row.refuse("ended_on", _("It ends before it begins."))
        return row.refusal is None

    def _contract(self, row: Row, account: Account, department: Department | None) -> Contract:
        return Contract(
            account=account,
            department=department,
            offering=self._catalogue.find(row.get("offering")),
            amount=row.get("amount"),
            currency=row.get("currency", settings.DEFAULT_CURRENCY),
            started_on=row.get("started_on"),
            ended_on=row.get("ended_on"),
            source=self.source.code,
            external_id=row.get("external_id") or _same_contract(row, account),
        )


def _same_contract(row: Row, account: Account) -> str:
    said = (account.pk, row.get("offering"), str(row.get("started_on")), str(row.get("amount")))
    return "row:" + hashlib.sha256(repr(said).encode()).hexdigest()[:32]
