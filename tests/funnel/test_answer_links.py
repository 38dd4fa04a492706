"""Links in mails: bound, single use, expiring, revoked by what happens to the lead; nothing happens by looking."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from audit.models import Entry
from funnel import answer_links, leads, overdue, questions, rerouting
from funnel.answer_links import LinkRefused
from funnel.enums import Cause, LinkState
from funnel.models import AnswerLink, Handoff, Lead
from funnel.refusals import MoveRefused
from tests.funnel.people import DUE, MINUTE, NOW, everything, waiting
from users import letters
from users.models import Notification, User

pytestmark = pytest.mark.django_db
NEXT = {"next_action": "call", "next_action_on": DUE.date()}


def mail_about(lead: Lead, to: User | None = None, kind: str = "lead.handed_over") -> Notification:
    """The notice of the lead's latest handoff, as it is told to `to` (its assignee)."""
    handoff = lead.handoffs.latest("number")
    return Notification(user=to or handoff.assignee, kind=kind, subject=str(handoff.public_id))


def token_for(lead: Lead) -> str:
    """Out of the mail's first button."""
    return urlsplit(answer_links.lead_answers(mail_about(lead), NOW)[0].path).path.split("/")[2]


def link_for(lead: Lead) -> AnswerLink:
    found = answer_links.find(token_for(lead))
    assert found
    return found


def state(link: AnswerLink, now=NOW) -> LinkState:
    """As somebody finds it now."""
    return answer_links.state(answer_links._with_all().get(pk=link.pk), now=now)


def refused(link: AnswerLink, act=leads.accept, now=NOW, **told) -> str:
    """Why it was refused, after a look that nothing has changed."""
    before = everything(), list(AnswerLink.objects.values())
    with pytest.raises((LinkRefused, MoveRefused)) as why:
        answer_links.use(link, act, now=now, **(told or NEXT))
    assert (everything(), list(AnswerLink.objects.values())) == before
    return str(why.value)


@pytest.mark.parametrize("kind", ["lead.handed_over", "lead.answered", "lead.ignored"])
def test_a_mail_to_the_assignee_offers_the_three_answers(world, kind):
    lead = waiting(world, "partner")
    buttons = letters.answers(mail_about(lead, kind=kind), NOW)
    assert [(one.label, one.path.split("/")[3]) for one in buttons] == [
        ("Accept", "accept"),
        ("Reject…", "reject"),
        ("Ask…", "ask"),
    ]
    assert len({one.path.split("/")[2] for one in buttons}) == 1


def test_nobody_but_the_assignee_is_offered_answers_and_none_when_it_is_answered(world):
    lead = waiting(world)
    assert answer_links.lead_answers(mail_about(lead, to=world.manager), NOW) == []
    assert answer_links.lead_answers(Notification(user=world.rep, subject="no id"), NOW) == []
    leads.accept(lead, by=world.rep, now=NOW, **NEXT)
    assert answer_links.lead_answers(mail_about(lead), NOW) == []
    assert AnswerLink.objects.count() == 0


def test_the_secret_has_192_bits_and_stands_nowhere_in_the_database(world):
    token = token_for(waiting(world))
    secret, seal = token.split(".")
    link = AnswerLink.objects.get()
    assert (len(secret), len(seal), len(link.digest)) == (32, 43, 64)
    stored = str(AnswerLink.objects.values()) + str(Entry.objects.values())
    assert secret not in stored
    assert seal not in stored


def test_tampering_with_either_part_or_with_the_row_breaks_the_seal(world):
    token = token_for(waiting(world))
    secret, seal = token.split(".")
    other = "A" if seal[0] != "A" else "B"
    for broken in (
        "",
        ".",
        secret,
        f"{secret}.",
        f"{secret}.{other}{seal[1:]}",
        f"x{secret[1:]}.{seal}",
        f"{token}x",
        "\x00.\udcff",
    ):
        assert answer_links.find(broken) is None
    assert answer_links.find(token)
    AnswerLink.objects.update(user=world.other_rep)
    assert answer_links.find(token) is None


def test_expiry_is_sealed_too(world):
    token = token_for(waiting(world))
    AnswerLink.objects.update(expires_at=NOW + timedelta(days=9999))
    assert answer_links.find(token) is None


def test_an_accept_by_mail_is_the_assignees_own_and_came_through_the_mail(world):
    lead = waiting(world, "partner")
    move = answer_links.use(link_for(lead), leads.accept, now=NOW + MINUTE, **NEXT)
    handoff = Handoff.objects.get(lead=lead)
    assert (move.move, move.by, handoff.outcome, handoff.decided_by) == (
        "accept",
        world.partner,
        "ACCEPTED",
        world.partner,
    )
    by_mail = Entry.objects.filter(door="MAIL").order_by("pk")
    assert [(entry.act, entry.actor_id) for entry in by_mail] == [
        ("leads.accept", world.partner.pk),
        ("answer_links.use", world.partner.pk),
    ]
    assert AnswerLink.objects.get().used_at == NOW + MINUTE


