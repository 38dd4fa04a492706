"""Deals of the SFA."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.offerings import Catalogue
from funnel import sfa
from funnel.enums import DealStatus
from funnel.sfa import DealFacts
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds import companies
from imports.kinds.kind import Kind
from users.enrolling import Directory

STATUSES = {
    "open": DealStatus.OPEN,
    "進行中": DealStatus.OPEN,
    "商談中": DealStatus.OPEN,
    "won": DealStatus.WON,
    "closed won": DealStatus.WON,
    "受注": DealStatus.WON,
    "成約": DealStatus.WON,
    "lost": DealStatus.LOST,
    "closed lost": DealStatus.LOST,
    "失注": DealStatus.LOST,
}
PLAIN = ("name", "stage_name", "status", "amount", "currency", "opened_on", "expected_on", "closed_on")


class Deals(Kind):
    """Deals by the SFA's id. Companies, offerings and owners must be known; a deal may come without any of them."""

    fields = (
        Field("external_id", values.identifier(120), synonyms.DEAL_ID),
        Field("name", values.text(255), synonyms.DEAL_NAME),
        *companies.FIELDS,
        Field("offering", values.text(160), synonyms.OFFERING),
        Field("owner", values.text(150), synonyms.OWNER),
        Field("status", values.choice(STATUSES), synonyms.STATUS + synonyms.STAGE, strict=True, with_it="stage_name"),
        Field("stage_name", values.text(80), synonyms.STAGE),
        Field("amount", values.amount, synonyms.AMOUNT),
        Field("currency", values.currency, synonyms.CURRENCY),
        Field("opened_on", values.day, synonyms.OPENED_ON),
        Field("expected_on", values.day, synonyms.EXPECTED_ON, with_it="closed_on"),
        Field("closed_on", values.day, synonyms.CLOSED_ON),
    )
    needs = (("external_id",), ("status",))

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._accounts = companies.Mentioned(self, create=False)
        self._catalogue = Catalogue()
        self._directory = Directory(self.source.code)
        self._reached: set[str] = set()

    def write(self, rows: Sequence[Row]) -> None:
        found = self._accounts.by(rows)
        usable = [row for row in rows if row.effect is None]
        facts = [DealFacts(row.get("external_id"), self._details(row, found.get(row.number))) for row in usable]
        told = sfa.tell(facts, source=self.source, reached=self._reached, by=self.by, now=self.now)
        for row, one in zip(usable, told, strict=True):
            row.take(one)
            if row.number not in found:
                self.note(_("The deal names no company; it is kept and counts in no company's figures."), row)

    def _details(self, row: Row, account: Account | None) -> dict[str, Any]:
        details = {name: row.get(name) for name in PLAIN if name in row.values}
        details.setdefault("currency", settings.DEFAULT_CURRENCY)
        if row.get("status") == DealStatus.OPEN:
            details.pop("closed_on", None)  # some systems have one column for the expected and the real day
        if account:
            details["account_id"] = account.pk
        for name, column, find in (("offering", "offering_id", self._catalogue.find),
                                   ("owner", "owner_id", self._directory.find)):  # fmt: skip
            text = row.get(name)
            if text and (found := find(text)):
                details[column] = found.pk
            elif text:
                row.refuse_field(name, _("%(name)s is not known here.") % {"name": text})
        return details
