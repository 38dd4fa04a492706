"""A + J + I = |M| in every slice anybody can be shown."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel import partition
from funnel.cohorts import DIMENSIONS
from funnel.models import Lead
from tests import make
from tests.funnel.cohort_rows import AS_OF, some_account, unsaved_lead
from users.roles import Role

pytestmark = pytest.mark.django_db
DAYS = st.one_of(st.none(), st.integers(0, 12))
MOMENTS = ("accepted_at", "rejected_at", "ignored_at", "withdrawn_at", "question_at", "recycled_at")
worlds = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(0, 30).map(lambda days: AS_OF - timedelta(days=days)),
            "due": st.integers(0, 6),
            "tier": st.sampled_from(["", "1:1", "1:few"]),
            "on_list": st.booleans(),
            "existing": st.booleans(),
            "first_outcome": st.sampled_from(["", "ACCEPTED", "REJECTED", "IGNORED"]),
            "place": st.integers(0, 1),
            **dict.fromkeys(MOMENTS, DAYS),
        }
    ),
    max_size=12,
)


def _lead(places, place, **fields):
    return unsaved_lead(**fields, **places[place])


@pytest.fixture
def places(db):
    """Two of everything a lead can be sliced by."""
    reps = [make.user(Role.REP), make.user(Role.PARTNER)]
    return [
        {"first_assignee": rep, "first_team": rep.team, "source": make.source(f"s{n}"), "offering": make.offering()}
        for n, rep in enumerate(reps)
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds)
def test_every_matured_lead_is_one_of_three_in_every_slice(places, told):
    Lead.objects.all().delete()
    some_account()
    Lead.objects.bulk_create(_lead(places, **one) for one in told)
    [whole] = partition.read(as_of=AS_OF)
    assert whole.holds
    for by in DIMENSIONS:
        found = partition.read([by], as_of=AS_OF)
        assert all(one.holds for one in found), by
        assert sum(one.whole.numerator for one in found) == whole.whole.numerator, by


def test_two_dimensions_at_once_add_up_too(places):
    for n in range(8):
        unsaved_lead(tier="1:1" if n % 2 else "", accepted_at=n, **places[n % 2]).save()
    found = partition.read(["tier", "team"], as_of=AS_OF)
    assert [one.whole.numerator for one in found] == [4, 4]
    assert all(one.holds for one in found)
