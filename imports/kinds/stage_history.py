"""Stage histories, such as Salesforce's OpportunityHistory and LeadHistory: a row per stage a record came to."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from funnel import stage_history
from funnel.enums import Stage
from funnel.stage_history import Event
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds.kind import Kind
from users.enrolling import Directory

FOREIGN: dict[Stage, tuple[str, ...]] = {
    Stage.NURTURE: ("open - not contacted", "open", "new", "リード", "新規"),
    Stage.MQL: ("marketing qualified",),
    Stage.SAL: ("working - contacted", "working", "contacted", "受け入れ", "受諾"),
    Stage.SQL: ("qualified", "sales qualified"),
    Stage.PIPELINE: (
        "prospecting", "qualification", "needs analysis", "value proposition", "id. decision makers",
        "perception analysis", "proposal/price quote", "negotiation/review", "closed - converted", "converted",
        "appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin", "contractsent",
        "案件化", "商談", "商談中", "提案", "見積",
    ),
    Stage.WON: ("closed won", "closedwon", "受注", "成約"),
    Stage.LOST: ("closed lost", "closedlost", "失注"),
    Stage.REJECTED: ("却下", "断り"),
    Stage.RECYCLED: ("closed - not converted", "unqualified", "育成に戻す"),
}  # fmt: skip
"""What Salesforce and HubSpot call their stages unless renamed: an opportunity is registered, whatever its stage."""
STAGES = {stage.casefold(): stage for stage in Stage if stage not in (Stage.IGNORED, Stage.WITHDRAWN)} | {
    name: stage for stage, names in FOREIGN.items() for name in names
}


class StageHistory(Kind):
    """Stages by the number of a lead or deal. The file may be in any order; nothing is written before all is read."""

    fields = (
        Field("external_id", values.identifier(200), synonyms.RECORD_ID),
        Field("stage", values.choice(STAGES), synonyms.NEW_STAGE, strict=True),
        Field("at", values.moment, synonyms.CHANGED_AT, strict=True),
        Field("owner", values.text(150), synonyms.OWNER),
    )
    needs = (("external_id",), ("stage",), ("at",))

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._directory = Directory(self.source.code)
        self._rows: list[Row] = []

    def write(self, rows: Sequence[Row]) -> None:
        self._rows += rows

    def finish(self) -> list[Row]:
        events = [self._event(row) for row in self._rows]
        told = stage_history.tell(events, source=self.source, by=self.by, now=self.now)
        for row, one in zip(self._rows, told, strict=True):
            row.take(one)
        return self._rows

    def _event(self, row: Row) -> Event:
        owner = self._directory.find(row.get("owner", "")) if row.get("owner") else None
        if row.get("owner") and owner is None:
            row.refuse_field("owner", _("%(name)s is not known here.") % {"name": row.get("owner")})
        return Event(row.get("external_id"), row.get("stage"), row.get("at"), owner)
