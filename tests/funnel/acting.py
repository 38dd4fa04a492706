"""What the state machine over the acts stands on: trying an act, and what must hold after each."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis.stateful import RuleBasedStateMachine, invariant

from audit import doors
from audit.enums import Door
from funnel import invariants, metrics, partition
from funnel.answer_links import LinkRefused
from funnel.enums import MoveName
from funnel.feedback import FeedbackRefused
from funnel.models import Lead
from funnel.refusals import MoveRefused
from tests.funnel import people
from tests.funnel.people import World
from users.absences import AbsenceRefused

PARTITION = [*partition.PARTS, partition.WHOLE, "leads_open", "leads_handed_over"]
REFUSALS = (MoveRefused, LinkRefused, AbsenceRefused, FeedbackRefused)


class Acting(RuleBasedStateMachine):
    """The lead whose turn it is, a moving clock, and whether anything changed since the last look."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.now = people.NOW
        self.leads: list[Lead] = []
        self.turn = 0
        self.links: list[str] = []
        self.seen: str | None = None
        self.is_checked = True

    def _attempt(self, act: Callable[[], object]) -> Exception | None:
        """The refusal, if there was one; it is worded, names legal moves only, and left every row as it was."""
        before = self.seen or people.fingerprint()
        try:
            act()
        except REFUSALS as error:
            refusal = error
        else:
            self.seen, self.is_checked = None, False
            return None
        self.seen = people.fingerprint()
        assert self.seen == before
        assert str(refusal)
        assert all(isinstance(name, MoveName) for name in getattr(refusal, "allowed_moves", []))
        return refusal

    def _try(self, act: Callable[..., object], *, door: Door = Door.PAGE, **told: object) -> None:
        """An act on the lead whose turn it is succeeds, or is refused and has changed nothing."""
        with doors.through(door):
            self._attempt(lambda: act(self._lead(), now=self._a_second_later(), **told))

    def _lead(self) -> Lead:
        return Lead.objects.get(pk=self.leads[self.turn].pk)

    def _a_second_later(self, seconds: int = 1) -> datetime:
        """No two acts at one second."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def _by_itself(self, *walks: Callable[..., dict[str, int]], **told: object) -> None:
        """What SYSTEM does is never refused."""
        for walk in walks:
            assert self._attempt(lambda walk=walk: self._done(walk(now=self.now, **told))) is None

    def _done(self, counts: dict[str, int]) -> None:
        assert counts.get("failed", 0) == 0, counts

    @invariant()
    def every_matured_lead_is_one_of_three_and_every_promise_holds(self) -> None:
        """The five invariants, replay of every row among them. The clock may be late: its job is a rule above."""
        if self.is_checked:
            return
        self.is_checked = True
        n = {row.metric.key: row.value for row in metrics.evaluate(PARTITION, as_of=self.now)}
        assert n["leads_accepted_in_time"] + n["leads_rejected"] + n["leads_ignored"] == n["leads_matured"]
        assert n["leads_matured"] + n["leads_open"] == n["leads_handed_over"]
        late = [b for b in invariants.check(now=self.now) if not b.what.startswith("unanswered")]
        assert late == []
