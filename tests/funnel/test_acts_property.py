"""Any order of acts by anyone at any time: the invariants hold after each, and a refusal changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from funnel import deals, invariants, leads, overdue
from funnel.enums import MoveName, Stage
from funnel.models import Lead
from funnel.refusals import MoveRefused
from funnel.story import columns_of, state_of
from tests.funnel import people

WHO = ["marketer", "rep", "other_rep", "manager", "partner", "analyst", "clock"]
REASONS = ["NO_NEED", "TIMING", "WRONG_OWNER", "OTHER", "NO_SUCH"]
BANTS = [["need"], ["need", "budget"]]
someone = st.sampled_from(WHO)
reasons = st.sampled_from(REASONS)


def unchanged_if_refused(act: Callable[[], object]) -> MoveRefused | None:
    """The refusal, if there was one; it is worded, names legal moves only, and left every row as it was."""
    before = people.everything()
    try:
        act()
    except MoveRefused as error:
        refusal = error
    else:
        return None
    assert people.everything() == before
    assert str(refusal)
    assert all(isinstance(name, MoveName) for name in refusal.allowed_moves)
    return refusal


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
        """An act on the latest lead succeeds, or is refused and has changed nothing."""
        lead = Lead.objects.get(pk=self.leads[-1].pk)
        unchanged_if_refused(lambda: act(lead, now=self.now, **arguments))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def the_clock_comes_round(self) -> None:
        overdue.ignore_overdue(now=self.now, by=self.world.clock)

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

    @invariant()
    def every_promise_holds(self) -> None:
        late = [b for b in invariants.check(now=self.now) if not b.what.startswith("unanswered")]
        assert late == []

    @invariant()
    def rows_are_their_replay(self) -> None:
        for lead in Lead.objects.all():
            told = columns_of(state_of(lead))
            assert {name: getattr(lead, name) for name in told} == told


quick = settings(
    max_examples=12,
    stateful_step_count=20,
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

    run_state_machine_as_test(Fresh, settings=quick)
