"""What is shown beside a lead's stage: a question, time running out, no contact, an appeal, off the list."""

from datetime import datetime, timedelta

from funnel import clocks
from funnel.enums import Flag, Stage
from funnel.models import Handoff, Lead
from funnel.policies import Promises
from funnel.replay import State
from users.calendars import BusinessCalendar


def of(lead: Lead, state: State, handoff: Handoff | None, *, now: datetime) -> list[Flag]:
    """The flags that hold now."""
    holds = {
        Flag.QUESTION: state.question_at is not None,
        Flag.AT_RISK: is_at_risk(lead, state, handoff, now),
        Flag.APPEALED: state.appealed,
        Flag.GHOST: lead.ghost_at is not None,
        Flag.OFF_LIST: lead.mql_at is not None and not lead.on_list,
    }
    return [flag for flag, is_set in holds.items() if is_set]


def is_at_risk(lead: Lead, state: State, handoff: Handoff | None, now: datetime) -> bool:
    """Whether 80 % of the answer's business time is used, pauses not counted; never while the clock is paused."""
    if handoff is None or state.stage is not Stage.MQL or not state.open_handoff or state.question_at:
        return False
    return clocks.is_at_risk(handoff.sent_at, handoff.due_at, now, *_given(lead, handoff, Promises.load()))


def short_from(lead: Lead, handoff: Handoff, promises: Promises) -> datetime:
    """The moment from which 80 % of an answer's business time is used, as long as the clock runs."""
    return clocks.at_risk_from(handoff.sent_at, handoff.due_at, *_given(lead, handoff, promises))


def _given(lead: Lead, handoff: Handoff, promises: Promises) -> tuple[BusinessCalendar, timedelta]:
    """The calendar of the answer's clock, and the business time it stood still."""
    calendar = promises.calendar_of(handoff.assignee, handoff.sent_at)
    promised = timedelta(hours=promises.policy(lead, handoff.team_id, handoff.sent_at).answer_hours)
    given = clocks.business_time_between(handoff.sent_at, handoff.due_at, calendar)
    return calendar, max(given - promised, timedelta(0))
