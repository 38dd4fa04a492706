"""What each source cost, and what a person and a lead from there cost. Over all time: no metric of the dictionary.

A source's persons are those known whose place it told of (`Affiliation.source`); its leads all that name it, whatever
became of them. In four statements however many there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Sum

from accounts.ledger import SourceCost
from accounts.models import Affiliation, Source
from funnel.models import Lead


@dataclass(frozen=True)
class SourceLine:
    """A source and what it cost in all; `per_person`, `per_lead`: None where no cost is known or nobody came."""

    source: Source
    total: Decimal | None
    persons: int
    leads: int

    @property
    def per_person(self) -> Decimal | None:
        """Cost ÷ persons, in the house's own currency."""
        return self.total / self.persons if self.total is not None and self.persons else None

    @property
    def per_lead(self) -> Decimal | None:
        """Cost ÷ leads, in the house's own currency."""
        return self.total / self.leads if self.total is not None and self.leads else None


def lines(sources: Iterable[Source] | None = None) -> list[SourceLine]:
    """All sources (or these), in the order of their codes."""
    found = list(Source.objects.filter(is_sample=False) if sources is None else sources)
    spent = SourceCost.objects.order_by().values_list("source").annotate(spent=Sum(F("amount") * F("units")))
    totals: dict[int, Decimal] = dict(spent)
    places = Affiliation.objects.filter(person__erased_at=None, source__isnull=False)
    persons = dict(places.order_by().values_list("source").annotate(n=Count("person", distinct=True)))
    leads = dict(Lead.objects.filter(source__isnull=False).order_by().values_list("source").annotate(n=Count("pk")))
    return [SourceLine(one, totals.get(one.pk), persons.get(one.pk, 0), leads.get(one.pk, 0)) for one in found]
