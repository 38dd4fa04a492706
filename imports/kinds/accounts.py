"""Companies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.grouping import place_under_parents
from accounts.models import Account
from accounts.registering import AccountFacts, AccountRegistrar
from audit.effects import Told
from imports import values
from imports.fields import Field, Row
from imports.kinds.kind import Kind

DETAILS = ("name_kana", "name_en", "industry", "employees", "revenue", "revenue_currency", "prefecture", "address",
           "phone")  # fmt: skip


class Accounts(Kind):
    """Companies, found again by the source's id, 法人番号 or a unique name, else registered; groups linked at the end."""

    fields = (
        Field("name", values.text(255), (
            "会社名", "企業名", "法人名", "商号", "取引先名", "顧客名", "提出者名", "Account Name", "Company Name", "Company",
            "Account", "Organization")),
        Field("external_id", values.identifier(200), (
            "取引先ID", "会社ID", "企業ID", "顧客コード", "会社コード", "ＥＤＩＮＥＴコード", "Account ID", "Company ID", "Record ID",
            "Id")),
        Field("corporate_number", values.corporate_number, ("法人番号", "提出者法人番号")),
        Field("name_kana", values.text(255), ("会社名カナ", "フリガナ", "カナ", "ヨミ", "提出者名（ヨミ）")),
        Field("name_en", values.text(255), ("会社名英語", "英字名", "英語名", "提出者名（英字）", "English Name")),
        Field("industry", values.text(120), ("業種", "業界", "提出者業種", "Sector")),
        Field("employees", values.whole_number, ("従業員数", "社員数", "Number Of Employees", "No. of Employees")),
        Field("revenue", values.amount, ("売上高", "年商", "年間売上", "Annual Revenue")),
        Field("revenue_currency", values.text(3), ("通貨", "Currency")),
        Field("prefecture", values.text(60), ("都道府県", "State", "Billing State", "State/Region")),
        Field("address", values.text(400), ("住所", "所在地", "本社所在地", "Billing City", "office_location")),
        Field("phone", values.identifier(40), ("電話番号", "電話", "代表電話", "TEL", "TEL会社", "Phone Number")),
        Field("domain", values.domain, (
            "ドメイン", "URL", "ホームページ", "Website", "Website URL", "Web", "Company Domain Name")),
        Field("parent", values.text(255), ("親会社", "親会社名", "Parent Account", "ParentId", "subsidiary_of")),
    )  # fmt: skip
    needs = (("name", "external_id"),)

    def __init__(self, *, now: datetime, **context: Any) -> None:
        super().__init__(now=now, **context)
        self._registrar = AccountRegistrar(self.source, now=now)
        self._children: list[tuple[Row, Told[Account]]] = []

    def write(self, rows: Sequence[Row]) -> None:
        for row, told in zip(rows, self._registrar.register([_facts(row) for row in rows]), strict=True):
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


def _facts(row: Row) -> AccountFacts:
    return AccountFacts(
        name=row.get("name", ""),
        external_id=row.get("external_id", ""),
        corporate_number=row.get("corporate_number", ""),
        domain=row.get("domain", ""),
        details={name: row.get(name) for name in DETAILS if name in row.values},
    )
