"""Reasons are worded and ordered by whoever leads a side; a code never changes, OTHER stays."""

from collections.abc import Callable

import pytest

from audit.models import Entry
from funnel import leads, reasons
from funnel.enums import REJECT_REASONS, Disposition
from funnel.models import RejectReason
from funnel.reasons import ReasonRefused
from tests.funnel.people import NOW, World, waiting

NEW = {"code": "TOO_FAR", "label_en": "Too far away", "label_ja": "遠すぎる", "disposition": "recycle"}


def codes() -> list[str]:
    return list(RejectReason.objects.order_by("position").values_list("code", flat=True))


def reason(code: str = "TIMING") -> RejectReason:
    return RejectReason.objects.get(code=code)


def refused(text: str, act: Callable[..., object], *args: object, **kwargs: object) -> None:
    """The act is refused with these words, and nothing has changed."""
    before = list(RejectReason.objects.order_by("pk").values()), Entry.objects.count()
    with pytest.raises(ReasonRefused, match=text):
        act(*args, now=NOW, **kwargs)
    assert (list(RejectReason.objects.order_by("pk").values()), Entry.objects.count()) == before


@pytest.mark.parametrize("who", ["lead_marketer", "manager", "admin"])
def test_a_reason_is_added_before_other_and_can_be_chosen(world: World, who):
    made = reasons.add(**NEW, by=world.users[who], now=NOW)
    assert codes()[-2:] == ["TOO_FAR", "OTHER"]
    assert (made.label_ja, made.disposition, made.is_active) == ("遠すぎる", Disposition.RECYCLE, True)
    assert leads.reject(waiting(world), by=world.rep, now=NOW, reason="TOO_FAR").reason == made
    assert Entry.objects.get(act="reasons.add").detail["code"] == "TOO_FAR"


@pytest.mark.parametrize("who", ["marketer", "rep", "partner", "analyst", "clock"])
def test_nobody_else_words_reasons(world, who):
    by = world.users[who]
    refused("word the reasons", reasons.add, **NEW, by=by)
    refused("word the reasons", reasons.change, reason(), label_en="Later", by=by)
    refused("word the reasons", reasons.place, reason(), position=0, by=by)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"code": "TIMING"}, "already a reason"),
        ({"code": "too far"}, "capital letters"),
        ({"code": "1ST"}, "capital letters"),
        ({"code": "A"}, "capital letters"),
        ({"label_en": " "}, "both languages"),
        ({"label_ja": ""}, "both languages"),
        ({"disposition": "forget"}, "what marketing does"),
        ({"disposition": "recode"}, "only OTHER"),
    ],
)
def test_a_reason_must_make_sense(world, wrong, text):
    refused(text, reasons.add, **NEW | wrong, by=world.admin)


def test_a_reason_is_worded_anew_and_taken_out_of_use(world, refused):
    lead = waiting(world)
    reasons.change(reason(), label_en="Later", disposition="repair", is_active=False, by=world.manager, now=NOW)
    changed = reason()
    assert (changed.label_en, changed.label_ja, changed.disposition) == ("Later", "時期尚早", "repair")
    with refused("unknown_reason"):
        leads.reject(lead, by=world.rep, now=NOW, reason="TIMING")


def test_other_stays_in_use_and_waits_for_its_true_reason(world):
    refused("stays in use", reasons.change, reason("OTHER"), is_active=False, by=world.admin)
    refused("only OTHER", reasons.change, reason("OTHER"), disposition="repair", by=world.admin)
    refused("only OTHER", reasons.change, reason(), disposition="recode", by=world.admin)


@pytest.mark.parametrize(("position", "at"), [(0, 0), (3, 3), (16, 16), (99, 16)])
def test_a_reason_is_moved_to_its_place(world, position, at):
    reasons.place(reason("NO_NEED"), by=world.manager, now=NOW, position=position)
    rest = [code for code, *_ in REJECT_REASONS if code != "NO_NEED"]
    assert codes() == [*rest[:at], "NO_NEED", *rest[at:]]
    assert list(RejectReason.objects.values_list("position", flat=True)) == list(range(17))
