"""Any order of acts by anyone at any time: the invariants hold after each, and a refusal changes nothing."""

import os
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from audit import outbox
from audit.enums import Door
from funnel import (
    answer_links,
    corrections,
    deals,
    dispatch,
    dispositions,
    feedback,
    follow_up,
    invariants,
    leads,
    metrics,
    overdue,
    partition,
    questions,
    recoding,
    rerouting,
    returning,
    rollups,
    undo,
)  # fmt: skip
from funnel.enums import Cause, Progress, Stage
from funnel.models import Feedback, Handoff, Lead
from tests.funnel import people
from tests.funnel.acting import Acting
from users import absences
from users.models import Absence, Notification, User

WHO = ["marketer", "lead_marketer", "rep", "other_rep", "manager", "partner", "analyst", "clock"]
REASONS = ["NO_NEED", "TIMING", "WRONG_OWNER", "BAD_DATA", "OTHER", "NO_SUCH"]
OF_LEADS = [metric.key for metric in metrics.dictionary() if metric.subject.key == "leads"]
BANTS = [["need"], ["need", "budget"]]
UNNAMED: list[dict[str, Any]] = [{}, {"department": None}, {"offering": None}]
someone = st.sampled_from(WHO)
reasons = st.sampled_from(REASONS)
words = st.sampled_from(["", "because"])


def mostly(*who: str) -> st.SearchStrategy[str]:
    """Whose act it is, half of the time; else anybody."""
    return st.one_of(st.sampled_from(who), someone)


def accept_now(lead: Lead, *, by: User, now: datetime) -> object:
    return leads.accept(lead, by=by, now=now, next_action="call", next_action_on=now.date())


def reject_now(lead: Lead, *, by: User, now: datetime) -> object:
    return leads.reject(lead, by=by, now=now, reason="TIMING")


def ask_now(lead: Lead, *, by: User, now: datetime) -> object:
    return questions.ask(lead, by=by, now=now, question="Which plant?")


answers = st.sampled_from([accept_now, reject_now, ask_now])


