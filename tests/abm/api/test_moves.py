"""Moves: one address per verb, told by the table what is allowed and what is missing."""

from typing import Any

import pytest
from django.urls import reverse

from abm.api import moves
from audit import doors
from audit.enums import Door
from audit.models import Entry
from funnel import leads
from funnel.enums import MoveName, Stage
from funnel.models import Lead
from funnel.waterfall import rows
from tests.funnel import people
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db

NEXT = {"next_action": "Call", "next_action_on": "2026-11-26"}
YEN = {"amount": "1200000", "currency": "JPY"}
TOLD_OTHERWISE = {
    "return_condition": {"return_on"},
    "rule_version": set(),
    "snapshot": set(),
}


@pytest.mark.parametrize("name", sorted(set(MoveName) - {MoveName.SELF_SOURCE}))
def test_every_move_of_the_table_has_an_address(name):
    assert reverse(f"api:leads-{name}", args=["x"]) == f"/api/v1/leads/x/{name}/"


@pytest.mark.parametrize("name", moves.ACTS, ids=str)
def test_a_body_can_bring_everything_the_table_needs(name: MoveName):
    needed = {need for row in rows(name) for need in row.needs}
    fields = set(moves.ACTS[name].fields)
    assert not [need for need in needed if need not in fields and not fields >= TOLD_OTHERWISE.get(need, {need})]


def test_a_lead_goes_all_the_way_down(world, ask):
    people.touch(world, two_way=True)
    rep, marketer = ask(world.rep), ask(world.marketer)
    demand = {"account": world.account, "department": world.department, "offering": world.offering}
    body = {name: str(row.public_id) for name, row in demand.items()}
    opened = marketer.post("/leads/", body)
    assert (opened.status_code, opened.json()["stage"]) == (201, "NURTURE")
    at = opened.headers["Location"].removesuffix("/")
    steps = [
        (marketer, "qualify", {"note": "Asked for a quotation"}, "MQL"),
        (marketer, "hand_over", {"assignee": str(world.rep.public_id)}, "MQL"),
        (rep, "accept", NEXT, "SAL"),
        (rep, "confirm", {"bant": ["need", "timing"]}, "SQL"),
        (rep, "register", {"deal_system": "sfa", "deal_id": "7", "amount": YEN, "close_on": "2027-01-31"}, "PIPELINE"),
        (rep, "win", {"amount": YEN, "closed_on": "2026-11-24"}, "WON"),
    ]
    for asker, verb, told, stage in steps:
        answer = asker.post(f"{at}/{verb}/", told)
        assert (answer.status_code, answer.json()["stage"]) == (200, stage), answer.json()
    shown = rep.get(f"{at}/").json()
    assert [move["move"] for move in shown["moves"]] == [verb for _, verb, _, _ in steps]
    assert shown["deal"]["status"] == "WON"
    assert world.account.contracts.get().amount == 1200000
    assert set(Entry.objects.filter(act__startswith="leads.").values_list("door", flat=True)) == {"API"}


def test_what_may_i_do_and_what_is_missing(world, ask, lead):
    options = {
        option["move"]: option for option in ask(world.rep).get(f"/leads/{lead.public_id}/").json()["allowed_moves"]
    }
    assert options["accept"]["needs"] == ["next_action", "next_action_on"]
    assert (options["accept"]["stopped_by"], options["accept"]["to_stage"]) == ("", "SAL")
    others = ask(world.other_rep).get(f"/leads/{lead.public_id}/").json()["allowed_moves"]
    stopped = {option["move"]: option["stopped_by"] for option in others}
    assert stopped["accept"] == "assignee_or_manager"


def refused(answer: Any, code: str) -> dict[str, Any]:
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert (told["type"], told["code"]) == ("urn:abm:problem:move-refused", code)
    return told


def test_missing_data_is_named_together_with_what_is_allowed(world, ask, lead):
    before = people.everything()
    told = refused(ask(world.rep).post(f"/leads/{lead.public_id}/accept/", {"next_action": "Call"}), "missing")
    assert told["missing"] == ["next_action_on"]
    assert {"accept", "reject"} <= set(told["allowed_moves"])
    assert people.everything() == before


@pytest.mark.parametrize(
    ("who", "verb", "body", "code"),
    [
        ("marketer", "accept", NEXT, "role"),
        ("other_rep", "accept", NEXT, "assignee_or_manager"),
        ("rep", "ignore", {}, "role"),
        ("manager", "ignore", {}, "role"),
        ("rep", "win", {}, "stage"),
        ("rep", "reject", {}, "missing"),
        ("rep", "reject", {"reason": "BORED"}, "unknown_reason"),
        ("rep", "reject", {"reason": "OTHER"}, "missing"),
        ("marketer", "hand_over", {}, "not_with_sales"),
    ],
)
def test_a_refused_move_changes_nothing(world, ask, lead, who, verb, body, code):
    before = people.everything()
    refused(ask(world.users[who]).post(f"/leads/{lead.public_id}/{verb}/", body), code)
    assert people.everything() == before


