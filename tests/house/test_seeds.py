"""What migrations bring in: enough to start with, and taken back as it came."""

from importlib import import_module

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.auth import authenticate

from accounts.enums import Rank
from engagement.enums import TouchKind
from funnel.enums import REJECT_REASONS
from funnel.models import RejectReason
from funnel.terms import Policy
from scoring.models import ScoringRule
from tests.seeds import SEEDS
from users.calendars import BusinessCalendar
from users.models import BusinessCalendar as StoredCalendar
from users.models import User

pytestmark = pytest.mark.django_db
SEEDED = (User, StoredCalendar, RejectReason, Policy, ScoringRule)


@pytest.mark.parametrize("password", ["", "system", "ABM", "password-1234"])
def test_nobody_signs_in_as_the_clock(password):
    assert not User.objects.system().has_usable_password()
    assert authenticate(username="system", password=password) is None


def test_the_clock_is_the_only_user_at_first():
    assert list(User.objects.values_list("username", "role", "is_service")) == [("system", "SYSTEM", True)]


def test_the_first_calendar_is_the_usual_one():
    assert StoredCalendar.objects.get(name="Standard").as_rule() == BusinessCalendar()


def test_the_seventeen_reasons_are_there_in_their_order_in_both_languages():
    rows = RejectReason.objects.order_by("position").values_list("code", "label_en", "label_ja", "disposition")
    assert list(rows) == [tuple(reason) for reason in REJECT_REASONS]
    assert len(rows) == 17
    assert all(any(ord(letter) > 0x3000 for letter in japanese) for _code, _en, japanese, _to in rows)


def test_the_first_promise_is_for_everybody():
    policy = Policy.objects.get()
    assert (policy.partner, policy.source, policy.tier, policy.answer_hours) == (None, None, "", 16)


def test_the_first_rule_weighs_every_rank_and_every_touch_but_our_own_mails():
    rule = ScoringRule.objects.get()
    assert set(rule.weights["kinds"]) == set(TouchKind) - {TouchKind.MAIL_SENT}
    assert set(rule.weights["ranks"]) == set(Rank)
    assert {kind["decay"] for kind in rule.weights["kinds"].values()} == set(rule.weights["half_lives"])
    assert (rule.version, rule.threshold, rule.cap) == (1, 60, 120)


def test_what_came_can_be_taken_back_and_comes_again():
    def counts() -> list[int]:
        return [model.objects.count() for model in SEEDED]

    before, modules = counts(), [import_module(name) for name in SEEDS]
    with pgtrigger.ignore("funnel.Policy:signed"):
        for module in reversed(modules):
            module.remove(apps, None)
    assert counts() == [0] * len(SEEDED)
    for module in modules:
        module.create(apps, None)
    assert counts() == before
