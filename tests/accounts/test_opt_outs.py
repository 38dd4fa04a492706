"""An opt-out, once told, stands: whatever comes later, through whichever door, until consent is given anew."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts import editing, merging, opt_outs
from accounts.consent import OptOut
from accounts.models import Person
from accounts.opt_outs import OptOutFacts, OptOutRefused
from accounts.persons import PersonFacts, PersonRegistrar
from audit.models import Entry
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
TARO = "taro@example.jp"


def rows() -> list[Any]:
    return [list(table.objects.order_by("pk").values()) for table in (OptOut, Person, Entry)]


def told(company, email: str = TARO, **said: Any):
    facts = PersonFacts(company, email=email, details={"name": "山田 太郎"}, **said)
    return PersonRegistrar(make.source(), now=LATER).register([facts])[0]


def opted_out() -> list[Any]:
    return list(Person.objects.order_by("pk").values_list("opted_out_at", flat=True))


def test_an_address_nobody_knows_is_opted_out_on_arrival():
    opt_outs.record("ＴＡＲＯ@example.jp ", by=make.system(), now=NOW, channel="電話", evidence="本人より")
    told(make.account())
    make.person(make.account(), email="Taro2@example.jp")
    assert opted_out() == [NOW, None]
    assert Person.objects.reachable().count() == 1


def test_it_is_recorded_once():
    first = opt_outs.record(TARO, by=make.system(), now=NOW)
    before = rows()
    assert opt_outs.record(TARO.upper(), by=make.user("MARKETER"), now=LATER) == first
    opt_outs.opt_out(make.person(make.account(), email=TARO), by=make.system(), now=LATER)
    assert (rows()[0], rows()[2]) == (before[0], before[2])


def test_a_known_person_is_opted_out_by_address_and_by_a_further_one():
    company, by = make.account(), make.system()
    one, other = make.person(company, email=TARO), make.person(company, email="yamada@example.jp")
    merging.merge(one, other, by=by, now=NOW)
    opt_outs.record("yamada@example.jp", by=by, now=NOW)
    assert opted_out() == [NOW]
    assert opt_outs.look_up("YAMADA@example.jp").person == one


@pytest.mark.parametrize("said", [{}, {"opted_out": False}, {"opted_out": True}, {"external_id": "7"}])
def test_being_told_of_again_changes_nothing(said):
    company = make.account()
    opt_outs.record(TARO, by=make.system(), now=NOW)
    told(company)
    before = rows()[:2]
    told(company, **said)
    assert [[row["opted_out_at"] for row in rows()[1]], rows()[0]] == [[NOW], before[0]]


def test_a_correction_by_hand_does_not_lift_it():
    by, person = make.system(), make.person(make.account(), email=TARO)
    opt_outs.opt_out(person, by=by, now=NOW)
    editing.amend_person(person, email="new@example.jp", by=by, now=LATER)
    told(make.account(), "new@example.jp")
    assert opted_out() == [NOW]
    Person.objects.update(opted_out_at=None)
    assert opted_out() == [NOW]


def test_whoever_gets_a_suppressed_address_by_hand_is_opted_out():
    by, person = make.system(), make.person(make.account(), email="new@example.jp")
    opt_outs.record(TARO, by=by, now=NOW)
    editing.amend_person(person, email="Taro@example.jp", by=by, now=LATER)
    assert opted_out() == [NOW]


def test_an_opt_out_that_a_slow_writer_has_not_seen_stands():
    """Whoever read the person before and writes it afterwards writes no opt-out away."""
    person = make.person(make.account(), email=TARO)
    stale = Person.objects.get(pk=person.pk)
    opt_outs.opt_out(person, by=make.system(), now=NOW)
    stale.name = "山田太郎"
    stale.save()
    assert (opted_out(), Person.objects.get().name) == ([NOW], "山田太郎")


def test_a_merge_keeps_it_and_parting_gives_it_back_to_whose_it_is():
    company, by = make.account(), make.system()
    kept, gone = make.person(company, email=TARO), make.person(company, email="yamada@example.jp")
    opt_outs.opt_out(gone, by=by, now=NOW)
    before = [{**row, "updated_at": None} for row in rows()[1]]
    done = merging.merge(kept, gone, by=by, now=LATER)
    assert opted_out() == [NOW]
    merging.unmerge(done, by=by, now=LATER)
    assert [{**row, "updated_at": None} for row in rows()[1]] == before


def test_what_was_said_while_two_were_one_holds_for_both():
    company, by = make.account(), make.system()
    kept, gone = make.person(company, email=TARO), make.person(company, "山田 太郎", email="")
    done = merging.merge(kept, gone, by=by, now=NOW)
    opt_outs.opt_out(kept, by=by, now=LATER)
    merging.unmerge(done, by=by, now=LATER)
    assert opted_out() == [LATER, LATER]


def test_it_is_lifted_only_with_evidence_and_then_everywhere():
    company, by = make.account(), make.user("MARKETER")
    one, other = make.person(company, email=TARO), make.person(company, email="yamada@example.jp")
    merging.merge(one, other, by=by, now=NOW)
    opt_outs.opt_out(one, by=by, now=NOW)
    standing, before = OptOut.objects.filter(address=TARO).get(), rows()
    with pytest.raises(OptOutRefused, match="how consent was given anew"):
        opt_outs.lift(standing, because=" ", by=by, now=LATER)
    assert rows() == before
    opt_outs.lift(standing, because="申込書 2026-11-19", by=by, now=LATER)
    assert (opted_out(), OptOut.objects.standing().count()) == ([None], 0)
    before = rows()
    with pytest.raises(OptOutRefused, match="lifted already"):
        opt_outs.lift(standing, because="again", by=by, now=LATER)
    assert rows() == before


def test_lifting_one_address_leaves_somebody_else_s_alone():
    company, by = make.account(), make.system()
    for email in (TARO, "yamada@example.jp"):
        opt_outs.opt_out(make.person(company, email=email), by=by, now=NOW)
    opt_outs.lift(opt_outs.look_up(TARO), because="申込書", by=by, now=LATER)
    assert opted_out() == [None, NOW]


def test_an_old_list_told_again_is_over_a_new_word_is_not():
    by = make.system()
    opt_outs.lift(opt_outs.record(TARO, by=by, now=NOW), because="申込書", by=by, now=LATER)
    before, act = rows(), {"source": make.source(), "by": by, "now": LATER}
    assert [one.effect for one in opt_outs.tell([OptOutFacts(TARO, NOW)], **act)] == ["unchanged"]
    assert rows() == before
    assert [one.effect for one in opt_outs.tell([OptOutFacts(TARO)] * 2, **act)] == ["created", "unchanged"]


def test_nothing_is_opted_out_ahead():
    person, before = make.person(make.account(), email=TARO), rows()
    for refused in (
        lambda: opt_outs.record(TARO, at=LATER, by=make.system(), now=NOW),
        lambda: opt_outs.opt_out(person, at=LATER, by=make.system(), now=NOW),
    ):
        with pytest.raises(OptOutRefused, match="future"):
            refused()
    assert rows() == [before[0], rows()[1], before[2]]
    assert opted_out() == [None]


def test_who_came_in_unseen_is_found_afterwards():
    person = make.person(make.account(), email=TARO)
    OptOut.objects.create(address=TARO, at=NOW, recorded_at=NOW)
    assert (Person.objects.reachable().count(), opt_outs.settle(), opt_outs.settle()) == (0, 1, 0)
    assert Person.objects.get(pk=person.pk).opted_out_at == NOW


DOORS = {
    "file": lambda by, company: told(company),
    "file says no": lambda by, company: told(company, opted_out=False),
    "blank": lambda by, company: told(company, external_id="7"),
    "correction": lambda by, company: [
        editing.amend_person(p, phone="1", by=by, now=LATER) for p in Person.objects.all()
    ],
    "merge": lambda by, company: _merge(by),
    "part": lambda by, company: [
        merging.unmerge(done, by=by, now=LATER) for done in merging.Merge.objects.standing().order_by("-pk")[:1]
    ],
    "twin": lambda by, company: make.person(company, "山田 太郎"),
}


def _merge(by) -> None:
    two = list(Person.objects.order_by("pk")[:2])
    if len(two) == 2:
        merging.merge(*two, by=by, now=LATER)


class WhateverComes(TestCase):
    """Any order of doors: whoever has the address is opted out, at every moment."""

    @hypothesis_settings(max_examples=12)
    @given(st.lists(st.sampled_from(sorted(DOORS)), max_size=7), st.integers(0, 6))
    def test_the_opt_out_wins(self, steps: list[str], when: int) -> None:
        company, by = make.account(), make.system()
        for number, step in enumerate([*steps, "file"]):
            if number == min(when, len(steps)):
                opt_outs.record(TARO, by=by, now=NOW)
            DOORS[step](by, company)
            if number >= min(when, len(steps)):
                owners = Person.objects.filter(email=TARO) | Person.objects.filter(further_emails__email=TARO)
                assert not owners.filter(opted_out_at=None).exists()
        assert not Person.objects.reachable().filter(email=TARO).exists()
