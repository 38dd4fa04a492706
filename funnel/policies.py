"""Which clocks were promised, and by whose calendar they run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from funnel import clocks
from funnel.models import Handoff, Lead
from funnel.replay import State
from funnel.terms import Policy, Terms
from users import absences
from users.calendars import BusinessCalendar
from users.models import Absence, Team, User
from users.models import BusinessCalendar as StoredCalendar


@dataclass
class Promises:
    """All policies and the calendars met so far: read once, asked for one lead or for thousands."""

    policies: list[Policy]
    calendars: dict[int | None, BusinessCalendar] = field(default_factory=dict)
    absences: dict[int, list[Absence]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Promises":
        """Reads the policies; calendars follow as teams come up."""
        return cls(list(Policy.objects.order_by("-active_from", "-version")))

    def policy(self, lead: Lead, team_id: int | None, at: datetime) -> Policy:
        """The newest policy in force for the partner, else the source, else the tier, else for all."""
        in_force = [policy for policy in self.policies if policy.active_from <= at]
        fitting = [policy for policy in in_force if _fits(policy, lead, team_id)]
        return max(fitting, key=_precision, default=Policy())

    def calendar(self, team: Team | None) -> BusinessCalendar:
        """The team's calendar; the usual one where it has none."""
        key = team.pk if team else None
        if key not in self.calendars:
            stored = team.calendar if team else None
            self.calendars[key] = stored.as_rule() if stored else BusinessCalendar()
        return self.calendars[key]

    def calendar_of(self, assignee: User, known_at: datetime) -> BusinessCalendar:
        """The assignee's: the team's without the days off known at `known_at`. A due is never moved by a later one."""
        if assignee.pk not in self.absences:
            self.absences[assignee.pk] = absences.all_of(assignee)
        absent = absences.days_known(self.absences[assignee.pk], known_at)
        team = self.calendar(assignee.team)
        return team.without(absent) if absent else team

    def answer_due(self, lead: Lead, assignee: User, sent_at: datetime) -> datetime:
        """When the answer to a delivery is due."""
        hours = self.policy(lead, assignee.team_id, sent_at).answer_hours
        return clocks.add_business_hours(sent_at, hours, self.calendar_of(assignee, sent_at))

    def first_touch_due(self, lead: Lead, assignee: User, accepted_at: datetime) -> datetime:
        """When the first touch after an acceptance is due."""
        hours = self.policy(lead, assignee.team_id, accepted_at).first_touch_hours
        return clocks.add_business_hours(accepted_at, hours, self.calendar_of(assignee, accepted_at))

    def routing_due(self, lead: Lead, qualified_at: datetime) -> datetime:
        """When marketing should have delivered a qualified lead; by the usual calendar, since it has no team yet."""
        hours = self.policy(lead, None, qualified_at).routing_hours
        return clocks.add_business_hours(qualified_at, hours, self.calendar(None))

    def disposition_due(self, lead: Lead, rejected_at: datetime) -> datetime:
        """When marketing should have decided what becomes of a rejected lead."""
        hours = self.policy(lead, lead.team_id, rejected_at).disposition_hours
        return clocks.add_business_hours(rejected_at, hours, self.calendar(lead.team))

    def escalation_at(self, lead: Lead, ignored_at: datetime) -> datetime:
        """When an ignored lead that is still unanswered is offered to the manager."""
        hours = self.policy(lead, lead.team_id, ignored_at).escalation_hours
        return clocks.add_business_hours(ignored_at, hours, self.calendar(lead.team))

    def give_up_at(self, lead: Lead, ignored_at: datetime) -> datetime:
        """When the clock may give an ignored lead up."""
        days = self.policy(lead, lead.team_id, ignored_at).give_up_days
        return clocks.add_business_days(ignored_at, days, self.calendar(lead.team))

    def answer_hours(self, team: Team | None, sent_at: datetime, answered_at: datetime, state: State) -> float:
        """How long an answer took, in the team's business hours, pauses not counted."""
        return clocks.waiting_hours(sent_at, answered_at, state.pauses, self.calendar(team))

    def answer_limit(self, lead: Lead, asked_at: datetime) -> datetime:
        """When marketing's answer to a question is due."""
        hours = self.policy(lead, lead.team_id, asked_at).question_hours
        return clocks.add_business_hours(asked_at, hours, self.calendar(lead.team))

    def resumed_due(self, lead: Lead, state: State, at: datetime, handoff: Handoff | None) -> datetime | None:
        """The due once an open question ends at `at`; None where the clock was not paused. `handoff`: the open one."""
        if not state.question_at or not state.answer_due_at:
            return None
        calendar = self.calendar_of(handoff.assignee, handoff.sent_at) if handoff else self.calendar(lead.team)
        return clocks.resumed_due(state.answer_due_at, state.question_at, at, calendar)


def due_by(calendar: StoredCalendar, now: datetime) -> datetime:
    """When an answer to any lead handed over now would be due, if its team worked by this calendar."""
    hours = Promises.load().policy(Lead(), None, now).answer_hours
    return clocks.add_business_hours(now, hours, calendar.as_rule())


def terms_before(terms: Terms, at: datetime) -> Policy:
    """What counts at `at` for the leads these terms are for: their own version in force, else the more general."""
    lead = Lead(tier=terms.tier, source_id=terms.source_id)
    return Promises.load().policy(lead, terms.partner_id, at)


def sorted_out(policies: Iterable[Policy], at: datetime) -> tuple[list[Policy], list[Policy], list[Policy]]:
    """In force at `at`, one for each tier, source and partner; signed and coming; replaced. Given newest first."""
    in_force: dict[Any, Policy] = {}
    coming, replaced = [], []
    for policy in policies:
        if policy.active_from > at:
            coming.append(policy)
        elif in_force.setdefault((policy.tier, policy.source_id, policy.partner_id), policy) is not policy:
            replaced.append(policy)
    return sorted(in_force.values(), key=_precision), coming, replaced


def _fits(policy: Policy, lead: Lead, team_id: int | None) -> bool:
    return (
        policy.partner_id in (None, team_id)
        and policy.source_id in (None, lead.source_id)
        and policy.tier in ("", lead.tier)
    )


def _precision(policy: Policy) -> tuple[bool, bool, bool]:
    """The first of the most precise wins `max`: policies are read newest first."""
    return policy.partner_id is not None, policy.source_id is not None, policy.tier != ""
