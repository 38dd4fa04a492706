"""Any order of acts by anyone at any time: the invariants hold after each, and a refusal changes nothing."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from audit import doors, outbox
from audit.enums import Door
from funnel import corrections, deals, dispositions, invariants, leads, metrics, overdue, questions, rerouting, undo
from funnel.enums import Cause, MoveName, Stage
from funnel.models import Lead
from funnel.refusals import MoveRefused
from tests.funnel import people
from users.models import User

WHO = ["marketer", "lead_marketer", "rep", "other_rep", "manager", "partner", "analyst", "clock"]
REASONS = ["NO_NEED", "TIMING", "WRONG_OWNER", "BAD_DATA", "OTHER", "NO_SUCH"]
PARTITION = [
    "leads_matured", "leads_open", "leads_handed_over", "leads_accepted_in_time", "leads_rejected", "leads_ignored",
]  # fmt: skip
BANTS = [["need"], ["need", "budget"]]
someone = st.sampled_from(WHO)
reasons = st.sampled_from(REASONS)
words = st.sampled_from(["", "because"])


def unchanged_if_refused(act: Callable[[], object]) -> MoveRefused | None:
    """The refusal, if there was one; it is worded, names legal moves only, and left every row as it was."""
    before = people.fingerprint()
    try:
        act()
    except MoveRefused as error:
        refusal = error
    else:
        return None
    assert people.fingerprint() == before
    assert str(refusal)
    assert all(isinstance(name, MoveName) for name in refusal.allowed_moves)
    return refusal


def accept_now(lead: Lead, *, by: User, now: datetime) -> object:
    return leads.accept(lead, by=by, now=now, next_action="call", next_action_on=now.date())


def reject_now(lead: Lead, *, by: User, now: datetime) -> object:
    return leads.reject(lead, by=by, now=now, reason="TIMING")


def ask_now(lead: Lead, *, by: User, now: datetime) -> object:
    return questions.ask(lead, by=by, now=now, question="Which plant?")


class Waterfall(RuleBasedStateMachine):
    """One account, a few leads, a moving clock."""

    def __init__(self) -> None:
        super().__init__()
        self.world = people.build()
        people.sign_list(self.world)
        people.touch(self.world, two_way=True, at=people.NOW + timedelta(hours=1))
        self.now = people.NOW
        self.leads: list[Lead] = [people.lead_at(self.world, Stage.NURTURE)]

    def _try(self, act: Callable[..., object], **arguments: object) -> None:
        """An act on a page on the latest lead succeeds, or is refused and has changed nothing. No two at one second."""
        self.now += timedelta(seconds=1)
        lead = Lead.objects.get(pk=self.leads[-1].pk)
        with doors.through(Door.PAGE):
            unchanged_if_refused(lambda: act(lead, now=self.now, **arguments))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def the_clock_comes_round(self) -> None:
        assert overdue.come_round(now=self.now, by=self.world.clock)["failed"] == 0

    @rule()
    def a_new_lead(self) -> None:
        refusal = unchanged_if_refused(lambda: self.leads.append(people.lead_at(self.world, Stage.NURTURE)))
        assert refusal is None or refusal.code == "open_lead_exists"

    @rule(who=someone)
    def qualify(self, who: str) -> None:
        told = {"because": {"E": 60}, "rule_version": 1} if who == "clock" else {"note": "asked"}
        self._try(leads.qualify, by=self.world.users[who], **told)

    @rule(who=someone, to=someone)
    def hand_over(self, who: str, to: str) -> None:
        self._try(leads.hand_over, by=self.world.users[who], assignee=self.world.users[to])

    @rule(to=st.sampled_from(["rep", "partner"]))
    def deliver(self, to: str) -> None:
        self._try(leads.qualify, by=self.world.marketer, note="asked")
        self._try(leads.hand_over, by=self.world.marketer, assignee=self.world.users[to])

    @rule(who=someone)
    def accept(self, who: str) -> None:
        promise = {"next_action": "call", "next_action_on": self.now.date()}
        self._try(leads.accept, by=self.world.users[who], **promise)

    @rule(who=someone, reason=reasons)
    def reject(self, who: str, reason: str) -> None:
        self._try(leads.reject, by=self.world.users[who], reason=reason)

    @rule(who=someone)
    def undo(self, who: str) -> None:
        self._try(undo.undo, by=self.world.users[who])

    @rule(answer=st.sampled_from([accept_now, reject_now, ask_now]))
    def answer_and_undo(self, answer: Callable[..., object]) -> None:
        self._try(answer, by=self.world.rep)
        self._try(undo.undo, by=self.world.rep)

    @rule()
    def messages_leave(self) -> None:
        assert outbox.deliver(now=self.now)["failed"] == 0

    @rule(who=someone)
    def ignore(self, who: str) -> None:
        self._try(leads.ignore, by=self.world.users[who])

    @rule(who=someone, reason=reasons)
    def recycle(self, who: str, reason: str) -> None:
        self._try(leads.recycle, by=self.world.users[who], reason=reason, return_on=self.now.date())

    @rule(who=someone, bant=st.sampled_from(BANTS))
    def confirm(self, who: str, bant: list[str]) -> None:
        self._try(leads.confirm, by=self.world.users[who], bant=bant)

    @rule(who=someone, amount=st.sampled_from([0, 5]))
    def register(self, who: str, amount: int) -> None:
        self._try(
            deals.register,
            by=self.world.users[who],
            source=self.world.source,
            deal_id=str(self.leads[-1].pk),
            amount=Decimal(amount),
            close_on=self.now.date(),
        )

    @rule(who=someone)
    def win(self, who: str) -> None:
        self._try(deals.win, by=self.world.users[who], amount=Decimal(5), closed_on=self.now.date())

    @rule(who=someone, reason=reasons)
    def lose(self, who: str, reason: str) -> None:
        self._try(deals.lose, by=self.world.users[who], reason=reason, revisit_on=self.now.date())

    @rule(who=someone, cause=words)
    def unqualify(self, who: str, cause: str) -> None:
        self._try(corrections.unqualify, by=self.world.users[who], cause=cause)

    @rule(who=someone, reason=words)
    def qualify_off_list(self, who: str, reason: str) -> None:
        self._try(leads.qualify_off_list, by=self.world.users[who], reason=reason)

    @rule(who=someone, cause=words)
    def recall(self, who: str, cause: str) -> None:
        self._try(rerouting.recall, by=self.world.users[who], cause=cause)

    @rule(who=someone, question=words)
    def ask(self, who: str, question: str) -> None:
        self._try(questions.ask, by=self.world.users[who], question=question)

    @rule(who=someone, answer=words)
    def answer(self, who: str, answer: str) -> None:
        self._try(questions.answer, by=self.world.users[who], answer=answer)

    @rule(who=someone, to=someone, cause=st.sampled_from([*Cause, "", "BORED"]))
    def reassign(self, who: str, to: str, cause: str) -> None:
        self._try(rerouting.reassign, by=self.world.users[who], assignee=self.world.users[to], cause=cause)

    @rule(who=someone, to=someone)
    def requeue(self, who: str, to: str) -> None:
        self._try(rerouting.requeue, by=self.world.users[who], assignee=self.world.users[to])

    @rule(who=someone, to=someone)
    def reclaim(self, who: str, to: str) -> None:
        self._try(rerouting.reclaim, by=self.world.users[who], assignee=self.world.users[to])

    @rule(who=someone, fixed=words)
    def repair(self, who: str, fixed: str) -> None:
        self._try(dispositions.repair, by=self.world.users[who], fixed=fixed)

    @rule(who=someone, argument=words, verdict=st.sampled_from(["", "UPHELD", "DENIED", "MAYBE"]))
    def appeal(self, who: str, argument: str, verdict: str) -> None:
        self._try(dispositions.appeal, by=self.world.users[who], argument=argument, verdict=verdict)

    @rule(verdict=st.sampled_from(["UPHELD", "DENIED"]))
    def appeal_and_decide(self, verdict: str) -> None:
        self._try(dispositions.appeal, by=self.world.marketer, argument="because")
        self._try(dispositions.appeal, by=self.world.manager, verdict=verdict)

    @rule(who=someone, second=someone, reason=reasons)
    def disqualify(self, who: str, second: str, reason: str) -> None:
        users = self.world.users
        self._try(dispositions.disqualify, by=users[who], second_person=users[second], reason=reason)

    @rule(who=someone, of=st.integers(0, 3))
    def merge_duplicate(self, who: str, of: int) -> None:
        other = self.leads[of % len(self.leads)]
        self._try(dispositions.merge_duplicate, by=self.world.users[who], duplicate_of=other)

    @rule(who=someone)
    def give_up(self, who: str) -> None:
        self._try(dispositions.give_up, by=self.world.users[who], return_on=self.now.date())

    @rule(who=someone, reason=words)
    def unregister(self, who: str, reason: str) -> None:
        self._try(corrections.unregister, by=self.world.users[who], reason=reason)

    @rule(who=someone, second=someone, reason=words)
    def reopen(self, who: str, second: str, reason: str) -> None:
        users = self.world.users
        self._try(corrections.reopen, by=users[who], second_person=users[second], reason=reason)

    @rule(who=someone, hours=st.integers(-2, 2))
    def self_source(self, who: str, hours: int) -> None:
        demand = {"account": self.world.account, "department": self.world.department, "offering": self.world.offering}
        met = self.now - timedelta(hours=hours)
        refusal = unchanged_if_refused(
            lambda: self.leads.append(
                leads.self_source(**demand, by=self.world.users[who], now=self.now, first_touch=met)
            )
        )
        assert refusal is None or refusal.code in ("role", "first_touch_ahead", "open_lead_exists")

    @invariant()
    def every_matured_lead_is_one_of_three(self) -> None:
        n = {row.metric.key: row.value for row in metrics.evaluate(PARTITION, as_of=self.now)}
        assert n["leads_accepted_in_time"] + n["leads_rejected"] + n["leads_ignored"] == n["leads_matured"]
        assert n["leads_matured"] + n["leads_open"] == n["leads_handed_over"]

    @invariant()
    def every_promise_holds(self) -> None:
        """The five invariants, replay of every row among them. The clock may be late: its job is a rule above."""
        late = [b for b in invariants.check(now=self.now) if not b.what.startswith("unanswered")]
        assert late == []


STEPS_EACH = 30
STEPS = int(os.environ.get("ABM_ACTS_STEPS", "300"))
"""How many acts to try in all; 10000 before a release."""

bounded = settings(
    max_examples=max(1, STEPS // STEPS_EACH),
    stateful_step_count=STEPS_EACH,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_any_order_of_acts_keeps_every_invariant(db):

    class Fresh(Waterfall):
        """Each run in a savepoint of its own, undone afterwards."""

        def __init__(self) -> None:
            self.undone = transaction.atomic()
            self.undone.__enter__()
            super().__init__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    run_state_machine_as_test(Fresh, settings=bounded)
