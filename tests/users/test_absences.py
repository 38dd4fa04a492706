"""Who is away, who answers meanwhile, and what cannot be arranged."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from tests import make
from tests.make import NOW
from users import absences
from users.absences import AbsenceRefused
from users.models import Absence, User
from users.roles import Role

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
DAY = timedelta(days=1)


@pytest.fixture
def rep() -> User:
    return make.user(Role.REP, manager=make.user(Role.SALES_MANAGER, "boss"))


def away(user: User, first: date = TODAY, last: date | None = None, **fields: object) -> Absence:
    return absences.arrange(user, by=user, now=NOW, first_on=first, last_on=last or first, **fields)


def refused(text: str, user: User, by: User | None = None, **fields: object) -> None:
    """The absence is refused with these words, and nothing has changed."""
    before = list(Absence.objects.values()), Entry.objects.count()
    days = {"first_on": TODAY, "last_on": TODAY} | fields
    with pytest.raises(AbsenceRefused, match=text):
        absences.arrange(user, by=by or user, now=NOW, **days)
    assert (list(Absence.objects.values()), Entry.objects.count()) == before


def test_somebody_is_away_from_the_first_to_the_last_day(rep):
    away(rep, TODAY, TODAY + DAY)
    assert [absences.is_away(rep, TODAY + n * DAY) for n in (-1, 0, 1, 2)] == [False, True, True, False]
    assert Entry.objects.get(act="absences.arrange").actor_id == rep.pk


def test_the_deputy_answers_on_the_days_of_the_users_own_timezone(rep):
    deputy = make.user(Role.REP)
    away(rep, TODAY, deputy=deputy)
    midnight = datetime(2026, 11, 17, 15, tzinfo=UTC)  # in Tokyo
    moments = [midnight - timedelta(seconds=1), midnight, midnight + DAY - timedelta(seconds=1), midnight + DAY]
    assert [absences.deputy_of(rep, at) for at in moments] == [None, deputy, deputy, None]


def chain(*users: User) -> None:
    for user, deputy in pairwise(users):
        away(user, deputy=deputy)


def test_a_chain_of_deputies_ends_with_whoever_is_there(rep):
    second, third = make.user(Role.REP), make.user(Role.REP)
    chain(rep, second, third)
    assert absences.deputy_of(rep, NOW) == third


def test_a_circle_of_deputies_ends_with_nobody(rep):
    second, third = make.user(Role.REP), make.user(Role.REP)
    chain(rep, second, third, second)
    assert absences.deputy_of(rep, NOW) is None


def test_a_chain_that_names_nobody_or_somebody_gone_ends_with_nobody(rep):
    second, third = make.user(Role.REP), make.user(Role.REP)
    chain(rep, second, third)
    User.objects.filter(pk=third.pk).update(is_active=False)
    assert absences.deputy_of(rep, NOW) is None
    assert absences.deputy_of(third, NOW) is None


def test_the_manager_and_an_administrator_arrange_it_too(rep):
    for number, by in enumerate((rep.manager, make.user(Role.ADMIN))):
        day = TODAY + number * DAY
        absences.arrange(rep, by=by, now=NOW, first_on=day, last_on=day)
    assert rep.absences.count() == 2


@pytest.mark.parametrize("role", [Role.REP, Role.SALES_MANAGER, Role.MARKETING_LEAD, Role.PARTNER])
def test_others_do_not(rep, role):
    refused("Only", rep, make.user(role))
    made = away(rep)
    with pytest.raises(AbsenceRefused, match="Only"):
        absences.cancel(made, by=make.user(role), now=NOW)
    assert Absence.objects.get().cancelled_at is None


def test_days_must_make_sense(rep):
    refused("before the first", rep, first_on=TODAY, last_on=TODAY - DAY)
    refused("are over", rep, first_on=TODAY - 2 * DAY, last_on=TODAY - DAY)
    refused("until 2027-10-14", rep, last_on=TODAY + 331 * DAY)


def test_two_absences_do_not_overlap(rep):
    away(rep, TODAY, TODAY + 2 * DAY)
    refused("already noted", rep, first_on=TODAY + 2 * DAY, last_on=TODAY + 5 * DAY)
    away(rep, TODAY + 3 * DAY)
    away(make.user(Role.REP), TODAY)


def test_the_database_refuses_what_no_act_would_write(rep):
    made = away(rep)
    for fields in ({"first_on": TODAY, "last_on": TODAY}, {"first_on": TODAY + DAY, "last_on": TODAY},
                   {"first_on": TODAY + DAY, "last_on": TODAY + DAY, "deputy": rep}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.create(user=rep, created_by=rep, created_at=NOW, **fields)
    assert Absence.objects.get() == made


def test_a_deputy_is_somebody_else_who_can_receive_leads_in_the_same_house(rep):
    refused("own deputy", rep, deputy=rep)
    partner = make.user(Role.PARTNER)
    for deputy in (make.user(Role.MARKETER), make.user(Role.REP, is_active=False), partner):
        refused("another deputy", rep, deputy=deputy)
    stranger = make.user(Role.PARTNER, team=make.team("Other firm", "PARTNER"))
    refused("another deputy", partner, deputy=stranger)
    refused("another deputy", partner, deputy=rep)
    assert away(partner, deputy=make.user(Role.PARTNER)).deputy.role == Role.PARTNER


def test_an_absence_to_come_is_cancelled_whole(rep):
    made = away(rep, TODAY + DAY)
    assert absences.cancel(made, by=rep, now=NOW) is None
    assert not absences.is_away(rep, TODAY + DAY)
    away(rep, TODAY + DAY)


def test_a_running_absence_ends_yesterday(rep):
    made = away(rep, TODAY, TODAY + 9 * DAY)
    left = absences.cancel(made, by=rep.manager, now=NOW + 2 * DAY)
    assert (left.first_on, left.last_on) == (TODAY, TODAY + DAY)
    assert [absences.is_away(rep, TODAY + n * DAY) for n in (0, 1, 2)] == [True, True, False]


def test_what_is_over_or_cancelled_is_not_cancelled_again(rep):
    made = away(rep)
    for now in (NOW + DAY, NOW):
        if now == NOW:
            absences.cancel(made, by=rep, now=NOW)
        before = list(Absence.objects.values()), Entry.objects.count()
        with pytest.raises(AbsenceRefused, match="already over"):
            absences.cancel(made, by=rep, now=now)
        assert (list(Absence.objects.values()), Entry.objects.count()) == before


def test_what_was_known_at_a_moment_stays_known(rep):
    made = away(rep, TODAY + DAY)
    absences.cancel(made, by=rep, now=NOW + timedelta(hours=2))
    known = absences.all_of(rep)
    hours = [absences.days_known(known, NOW + timedelta(hours=n)) for n in (-1, 0, 1, 2)]
    assert hours == [frozenset(), {TODAY + DAY}, {TODAY + DAY}, frozenset()]
