"""Deals of the SFA."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.offerings import Catalogue
from accounts.registering import AccountFacts, AccountRegistrar
from audit.effects import Effect
from funnel import sfa
from funnel.enums import DealStatus
from funnel.sfa import DealFacts
from imports import values
from imports.fields import Field, Row
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
        Field("external_id", values.identifier(120), ("商談ID", "案件ID", "案件番号", "opportunity_id", "Opportunity ID",
                                                      "Deal ID", "Record ID", "Id")),
        Field("name", values.text(255), ("商談名", "案件名", "Opportunity Name", "Deal Name")),
        Field("account", values.text(255), ("会社名", "取引先名", "企業名", "顧客名", "Account Name", "Company")),
        Field("account_id", values.identifier(200), ("取引先ID", "会社ID", "Account ID", "Company ID")),
        Field("offering", values.text(160), ("商品", "商材", "製品", "商品名", "Product", "Product Name")),
        Field("owner", values.text(150), ("所有者", "担当者", "営業担当", "Owner", "Opportunity Owner", "sales_agent",
                                          "Deal Owner", "OwnerId")),
        Field("status", values.choice(STATUSES), ("状態", "結果", "deal_stage"), strict=True),
        Field("stage_name", values.text(80), ("フェーズ", "ステージ", "StageName", "Stage", "Deal Stage")),
        Field("amount", values.amount, ("金額", "受注金額", "商談金額", "close_value", "Amount")),
        Field("currency", values.text(3), ("通貨", "Currency Code")),
        Field("opened_on", values.day, ("作成日", "商談開始日", "開始日", "engage_date", "Created Date", "Create Date")),
        Field("expected_on", values.day, ("完了予定日", "受注予定日", "CloseDate", "Expected Close Date")),
        Field("closed_on", values.day, ("完了日", "受注日", "close_date", "Closed Date")),
    )  # fmt: skip
    needs = (("external_id",), ("status",))

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._accounts = AccountRegistrar(self.source, now=self.now)
        self._catalogue = Catalogue()
        self._directory = Directory(self.source.code)
        self._reached: set[str] = set()

    def write(self, rows: Sequence[Row]) -> None:
        known = self._with_account(rows)
        facts = [DealFacts(row.get("external_id"), self._details(row, account)) for row, account in known]
        told = sfa.tell(facts, source=self.source, reached=self._reached, by=self.by, now=self.now)
        for (row, _account), one in zip(known, told, strict=True):
            row.take(one)

    def _with_account(self, rows: Sequence[Row]) -> list[tuple[Row, int | None]]:
        """The rows whose account is found, or not named at all; a named account that is not known refuses the row."""
        named = [row for row in rows if row.get("account") or row.get("account_id")]
        found = self._accounts.look_up([_account(row) for row in named])
        account_of: dict[int, int | None] = {}
        for row, told in zip(named, found, strict=True):
            if told.effect is Effect.REFUSED or told.subject is None:
                row.refuse("account" if row.get("account") else "account_id", told.reason)
            else:
                account_of[row.number] = told.subject.pk
        for row in rows:
            if row.number not in account_of and row.effect is None:
                self.note(
                    _("The deal names no company; it is kept without one and counts in no account's figures."), row
                )
        return [(row, account_of.get(row.number)) for row in rows if row.effect is None]

    def _details(self, row: Row, account_id: int | None) -> dict[str, Any]:
        details = {name: row.get(name) for name in PLAIN if name in row.values}
        details.setdefault("currency", settings.DEFAULT_CURRENCY)
        if account_id:
            details["account_id"] = account_id
        for name, column, find in (("offering", "offering_id", self._catalogue.find),
                                   ("owner", "owner_id", self._directory.find)):  # fmt: skip
            text = row.get(name)
            if text and (found := find(text)):
                details[column] = found.pk
            elif text:
                row.refuse_field(name, _("%(name)s is not known here.") % {"name": text})
        return details


def _account(row: Row) -> AccountFacts:
    return AccountFacts(name=row.get("account", ""), external_id=row.get("account_id", ""))
