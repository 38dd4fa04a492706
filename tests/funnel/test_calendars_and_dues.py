"""A calendar counts for what is handed over from then on; a due that is set stays."""

from datetime import timedelta

from funnel import leads, policies
from funnel.enums import Stage
from funnel.models import Lead
from tests.funnel.people import DUE, NOW, lead_at, waiting
from users import arranging
from users.models import BusinessCalendar

DAY = timedelta(days=1)


def test_a_changed_calendar_leaves_running_dues_alone(world):
    lead = waiting(world)
    calendar = BusinessCalendar.objects.get(name="Tokyo office")
    arranging.change(calendar, by=world.admin, now=NOW, closed_days=["2026-11-25"])
    assert (Lead.objects.get().due_at, lead.handoffs.get().due_at) == (DUE, DUE)
    world.rep.refresh_from_db()
    other = lead_at(world, Stage.MQL, department=None)
    leads.hand_over(other, assignee=world.rep, by=world.marketer, now=NOW)
    assert other.due_at == DUE + DAY


def test_a_preview_counts_by_the_calendar_as_drawn(world):
    told = {"name": "Drawn", "closed_days": ["2026-11-25"]}
    drawn = arranging.drawn(BusinessCalendar(), told, today=NOW.date())
    assert policies.due_by(drawn, NOW) == DUE + DAY
    assert not BusinessCalendar.objects.filter(name="Drawn").exists()