def test_the_second_use_is_refused_as_answered_also_of_the_mail_sent_twice(world):
    lead = waiting(world)
    first, again = link_for(lead), link_for(lead)
    answer_links.use(first, leads.accept, now=NOW, **NEXT)
    assert [refused(first), refused(again)] == ["ANSWERED", "ANSWERED"]


def test_a_refused_act_does_not_spend_the_link(world):
    lead = waiting(world)
    link = link_for(lead)
    assert refused(link, leads.reject, reason="OTHER", note="") == "Please fill in: note."
    assert state(link) is LinkState.OPEN


def test_a_question_spends_its_link_and_the_answers_mail_brings_another(world):
    lead = waiting(world)
    link = link_for(lead)
    answer_links.use(link, questions.ask, now=NOW, question="Who?")
    assert refused(link) == "ANSWERED"
    questions.answer(lead, by=world.marketer, now=NOW + MINUTE, answer="Mr Tanaka")
    answer_links.use(link_for(lead), leads.accept, now=NOW + 2 * MINUTE, **NEXT)
    assert Lead.objects.get(pk=lead.pk).stage == "SAL"


def test_an_ignored_lead_is_answered_late_until_a_week_after_its_due(world):
    lead = waiting(world)
    link, late = link_for(lead), link_for(lead)
    overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)
    assert state(link, DUE + timedelta(days=7) - MINUTE) is LinkState.OPEN
    assert refused(late, now=DUE + timedelta(days=7)) == "EXPIRED"
    answer_links.use(link, leads.accept, now=DUE + timedelta(days=1), **NEXT)
    lead.refresh_from_db()
    assert (lead.stage, lead.ignored_at) == ("SAL", DUE)


def test_the_time_is_over_before_the_clocks_job_came_round_and_the_ignore_is_still_written_down(world):
    lead = waiting(world)
    answer_links.use(link_for(lead), leads.reject, now=DUE + MINUTE, reason="NO_NEED")
    lead.refresh_from_db()
    assert (lead.stage, lead.first_outcome, lead.ignored_at) == ("REJECTED", "IGNORED", DUE)


def test_a_link_dies_when_the_lead_goes_to_somebody_else(world):
    lead = waiting(world)
    link = link_for(lead)
    rerouting.reassign(lead, by=world.manager, now=NOW, assignee=world.other_rep, cause=Cause.WORKLOAD)
    assert refused(link) == "REVOKED"
    rerouting.reassign(lead, by=world.manager, now=NOW, assignee=world.rep, cause=Cause.WORKLOAD)
    assert refused(link) == "REVOKED", "coming back makes a new delivery, and a new mail"


def test_a_link_of_an_ignored_delivery_stays_dead_when_the_next_is_ignored_too(world):
    lead = waiting(world)
    link = link_for(lead)
    overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)
    rerouting.reassign(lead, by=world.manager, now=DUE + MINUTE, assignee=world.other_rep, cause=Cause.OTHER)
    overdue.ignore_overdue(now=lead.handoffs.latest("number").due_at + MINUTE, by=world.clock)
    assert Lead.objects.get(pk=lead.pk).stage == "IGNORED"
    assert refused(link, now=DUE + timedelta(days=5)) == "REVOKED"


def test_a_link_dies_with_a_recall(world):
    lead = waiting(world)
    link = link_for(lead)
    rerouting.recall(lead, by=world.marketer, now=NOW, cause="wrong file")
    assert refused(link) == "REVOKED"


def test_a_link_dies_with_its_user(world):
    link = link_for(waiting(world))
    User.objects.filter(pk=world.rep.pk).update(is_active=False)
    assert refused(link) == "REVOKED"


def test_a_link_tells_that_the_page_was_faster(world):
    lead = waiting(world)
    link = link_for(lead)
    leads.reject(lead, by=world.manager, now=NOW, reason="NO_NEED")
    assert refused(link) == "ANSWERED"


def test_looking_changes_nothing(world):
    lead = waiting(world)
    token = token_for(lead)
    before = everything(), list(AnswerLink.objects.values())
    for _ in range(3):
        found = answer_links.find(token)
        assert found
        assert answer_links.state(found, now=NOW) is LinkState.OPEN
    assert (everything(), list(AnswerLink.objects.values())) == before
