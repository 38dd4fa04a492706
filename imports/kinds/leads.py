"""Leads with the past another system recorded: its dates become moves marked as imported."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import departments
from accounts.models import Account, Department, Person
from accounts.offerings import Catalogue
from accounts.persons import PersonRegistrar
from audit.effects import Effect, Told
from funnel import past_leads
from funnel.enums import REJECT_REASONS
from funnel.models import Deal
from funnel.past_leads import LeadFacts
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds import companies, persons
from imports.kinds.kind import Kind
from users.enrolling import Directory

MILESTONES: dict[str, tuple[str, ...]] = {
    "mql_at": ("MQL日", "MQL日時", "MQL Date"),
    "handed_over_at": ("引き渡し日", "引き渡し日時", "Handed Over At", "Assigned Date"),
    "due_at": ("回答期限", "Due At"),
    "accepted_at": ("SAL日", "受諾日", "SAL Date", "Accepted Date"),
    "rejected_at": ("却下日", "Rejected Date"),
    "sql_at": ("SQL日", "SQL Date"),
    "pipeline_at": ("商談化日", "パイプライン日", "Pipeline Date", "Converted Date"),
    "won_at": ("受注日", "Won Date"),
    "lost_at": ("失注日", "Lost Date"),
}
REASONS = {code.casefold(): code for code, *_labels in REJECT_REASONS} | {
    label.casefold(): code for code, english, japanese, _next in REJECT_REASONS for label in (english, japanese)
}


class Leads(Kind):
    """Leads by the source's id. A lead known already with the same past is unchanged; a past is never rewritten."""

    fields = (
        Field("external_id", values.identifier(200), synonyms.LEAD_ID),
        *companies.FIELDS,
        *persons.FIELDS,
        Field("offering", values.text(160), synonyms.OFFERING),
        Field("owner", values.text(150), synonyms.OWNER),
        Field("deal_id", values.identifier(120), synonyms.LEAD_DEAL),
        Field("created_at", values.moment, synonyms.CREATED_AT),
        *(Field(name, values.moment, names, strict=True) for name, names in MILESTONES.items()),
        Field("reject_reason", values.choice(REASONS), ("却下理由", "Reject Reason"), strict=True),
    )
    needs = (("external_id",), ("account", "account_id"))
    says_little = frozenset({"created_at", "owner"})

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._companies = companies.Mentioned(self, create=True)
        self._persons = PersonRegistrar(self.source, now=self.now, mentions=True)
        self._catalogue = Catalogue()
        self._directory = Directory(self.source.code)
        self._deals: dict[str, Deal] = {}

    def write(self, rows: Sequence[Row]) -> None:
        found = self._companies.by(rows)
        placed = [(row, found[row.number]) for row in rows if row.number in found]
        people = self._people(placed)
        places = departments.ensure([(account.pk, row.get("department", "")) for row, account in placed])
        usable = [(row, account) for row, account in placed if row.effect is None]
        self._deals = past_leads.deals_named({row.get("deal_id", "") for row, _account in usable}, self.source)
        facts = [
            self._facts(row, account, people.get(row.number), places.get((account.pk, row.get("department", ""))))
            for row, account in usable
        ]
        told = past_leads.tell(facts, source=self.source, by=self.by, now=self.now)
        for (row, _account), one in zip(usable, told, strict=True):
            self._settle(row, one)

    def _people(self, placed: Sequence[tuple[Row, Account]]) -> dict[int, Person]:
        """Row number → its person. A person in doubt refuses the row."""
        named = [(row, account) for row, account in placed if row.get("name") or row.get("last_name")]
        told = self._persons.register(
            [persons.facts_of(row, account, f"lead:{row.get('external_id')}") for row, account in named]
        )
        found: dict[int, Person] = {}
        for (row, _account), one in zip(named, told, strict=True):
            if one.effect is Effect.REFUSED or one.subject is None:
                row.refuse(one.blame, one.reason)
            else:
                found[row.number] = one.subject
        return found

    def _facts(self, row: Row, account: Account, person: Person | None, department: Department | None) -> LeadFacts:
        offering = self._catalogue.find(row.get("offering", "")) if row.get("offering") else None
        owner = self._directory.find(row.get("owner", "")) if row.get("owner") else None
        deal = self._deals.get(row.get("deal_id", ""))
        for name, known in (("offering", offering), ("owner", owner), ("deal_id", deal)):
            if row.get(name) and known is None:
                row.refuse_field(name, _("%(name)s is not known here.") % {"name": row.get(name)})
        times: dict[str, datetime] = {name: row.get(name) for name in MILESTONES if name in row.values}
        return LeadFacts(
            external_id=row.get("external_id"),
            account=account,
            person=person,
            department=department,
            offering=offering,
            owner=owner,
            deal=deal,
            created_at=row.get("created_at"),
            times=times,
            reject_reason=row.get("reject_reason", ""),
        )

    def _settle(self, row: Row, told: Told[Any]) -> None:
        row.take(told)
        if told.effect is Effect.CREATED and past_leads.is_self_sourced(row.values):
            self.note(
                _("No hand-over is recorded: the lead came to sales by itself and stands outside the SAL rate."), row
            )