class Waterfall(Acting):
    """One account, a few leads, a moving clock."""

    @initialize()
    def a_first_lead(self) -> None:
        self.leads.append(people.lead_at(self.world, Stage.NURTURE))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self._a_second_later(hours * 3600)
        self.is_checked = False

    @rule(weeks=st.integers(1, 6))
    def weeks_pass(self, weeks: int) -> None:
        self.time_passes(weeks * 7 * 24)

    @rule()
    def the_clock_comes_round(self) -> None:
        """Afterwards nothing is late."""
        self._by_itself(overdue.come_round, by=self.world.clock)
        assert list(invariants.check(now=self.now)) == []

    @rule()
    def the_rules_dispose(self) -> None:
        clock = self.world.clock
        self._by_itself(dispatch.requeue, dispatch.recycle, dispatch.route, by=clock)
        self._by_itself(dispatch.reclaim, by=clock, hours=8)

    @rule()
    def others_of_systems_jobs_come_round(self) -> None:
        self._by_itself(follow_up.watch, feedback.open_due, by=self.world.clock)
        self._by_itself(outbox.deliver)

    @rule()
    def next_trips_start(self) -> None:
        known = {lead.pk for lead in self.leads}
        self._by_itself(returning.start_due, by=self.world.clock)
        self.leads += Lead.objects.exclude(pk__in=known)

    @rule()
    def the_next_trip(self) -> None:
        now, lead = self._a_second_later(), self._lead()
        self._attempt(lambda: self.leads.append(returning.start(lead, by=self.world.marketer, now=now)))

    @rule(which=st.integers(0, 5))
    def turn_to(self, which: int) -> None:
        self.turn = which % len(self.leads)

    @rule(unnamed=st.sampled_from(UNNAMED))
    def a_new_lead(self, unnamed: dict[str, Any]) -> None:
        demand = {"account": self.world.account, "department": self.world.department, "offering": self.world.offering}
        told = demand | unnamed | {"by": self.world.marketer, "now": self._a_second_later()}
        refusal = self._attempt(lambda: self.leads.append(leads.create(**told)))
        assert refusal is None or getattr(refusal, "code", "") == "open_lead_exists"
        self.turn = len(self.leads) - 1

    @rule(who=st.sampled_from(["rep", "other_rep", "partner"]), first=st.integers(0, 3), length=st.integers(0, 2),
          deputy=st.sampled_from(["", "rep", "other_rep", "manager"]))  # fmt: skip
    def somebody_will_be_away(self, who: str, first: int, length: int, deputy: str) -> None:
        """What falls due meanwhile goes to the deputy, when the clock comes round."""
        user, first_on = self.world.users[who], self.now.date() + timedelta(days=first)
        days = {"first_on": first_on, "last_on": first_on + timedelta(days=length)}
        told = {"deputy": self.world.users.get(deputy), "by": user, "now": self._a_second_later()}
        self._attempt(lambda: absences.arrange(user, **days, **told))

    @rule()
    def the_last_absence_is_cancelled(self) -> None:
        if last := Absence.objects.order_by("pk").last():
            self._attempt(lambda: absences.cancel(last, by=last.user, now=self._a_second_later()))

    @rule()
    def a_mail_offers_answers(self) -> None:
        if latest := Handoff.objects.filter(lead=self._lead()).order_by("number").last():
            mail = Notification(user=latest.assignee, kind="lead.handed_over", subject=str(latest.public_id))
            self._attempt(lambda: self._keep_links(answer_links.lead_answers(mail, self.now)))

    def _keep_links(self, buttons: list[Any]) -> None:
        self.links += {button.path.split("/")[2] for button in buttons}

    @rule(which=st.integers(0, 3), answer=answers)
    def answer_out_of_a_mail(self, which: int, answer: Callable[..., object]) -> None:
        if self.links:
            link = answer_links.find(self.links[-1 - which % len(self.links)])
            assert link
            self._attempt(lambda: answer_links.use(link, answer, now=self._a_second_later()))

    @rule(who=mostly("rep"), quality=st.sampled_from([None, 1, 5]))
    def give_feedback(self, who: str, quality: int | None) -> None:
        if last := Feedback.objects.order_by("pk").last():
            told = {"by": self.world.users[who], "now": self._a_second_later(), "progress": Progress.values[0]}
            self._attempt(lambda: feedback.answer(last, **told, quality=quality))

    @rule(who=mostly("marketer"))
    def qualify(self, who: str) -> None:
        told = {"because": {"E": 60}, "rule_version": 1} if who == "clock" else {"note": "asked"}
        self._try(leads.qualify, by=self.world.users[who], **told)

    @rule(who=mostly("marketer"), to=mostly("rep", "other_rep"))
    def hand_over(self, who: str, to: str) -> None:
        self._try(leads.hand_over, by=self.world.users[who], assignee=self.world.users[to])

    @rule(to=st.sampled_from(["rep", "partner"]))
    def deliver(self, to: str) -> None:
        self._try(leads.qualify, by=self.world.marketer, note="asked")
        self._try(leads.hand_over, by=self.world.marketer, assignee=self.world.users[to])

    @rule(who=mostly("rep"))
    def accept(self, who: str) -> None:
        promise = {"next_action": "call", "next_action_on": self.now.date()}
        self._try(leads.accept, by=self.world.users[who], **promise)

    @rule(who=mostly("rep"), reason=reasons, note=words)
    def reject(self, who: str, reason: str, note: str) -> None:
        self._try(leads.reject, by=self.world.users[who], reason=reason, note=note)

    @rule(who=mostly("rep"))
    def undo(self, who: str) -> None:
        self._try(undo.undo, by=self.world.users[who])

    @rule(answer=answers, after=st.sampled_from([1, 9, 10, 11]), door=st.sampled_from([Door.PAGE, Door.PAGE, Door.API]))
    def answer_and_undo(self, answer: Callable[..., object], after: int, door: Door) -> None:
        self._try(answer, by=self.world.rep, door=door)
        self._a_second_later(after - 1)
        self._try(undo.undo, by=self.world.rep)

    @rule(who=mostly("marketer", "lead_marketer"), reason=reasons)
    def recode(self, who: str, reason: str) -> None:
        self._try(recoding.recode, by=self.world.users[who], reason=reason)

    @rule(who=someone)
    def ignore(self, who: str) -> None:
        self._try(leads.ignore, by=self.world.users[who])

    @rule(who=mostly("marketer"), reason=reasons)
    def recycle(self, who: str, reason: str) -> None:
        self._try(leads.recycle, by=self.world.users[who], reason=reason, return_on=self.now.date())

    @rule(who=mostly("rep"), bant=st.sampled_from(BANTS))
    def confirm(self, who: str, bant: list[str]) -> None:
        self._try(leads.confirm, by=self.world.users[who], bant=bant)

    @rule(who=mostly("rep"), amount=st.sampled_from([0, 5]))
    def register(self, who: str, amount: int) -> None:
        self._try(
            deals.register,
            by=self.world.users[who],
            source=self.world.source,
            deal_id=str(self.leads[self.turn].pk),
            amount=Decimal(amount),
            close_on=self.now.date(),
        )

    @rule(who=mostly("rep"))
    def win(self, who: str) -> None:
        self._try(deals.win, by=self.world.users[who], amount=Decimal(5), closed_on=self.now.date())

    @rule(who=mostly("rep"), reason=reasons)
    def lose(self, who: str, reason: str) -> None:
        self._try(deals.lose, by=self.world.users[who], reason=reason, revisit_on=self.now.date())

    @rule(who=mostly("lead_marketer"), cause=words)
    def unqualify(self, who: str, cause: str) -> None:
        self._try(corrections.unqualify, by=self.world.users[who], cause=cause)

    @rule(who=mostly("lead_marketer"), reason=words)
    def qualify_off_list(self, who: str, reason: str) -> None:
        self._try(leads.qualify_off_list, by=self.world.users[who], reason=reason)

    @rule(who=mostly("marketer"), cause=words)
    def recall(self, who: str, cause: str) -> None:
        self._try(rerouting.recall, by=self.world.users[who], cause=cause)

    @rule(who=mostly("rep"), question=words)
    def ask(self, who: str, question: str) -> None:
        self._try(questions.ask, by=self.world.users[who], question=question)

    @rule(who=mostly("marketer"), answer=words)
    def answer(self, who: str, answer: str) -> None:
        self._try(questions.answer, by=self.world.users[who], answer=answer)

    @rule(who=mostly("manager"), to=mostly("rep", "other_rep"), cause=st.sampled_from([*Cause, "", "BORED"]))
    def reassign(self, who: str, to: str, cause: str) -> None:
        self._try(rerouting.reassign, by=self.world.users[who], assignee=self.world.users[to], cause=cause)

    @rule(who=mostly("marketer"), to=mostly("rep", "other_rep"))
    def requeue(self, who: str, to: str) -> None:
        self._try(rerouting.requeue, by=self.world.users[who], assignee=self.world.users[to])

    @rule(who=mostly("manager"), to=mostly("rep", "other_rep"))
    def reclaim(self, who: str, to: str) -> None:
        self._try(rerouting.reclaim, by=self.world.users[who], assignee=self.world.users[to])

    @rule(who=mostly("marketer"), fixed=words)
    def repair(self, who: str, fixed: str) -> None:
        self._try(dispositions.repair, by=self.world.users[who], fixed=fixed)

    @rule(who=mostly("marketer"), argument=words, verdict=st.sampled_from(["", "UPHELD", "DENIED", "MAYBE"]))
    def appeal(self, who: str, argument: str, verdict: str) -> None:
        self._try(dispositions.appeal, by=self.world.users[who], argument=argument, verdict=verdict)

    @rule(verdict=st.sampled_from(["UPHELD", "DENIED"]))
    def appeal_and_decide(self, verdict: str) -> None:
        self._try(dispositions.appeal, by=self.world.marketer, argument="because")
        self._try(dispositions.appeal, by=self.world.manager, verdict=verdict)

    @rule(who=mostly("marketer"), second=someone, reason=reasons)
    def disqualify(self, who: str, second: str, reason: str) -> None:
        users = self.world.users
        self._try(dispositions.disqualify, by=users[who], second_person=users[second], reason=reason)

    @rule(who=mostly("marketer"), of=st.integers(0, 3))
    def merge_duplicate(self, who: str, of: int) -> None:
        other = self.leads[of % len(self.leads)]
        self._try(dispositions.merge_duplicate, by=self.world.users[who], duplicate_of=other)

    @rule(who=mostly("marketer"))
    def give_up(self, who: str) -> None:
        self._try(dispositions.give_up, by=self.world.users[who], return_on=self.now.date())

    @rule(who=mostly("rep"), reason=words)
    def unregister(self, who: str, reason: str) -> None:
        self._try(corrections.unregister, by=self.world.users[who], reason=reason)

    @rule(who=mostly("manager"), second=someone, reason=words)
    def reopen(self, who: str, second: str, reason: str) -> None:
        users = self.world.users
        self._try(corrections.reopen, by=users[who], second_person=users[second], reason=reason)

    @rule(who=mostly("rep"), hours=st.integers(-2, 2))
    def self_source(self, who: str, hours: int) -> None:
        demand = {"account": self.world.account, "department": self.world.department, "offering": self.world.offering}
        told = demand | {"by": self.world.users[who], "now": self.now, "first_touch": self.now - timedelta(hours=hours)}
        refusal = self._attempt(lambda: self.leads.append(leads.self_source(**told)))
        assert getattr(refusal, "code", "role") in ("role", "first_touch_ahead", "open_lead_exists")

    @rule(by=st.sampled_from(["tier", "partner", "month", "team"]))
    def counts_are_stored(self, by: str) -> None:
        """What is stored equals live evaluation, and A + J + I = |M| in every slice."""
        rollups.roll_up(now=self.now, everything=True)
        stored, live = (_figures(**terms) for terms in ({"stored": True}, {"as_of": self.now}))
        assert stored == live
        assert all(one.holds for one in partition.read([by], as_of=self.now))


def _figures(**terms: Any) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    rows = metrics.evaluate(OF_LEADS, by=["month"], **terms)
    return {(row.metric.key, *row.slice.values()): (row.numerator, row.denominator, row.value) for row in rows}


STEPS_EACH = 50
STEPS = int(os.environ.get("ABM_ACTS_STEPS", "200"))
"""How many acts to try in all; 10000 before a release."""

bounded = settings(
    max_examples=max(1, STEPS // STEPS_EACH),
    stateful_step_count=STEPS_EACH,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_any_order_of_acts_keeps_every_invariant(db):
    built = people.build()
    people.sign_list(built)
    people.touch(built, two_way=True, at=people.NOW + timedelta(hours=1))

    class Fresh(Waterfall):
        """Each run in a savepoint of its own, undone afterwards."""

        def __init__(self) -> None:
            self.undone = transaction.atomic()
            self.undone.__enter__()
            super().__init__()
            self.world = deepcopy(built)

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    run_state_machine_as_test(Fresh, settings=bounded)
