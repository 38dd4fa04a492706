"""What SYSTEM does by itself with leads that wait for marketing, where `Automation` says so: walks of the clock.

All of it goes through the moves table. Each walk may run twice, and late: what is dated by a clock keeps that time.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from funnel import rerouting, routing
from funnel.cases import Case
from funnel.clocks import add_business_hours
from funnel.enums import Disposition, MoveName, Stage
from funnel.models import Automation, Lead
from funnel.policies import Promises
from funnel.querysets import LeadQuerySet
from funnel.routing import Proposal
from funnel.walks import BATCH, walk
from users.models import User

SETTLED = timedelta(minutes=1)
"""How long a rejection may still be taken back by who gave it."""
RETURN_DAYS = {"LOW_INTENT": 60, "TIMING": 90, "NO_BUDGET": 180, "COMPETITOR_LOCKED": 365}
DEFAULT_RETURN_DAYS = 90
"""When a lead that SYSTEM recycles comes back, by the reason of its rejection."""


def come_round(*, now: datetime, by: User) -> dict[str, int]:
    """The walks that are switched on; returns counts."""
    switches = Automation.current()
    counts: dict[str, int] = {}
    if switches.requeues:
        counts |= requeue(now=now, by=by)
    if switches.recycles:
        counts |= recycle(now=now, by=by)
    if switches.reclaims_ghosts:
        counts |= reclaim(now=now, by=by, hours=switches.ghost_hours)
    if switches.routes:
        counts |= route(now=now, by=by)
    return counts


def route(*, now: datetime, by: User, batch: int = BATCH) -> dict[str, int]:
    """Delivers what waits for routing, by the rules; what cannot be stays, and the desk shows why."""
    waiting = Lead.objects.without_samples().to_route().select_related(*routing.LISTED).order_by("mql_at", "pk")
    routed = routing.hand_over_proposed(waiting[:batch], by=by, now=now)
    return {"routed": len(routed.delivered), "not_routed": len(routed.left)}


def requeue(*, now: datetime, by: User, batch: int = BATCH) -> dict[str, int]:
    """Somebody else's lead goes to whose it is, where the rules know exactly one; else marketing decides."""
    rejected = _rejected_for(Disposition.REQUEUE)

    def send_on(case: Case) -> bool:
        if case.state.appeal_open or now <= _since(case) + SETTLED:
            return False
        proposal = _elsewhere(case.lead, now)
        if proposal.assignee is None or proposal.conflicts or not proposal.is_only_one:
            return False
        return bool(rerouting.requeue(case.lead, by=by, now=now, assignee=proposal.assignee))

    return walk(rejected, send_on, "requeued", now, batch)


def recycle(*, now: datetime, by: User, batch: int = BATCH) -> dict[str, int]:
    """What was too early, and nobody of marketing took up in its time, goes back until its day."""
    rejected, promises = _rejected_for(Disposition.RECYCLE), Promises.load()

    def put_back(case: Case) -> bool:
        due = promises.disposition_due(case.lead, _since(case))
        if case.state.appeal_open or now <= due:
            return False
        reason = case.lead.reject_reason
        days = RETURN_DAYS.get(case.state.reason, DEFAULT_RETURN_DAYS)
        back = timezone.localdate(due + timedelta(days=days))
        condition = {"return_on": back}
        move = case.require(MoveName.RECYCLE, by=by, data={"reason": reason, "return_condition": condition})
        told = {"return_condition": condition}
        return bool(case.write(move, by=by, at=due, reason=reason, data=told, columns={"return_on": back}))

    return walk(rejected, put_back, "recycled", now, batch)


def reclaim(*, now: datetime, by: User, hours: int, batch: int = BATCH) -> dict[str, int]:
    """A ghost nobody has called within `hours` business hours goes to whom the rules name, else to the manager."""
    ghosts = Lead.objects.without_samples().filter(stage=Stage.SAL, ghost_at__lt=now, first_touch_at=None)
    promises = Promises.load()

    def take_back(case: Case) -> bool:
        lead, since = case.lead, case.lead.ghost_at
        if since is None or now <= add_business_hours(since, hours, promises.calendar(lead.team)):
            return False
        proposal = _elsewhere(lead, now)
        other = proposal.assignee or (lead.assignee.manager if lead.assignee else None)
        if other is None or other == lead.assignee or proposal.conflicts:
            return False
        return bool(rerouting.reclaim(lead, by=by, now=now, assignee=other))

    return walk(ghosts, take_back, "reclaimed", now, batch)


def _rejected_for(disposition: Disposition) -> LeadQuerySet:
    return Lead.objects.without_samples().rejected_waiting().filter(reject_reason__disposition=disposition)


def _since(case: Case) -> datetime:
    """Since when marketing may act: the rejection, or the verdict that upheld it."""
    return case.lead.moves.order_by("-seq").values_list("at", flat=True)[0]


def _elsewhere(lead: Lead, now: datetime) -> Proposal:
    """Whom the rules name beside the present assignee."""
    listed = Lead.objects.select_related(*routing.LISTED).get(pk=lead.pk)
    return routing.propose([listed], now=now, to_others=True)[0]
