"""Opt-outs: mail addresses nobody may write to any more."""

from collections.abc import Sequence

from accounts import opt_outs
from accounts.opt_outs import OptOutFacts
from audit.effects import Effect
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds.kind import Kind


class OptOuts(Kind):
    """Addresses, known or not. Every row is an opt-out, unless it says that it is none: that takes nothing back."""

    fields = (
        Field("email", values.email, synonyms.EMAIL, strict=True),
        Field("opted_out", values.boolean, synonyms.OPT_OUT, strict=True),
        Field("at", values.moment, synonyms.OPT_OUT_DATE, strict=True),
        Field("channel", values.text(60), synonyms.OPT_OUT_CHANNEL),
        Field("evidence", values.text(500), synonyms.OPT_OUT_EVIDENCE),
    )
    needs = (("email",),)
    signs = ("opted_out", "at")

    def write(self, rows: Sequence[Row]) -> None:
        said = [row for row in rows if row.get("opted_out", True)]
        told = opt_outs.tell([_facts(row) for row in said], source=self.source, by=self.by, now=self.now)
        for row, one in zip(said, told, strict=True):
            row.take(one)
        for row in rows:
            row.effect = row.effect or Effect.UNCHANGED


def _facts(row: Row) -> OptOutFacts:
    return OptOutFacts(row.get("email"), row.get("at"), row.get("channel", ""), row.get("evidence", ""))
