"""Sources of customer information: what they are, on which ground we may use what they tell, and what they cost."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.enums import Basis, CostKind, SourceKind
from accounts.ledger import SourceCost
from accounts.models import Source, Telling
from audit import log
from audit.effects import overwrite
from audit.log import Actor

BASES: dict[str, StrOrPromise] = {
    Basis.CONSENT: gettext_lazy("Consent"),
    Basis.CARD: gettext_lazy("Business card"),
    Basis.DEALINGS: gettext_lazy("Dealings"),
    Basis.PUBLISHED: gettext_lazy("Published"),
}


class SourceRefused(Exception):
    """This cannot be kept of a source so; the text says why, `field` what is to blame."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def ensure(code: str, *, name: str = "", kind: SourceKind = SourceKind.OTHER) -> Source:
    """The source of this code; made when it is mentioned for the first time."""
    return Source.objects.get_or_create(code=code, defaults={"name": name or code, "kind": kind})[0]


@transaction.atomic
def amend(source: Source, *, by: Actor, now: datetime, **changes: Any) -> Source:
    """Changes any of name, kind, basis, purpose.

    What it told so far without a basis (a purpose) takes over the new one; what was told on another keeps that.
    """
    source.refresh_from_db(from_queryset=Source.objects.select_for_update())
    if columns := overwrite(source, changes):
        source.save(update_fields=columns)
        for name in {"basis", "purpose"}.intersection(columns):
            Telling.objects.filter(source=source, **{name: ""}).update(**{name: getattr(source, name)})
        log.record("sources.amend", source, by=by, at=now, detail={"columns": columns})
    return source


@transaction.atomic
def add_cost(
    source: Source, *, kind: CostKind, amount: Decimal, first_on: date, by: Actor, now: datetime, units: int = 1,
    last_on: date | None = None, note: str = "",
) -> SourceCost:  # fmt: skip
    """Writes a cost down: `amount` a unit, in the house's own currency. Raises SourceRefused."""
    if amount < 0 or units < 1:
        raise SourceRefused(_("This number is out of range."), "amount" if amount < 0 else "units")
    if kind == CostKind.FLAT and units != 1:
        raise SourceRefused(_("A flat cost is one: please give the whole amount."), "units")
    if last_on and last_on < first_on:
        raise SourceRefused(_("It ends before it begins."), "last_on")
    made = SourceCost.objects.create(
        source=source, kind=kind, amount=amount, units=units, first_on=first_on, last_on=last_on, note=note,
        recorded_by_id=by.pk, recorded_at=now,
    )  # fmt: skip
    log.record("sources.add_cost", made, by=by, at=now, detail={"source": source.code, "total": str(made.total)})
    return made


@transaction.atomic
def remove_cost(cost: SourceCost, *, by: Actor, now: datetime) -> None:
    """Takes a cost away that was written down by mistake; the audit entry keeps what it was."""
    detail = {"source": cost.source.code, "total": str(cost.total), "first_on": str(cost.first_on)}
    log.record("sources.remove_cost", cost, by=by, at=now, detail=detail)
    cost.delete()
