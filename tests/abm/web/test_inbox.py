"""The inbox at work: undo, several at once, sorting, and a list that is fresh without disturbing anybody."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.models import OutboxMessage
from funnel import leads, questions
from funnel.models import Lead, LeadMove
from tests import make
from tests.abm.web.test_hand_over_pages import handed, text_of
from users.roles import Role

pytestmark = pytest.mark.django_db
ANSWERS = {
    "accept": {"next_action": "電話", "next_action_on": "2026-11-25"},
    "reject": {"reason": "TIMING"},
    "ask": {"ready": "who"},
}


@pytest.fixture
def marketer():
    return make.user(Role.MARKETER)


@pytest.fixture
def rep(client):
    """At the browser."""
    user = make.user(Role.REP)
    client.force_login(user)
    return user


def stages(*of: Lead) -> list[str]:
    return [Lead.objects.get(pk=lead.pk).stage for lead in of]


def ticks(*of: Lead) -> list[str]:
    return [str(lead.public_id) for lead in of]


def pulse_of(page: str) -> str:
    return re.search(r"pulse=([\d-]+)", page)[1]


@pytest.mark.parametrize("verb", ANSWERS)
def test_an_answer_offers_its_undo_on_the_page_it_leads_to(client, marketer, rep, verb):
    lead = handed(marketer, rep)
    before = stages(lead)
    answer = client.post(f"/leads/{lead.public_id}/{verb}/", ANSWERS[verb] | {"next": "/inbox/"}, follow=True)
    assert f'name="lead" value="{lead.public_id}"><button class="btn" data-key="u">' in text_of(answer)
    undone = client.post("/inbox/undo/", {"lead": ticks(lead)}, follow=True)
    assert undone.redirect_chain == [(f"/inbox/{lead.public_id}/?who=me", 302)]
    assert "as before; nobody was told." in text_of(undone)
    assert (stages(lead), Lead.objects.get().question_at) == (before, None)


def test_other_moves_offer_no_undo(client, marketer, rep):
    lead = handed(marketer, rep)
    leads.accept(lead, by=rep, now=timezone.now(), next_action="電話", next_action_on=timezone.localdate())
    told = {"reason": "TIMING", "return_on": "2027-01-01", "next": "/inbox/"}
    answer = client.post(f"/leads/{lead.public_id}/recycle/", told, follow=True)
    assert stages(lead) == ["RECYCLED"]
    assert 'data-key="u"' not in text_of(answer)


def test_an_undo_that_comes_too_late_is_refused_in_words(client, marketer, rep):
    lead = handed(marketer, rep)
    client.post(f"/leads/{lead.public_id}/reject/", ANSWERS["reject"])
    with time_machine.travel(timezone.now() + timedelta(seconds=10), tick=False):
        page = client.post("/inbox/undo/", {"lead": ticks(lead)}, follow=True)
    assert "There is nothing to undo" in text_of(page)
    assert stages(lead) == ["REJECTED"]


@pytest.mark.parametrize("told", [{}, {"lead": "nonsense"}, {"lead": "a\x00b"}])
def test_an_undo_of_nothing_is_refused(client, rep, told):
    assert "Nothing to undo." in text_of(client.post("/inbox/undo/", told, follow=True))


def test_nobody_undoes_what_he_cannot_see(client, marketer, rep):
    other = make.user(Role.REP, team=make.team("West"))
    lead = handed(marketer, other)
    client.force_login(other)
    client.post(f"/leads/{lead.public_id}/reject/", ANSWERS["reject"])
    client.force_login(rep)
    assert "Nothing to undo." in text_of(client.post("/inbox/undo/", {"lead": ticks(lead)}, follow=True))
    assert stages(lead) == ["REJECTED"]


@pytest.mark.parametrize(("verb", "stage"), [("accept", "SAL"), ("reject", "REJECTED")])
def test_several_are_answered_by_one_form_each_by_its_own_act_and_undone_together(client, marketer, rep, verb, stage):
    three = [handed(marketer, rep) for _ in range(3)]
    asked = text_of(client.get(f"/inbox/several/{verb}/", {"lead": ticks(*three)}))
    assert asked.count('type="checkbox" name="lead"') == 3
    page = text_of(client.post(f"/inbox/several/{verb}/", ANSWERS[verb] | {"lead": ticks(*three)}, follow=True))
    assert "3 leads" in page
    assert stages(*three) == [stage] * 3
    assert LeadMove.objects.filter(move=verb, by=rep).count() == 3
    client.post("/inbox/undo/", {"lead": ticks(*three)})
    assert stages(*three) == ["MQL"] * 3
    assert not OutboxMessage.objects.filter(topic__in=["lead.accepted", "lead.rejected"]).exists()


def test_those_that_cannot_be_answered_stay_with_why_and_with_what_was_typed(client, marketer, rep):
    mine, answered = handed(marketer, rep, "残る株式会社"), handed(marketer, rep, "済み株式会社")
    leads.accept(answered, by=rep, now=timezone.now(), next_action="電話", next_action_on=timezone.localdate())
    told = {"reason": "OTHER", "note": "来期に改めて", "lead": ticks(mine, answered)}
    answer = client.post("/inbox/several/reject/", told)
    page = text_of(answer)
    assert answer.status_code == 409
    assert stages(mine, answered) == ["REJECTED", "SAL"]
    assert f"{rep.name} has already accepted this lead." in page
    assert "来期に改めて" in page
    assert "残る株式会社 ▸" not in page
    assert page.count('type="checkbox" name="lead"') == 1


def test_without_a_reason_nothing_happens_and_the_ticks_stay(client, marketer, rep):
    two = [handed(marketer, rep) for _ in range(2)]
    page = text_of(client.post("/inbox/several/reject/", {"note": "メモ", "lead": ticks(*two)}))
    assert stages(*two) == ["MQL", "MQL"]
    assert "メモ" in page
    assert page.count('type="checkbox" name="lead"') == 2


def test_nothing_ticked_is_said_and_other_verbs_are_unknown(client, marketer, rep):
    handed(marketer, rep)
    assert "Please tick the leads to answer." in text_of(client.get("/inbox/several/reject/", follow=True))
    assert client.get("/inbox/several/win/").status_code == 404


def test_several_are_only_the_visible_ones(client, marketer, rep):
    lead = handed(marketer, make.user(Role.REP, team=make.team("West")))
    client.post("/inbox/several/reject/", ANSWERS["reject"] | {"lead": ticks(lead)})
    assert stages(lead) == ["MQL"]


def test_the_list_is_sent_again_only_when_it_changed_and_keeps_what_was_ticked_and_open(client, marketer, rep):
    first, second = handed(marketer, rep), handed(marketer, rep)
    pulse = pulse_of(text_of(client.get("/inbox/")))
    assert client.get("/inbox/lines/", {"pulse": pulse}).status_code == 204
    third = handed(marketer, rep, "新着株式会社")
    page = text_of(client.get("/inbox/lines/", {"pulse": pulse, "lead": ticks(first), "open": str(second.public_id)}))
    assert "新着株式会社" in page
    assert re.findall(r'value="([\w-]+)" checked', page) == ticks(first)
    assert re.search(rf'id="line-{second.public_id}"[^>]* aria-current="true"', page)
    pulse = pulse_of(page)
    leads.reject(third, by=rep, now=timezone.now(), reason="NO_NEED")
    assert client.get("/inbox/lines/", {"pulse": pulse}).status_code == 200


@pytest.mark.parametrize("change", ["ask", "reassign"])
def test_every_move_of_a_line_is_a_change(client, marketer, rep, change):
    lead = handed(marketer, rep)
    pulse = pulse_of(text_of(client.get("/inbox/")))
    if change == "ask":
        questions.ask(lead, by=rep, now=timezone.now(), question="?")
    else:
        leads.accept(lead, by=rep, now=timezone.now(), next_action="電話", next_action_on=timezone.localdate())
    assert client.get("/inbox/lines/", {"pulse": pulse}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_asking_whether_anything_changed_is_cheap(client, marketer, rep, rows, django_assert_num_queries):
    for _ in range(rows):
        handed(marketer, rep)
    page = text_of(client.get("/inbox/"))
    with django_assert_num_queries(3):
        assert client.get("/inbox/lines/", {"pulse": pulse_of(page)}).status_code == 204
    with django_assert_num_queries(4):
        assert client.get(re.search(r"/counts/[^\"]+", page)[0]).status_code == 204


def test_the_counts_come_into_their_places(client, marketer, rep):
    handed(marketer, rep)
    page = text_of(client.get("/counts/", {"seen": "0-0-0-0-0-0"}))
    assert '<span class="rail-count" id="rail-inbox" hx-swap-oob="true">1</span>' in page
    assert '<span class="rail-count" id="thumb-inbox" hx-swap-oob="true">1</span>' in page


def test_the_order_can_be_chosen_and_paused_ones_come_last(client, marketer, rep):
    now = timezone.now()
    paused, wanted, warm = (handed(marketer, rep, name) for name in ("停止", "希望", "熱い"))
    for hours, lead, rank, score in ((1, paused, 1, 99), (2, warm, 9, 80), (3, wanted, 2, 50)):
        lead.handoffs.update(due_at=now + timedelta(hours=hours))
        Lead.objects.filter(pk=lead.pk).update(wanted_rank=rank, score=score)
    questions.ask(paused, by=rep, now=now, question="?")
    order = {"due": [warm, wanted, paused], "rank": [wanted, warm, paused], "score": [warm, wanted, paused]}
    for sort, expected in order.items():
        page = text_of(client.get("/inbox/", {"sort": sort}))
        assert re.findall(r'id="line-([\w-]+)"', page) == ticks(*expected), sort
    assert re.findall(r'id="line-([\w-]+)"', text_of(client.get("/inbox/?sort=luck"))) == ticks(warm, wanted, paused)


def test_a_question_is_one_of_the_usual_ones_or_own_words_or_both(client, marketer, rep):
    lead = handed(marketer, rep)
    assert client.post(f"/leads/{lead.public_id}/ask/", {"ready": "", "question": ""}).status_code == 200
    assert Lead.objects.get().question_at is None
    client.post(f"/leads/{lead.public_id}/ask/", {"ready": "who", "question": "課長ですか"})
    assert LeadMove.objects.get(move="ask").note == "Whom should we speak to there?\n課長ですか"
