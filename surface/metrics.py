"""White cells: where an account that deals with us has not yet bought an offering (account × offering)."""

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contract, Offering, Source
from funnel.deal_metrics import DEALS
from funnel.enums import DealStatus
from funnel.measures import Measure, Metric, Row, Section, Terms, Unit, make_row
from funnel.slices import Dimension, Reference, UnknownSlice


class Cell(NamedTuple):
    """One offering at one account."""

    account: Account
    offering: Offering


Pair = tuple[int, int]
"""The ids of an account and an offering."""


def _nothing(terms: Terms) -> Q:
    return Q(pk__in=[])


def _won(terms: Terms) -> Q:
    return Q(status=DealStatus.WON) & (Q(closed_on=None) | Q(closed_on__lte=terms.today))


def _won_or_open(terms: Terms) -> Q:
    return _won(terms) | Q(status=DealStatus.OPEN) | Q(closed_on__gt=terms.today)


class Cells:
    """The matrix of accounts with any deal × offerings on sale; asked for one source, × the offerings of its deals.

    A measure's condition says which deals fill a cell; the cells left over are counted. The matrix is that of the
    day of `as_of`; a period does not narrow it.
    """

    key = "cells"
    measures = {
        "cells": Measure(_("accounts with any deal × offerings"), _nothing),
        "white": Measure(_("cells without a contract or a deal won"), _won),
        "white_open": Measure(_("cells without a contract, a deal won or an open deal"), _won_or_open),
    }
    dimensions: dict[str, Dimension] = {
        "offering": Reference(_("Offering"), F("offering_id"), Offering, "code", ("name",)),
        "account": Reference(_("Account"), F("account_id"), Account, "public_id", ("name",)),
        "source": Reference(_("Source"), F("source_id"), Source, "code"),
    }

    def tally(self, metrics: Sequence[Metric], by: Sequence[str], terms: Terms, viewer: Any) -> list[Row]:
        """How many cells are white, in all or per offering and account.

        Raises:
            UnknownSlice: for a slicing by source, which is only a filter here.
        """
        if "source" in by:
            raise UnknownSlice(gettext("White cells can be narrowed to a source, but not sliced by it."))
        cells = _grouped(self._left("cells", terms, viewer), by)
        members = {name: self.dimensions[name].members({key[i] for key in cells}) for i, name in enumerate(by)}
        places = {key: {name: members[name][key[i]] for i, name in enumerate(by)} for key in cells}
        keys = sorted(places, key=lambda key: [member.label for member in places[key].values()])
        rows = []
        for metric in metrics:
            white = _grouped(self._left(metric.numerator, terms, viewer), by)
            rows += [make_row(metric, places[key], terms, numerator=white[key], denominator=cells[key]) for key in keys]
        return rows

    def rows(self, measure: str, terms: Terms, viewer: Any) -> list[Cell]:
        """The very cells, account by account."""
        pairs = self._left(measure, terms, viewer)
        accounts = Account.objects.in_bulk({account for account, _offering in pairs})
        offerings = Offering.objects.in_bulk({offering for _account, offering in pairs})
        cells = [Cell(accounts[account], offerings[offering]) for account, offering in pairs]
        return sorted(cells, key=lambda cell: (cell.account.name, cell.account.pk, cell.offering.code))

    def _left(self, measure: str, terms: Terms, viewer: Any) -> set[Pair]:
        """The cells of the matrix that the measure's deals and the contracts leave over."""
        deals = self._deals(terms)
        pairs = set(product(self._accounts(deals, terms, viewer), self._offerings(deals, terms)))
        if measure == "cells":
            return pairs
        contracts = Contract.objects.filter(started_on__lte=terms.today)
        for filling in (deals.filter(self.measures[measure].where(terms)), contracts):
            pairs.difference_update(filling.values_list("account_id", "offering_id").distinct())
        return pairs

    def _deals(self, terms: Terms) -> QuerySet[Any]:
        """All deals, or those of the source asked for, whoever asks: what a colleague sold is not white."""
        deals = DEALS.base(terms, None)
        return self.dimensions["source"].narrow(deals, terms.filters["source"]) if "source" in terms.filters else deals

    def _accounts(self, deals: QuerySet[Any], terms: Terms, viewer: Any) -> list[int]:
        accounts = Account.objects.all() if viewer is None else Account.objects.visible_to(viewer)
        accounts = accounts.filter(pk__in=deals.values("account"))
        if "account" in terms.filters:
            accounts = accounts.filter(pk=self.dimensions["account"].value(terms.filters["account"]))
        return list(accounts.order_by().values_list("pk", flat=True))

    def _offerings(self, deals: QuerySet[Any], terms: Terms) -> list[int]:
        offerings = Offering.objects.active()
        if "source" in terms.filters:
            offerings = offerings.filter(pk__in=deals.values("offering"))
        if "offering" in terms.filters:
            offerings = offerings.filter(pk=self.dimensions["offering"].value(terms.filters["offering"]))
        return list(offerings.order_by().values_list("pk", flat=True))


def _grouped(pairs: set[Pair], by: Sequence[str]) -> Counter[tuple[int, ...]]:
    """How many cells per slice; without dimensions one slice, be it empty."""
    sides = [("account", "offering").index(name) for name in by]
    counted = Counter(tuple(pair[side] for side in sides) for pair in pairs)
    return counted if by else Counter({(): counted[()]})


CELLS = Cells()

METRICS = (
    Metric(
        key="white_cells",
        label=_("White cells"),
        definition=_("Account × offering without a contract or a deal won, over accounts with any deal."),
        section=Section.SURFACE,
        subject=CELLS,
        unit=Unit.COUNT,
        numerator="white",
        denominator="cells",
    ),
    Metric(
        key="white_cells_open",
        label=_("White cells without an open deal"),
        definition=_("White cells in which no deal is open either, over accounts with any deal."),
        section=Section.SURFACE,
        subject=CELLS,
        unit=Unit.COUNT,
        numerator="white_open",
        denominator="cells",
    ),
)
