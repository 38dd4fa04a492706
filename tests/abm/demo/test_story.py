"""What the company's own figures tell: little was taken up before the list was signed, nearly all after."""

from datetime import datetime

import pytest

from funnel import comparison, metrics
from funnel.enums import MoveName, Origin
from funnel.measures import Terms
from funnel.models import Lead, LeadMove
from users.enums import TeamKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def test_the_sal_rate_jumps_with_the_signed_list(company: datetime) -> None:
    (row,) = metrics.evaluate(["sal_rate"], as_of=company, compare=metrics.PREVIOUS_YEAR)
    assert row.before.value < 0.75
    assert row.value > 0.8


def test_most_of_the_jump_comes_from_whom_marketing_hands_over(company: datetime) -> None:
    parts = comparison.parts(metrics.get("sal_rate"), Terms(as_of=company), None)
    assert parts is not None
    assert parts.split.mix > parts.split.behaviour


def test_hardly_anything_is_off_the_list_after_the_signature(company: datetime) -> None:
    rows = metrics.evaluate(["leads_matured"], by=["on_list"], as_of=company, compare=metrics.PREVIOUS_YEAR)
    listed, others = (next(row for row in rows if row.slice["on_list"] == code) for code in ("yes", "no"))
    assert others.before.value > listed.before.value
    assert others.value < listed.value / 4


def test_every_team_that_sells_and_every_source_has_leads() -> None:
    own = Lead.objects.without_samples().filter(handed_over_at__isnull=False)
    assert set(own.values_list("first_team__kind", flat=True)) == {TeamKind.SALES, TeamKind.PARTNER}
    assert set(own.values_list("source__code", flat=True)) == {"ma", "web", "seminar", "exhibition", "cards"}
    assert set(own.filter(on_list=True).values_list("tier", flat=True)) == {"1:1", "1:few", "1:many"}


def test_rejections_carry_many_reasons() -> None:
    reasons = LeadMove.objects.filter(move=MoveName.REJECT, imported=False).values_list("reason__code", flat=True)
    assert None not in reasons
    assert len(set(reasons)) >= 8


def test_sales_own_demands_never_were_handed_over() -> None:
    own = Lead.objects.exclude(origin=Origin.MARKETING)
    assert own.exists()
    assert not own.filter(handed_over_at__isnull=False).exists()


def test_a_recycled_lead_came_back_as_a_trip_of_the_same_demand() -> None:
    again = Lead.objects.filter(previous__isnull=False).select_related("previous")
    assert again
    for lead in again:
        assert lead.department_id == lead.previous.department_id
        assert lead.created_at > lead.previous.recycled_at