def test_the_slower_of_two_hears_who_answered(world, ask, lead):
    ask(world.rep).post(f"/leads/{lead.public_id}/accept/", NEXT)
    told = refused(ask(world.manager).post(f"/leads/{lead.public_id}/reject/", {"reason": "NO_NEED"}), "stage")
    assert told["answered_by"] == {"id": str(world.rep.public_id), "name": "Rep"}
    assert (told["outcome"], told["answered_at"]) == ("ACCEPTED", "2026-11-24T01:00:00Z")
    assert told["detail"] == "Rep has already accepted this lead."


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("accept", {"next_action": "x" * 301}, "#/next_action"),
        ("accept", {"next_action": "a\x00b"}, "#/next_action"),
        ("accept", {"next_action_on": "soon"}, "#/next_action_on"),
        ("confirm", {"bant": ["luck"]}, "#/bant/0"),
        ("hand_over", {"assignee": "me"}, "#/assignee"),
        ("register", {"amount": {"amount": "1", "currency": "yen"}}, "#/amount/currency"),
        ("register", {"amount": {"amount": "NaN", "currency": "JPY"}}, "#/amount/amount"),
        ("recycle", {"return_score": 1e300}, "#/return_score"),
    ],
)
def test_a_body_that_cannot_be_understood_says_where(world, ask, lead, verb, body, pointer):
    before = people.everything()
    answer = ask(world.rep).post(f"/leads/{lead.public_id}/{verb}/", body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert people.everything() == before


def test_the_same_move_in_japanese(world, ask, lead):
    answer = ask(world.rep).post(f"/leads/{lead.public_id}/win/", {}, headers={"accept-language": "ja"})
    assert answer.json()["type"] == "urn:abm:problem:move-refused"
    assert answer.headers["Content-Language"] == "ja"


def test_a_second_open_lead_of_one_demand_is_refused(world, ask, nurture):
    body = {
        "account": str(world.account.public_id),
        "department": str(world.department.public_id),
        "offering": str(world.offering.public_id),
    }
    refused(ask(world.marketer).post("/leads/", body), "open_lead_exists")
    assert Lead.objects.get().stage == Stage.NURTURE


def test_a_rejection_keeps_its_reason(world, ask, lead):
    shown = ask(world.rep).post(f"/leads/{lead.public_id}/reject/", {"reason": "TIMING"}).json()
    assert (shown["stage"], shown["reject_reason"]) == ("REJECTED", "TIMING")
    assert Lead.objects.get().rejected_at == NOW


def test_a_question_and_its_answer(world, ask, lead):
    rep, at = ask(world.rep), f"/leads/{lead.public_id}"
    shown = rep.post(f"{at}/ask/", {"question": "Which plant?"}).json()
    assert shown["question_at"] == "2026-11-24T01:00:00Z"
    refused(rep.post(f"{at}/ask/", {"question": "And when?"}), "no_question")
    answered = ask(world.marketer).post(f"{at}/answer/", {"answer": "Ota"})
    assert (answered.status_code, answered.json()["question_at"]) == (200, None)


def test_two_persons_disqualify(world, ask, lead):
    ask(world.rep).post(f"/leads/{lead.public_id}/reject/", {"reason": "LEGAL"})
    at, marketer = f"/leads/{lead.public_id}/disqualify/", ask(world.marketer)
    refused(marketer.post(at, {"reason": "LEGAL", "second_person": str(world.rep.public_id)}), "two_persons")
    answer = marketer.post(at, {"reason": "LEGAL", "second_person": str(world.manager.public_id)})
    assert (answer.status_code, answer.json()["stage"]) == (200, "DISQUALIFIED")


def test_a_duplicate_names_the_lead_it_repeats(world, ask, lead):
    kept = people.lead_at(world, Stage.NURTURE, department=None)
    answer = ask(world.marketer).post(
        f"/leads/{lead.public_id}/merge_duplicate/", {"duplicate_of": str(kept.public_id)}
    )
    assert (answer.status_code, answer.json()["duplicate_of"]) == (200, str(kept.public_id))


def test_sales_opens_what_it_found(world, ask):
    told = {"account": str(world.account.public_id), "first_touch": "2026-11-24T09:30:00+09:00"}
    answer = ask(world.rep).post("/leads/self_source/", told)
    assert (answer.status_code, answer.json()["stage"], answer.json()["origin"]) == (201, "SAL", "SALES")
    refused(ask(world.marketer).post("/leads/self_source/", told), "role")
    refused(ask(world.rep).post("/leads/self_source/", {"account": told["account"]}), "missing")


def test_a_question_is_read_by_those_who_see_persons_alone(world, ask, lead):
    ask(world.rep).post(f"/leads/{lead.public_id}/ask/", {"question": "Which plant?"})
    notes = [move["note"] for move in ask(world.analyst).get(f"/leads/{lead.public_id}/").json()["moves"]]
    assert set(notes) == {""}


def test_what_the_api_answered_is_told_at_once_and_cannot_be_undone(world, ask, lead):
    rep, at = ask(world.rep), f"/leads/{lead.public_id}"
    rep.post(f"{at}/accept/", NEXT)
    before = people.everything()
    told = refused(rep.post(f"{at}/undo/"), "still_held")
    assert told["detail"] == "There is nothing to undo: the people concerned have been told, or more has happened."
    assert people.everything() == before


def test_what_a_page_answered_can_be_undone_through_the_api(world, ask, lead):
    with doors.through(Door.PAGE):
        leads.accept(lead, by=world.rep, now=NOW, next_action="Call", next_action_on=NOW.date())
    answer = ask(world.rep).post(f"/leads/{lead.public_id}/undo/")
    assert (answer.status_code, answer.json()["stage"], answer.json()["accepted_at"]) == (200, "MQL", None)
