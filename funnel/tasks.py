"""Background doors of the funnel."""

import logging

from celery import shared_task
from django.utils import timezone

from audit import runs
from funnel import dispatch, feedback, follow_up, invariants, overdue, recoding, returning, rollups, transfers
from users.models import User

logger = logging.getLogger(__name__)


@shared_task(name="funnel.tasks.ignore_overdue")
def ignore_overdue(**_: object) -> None:
    """The clocks of answers: marketing's, sales', escalation and giving up."""
    with runs.recorded("funnel.ignore_overdue") as counts:
        counts.update(overdue.come_round(now=timezone.now(), by=User.objects.system()))


@shared_task(name="funnel.tasks.dispatch")
def dispatch_by_itself(**_: object) -> None:
    """What SYSTEM delivers, requeues, recycles and reclaims by itself."""
    with runs.recorded("funnel.dispatch") as counts:
        counts.update(dispatch.come_round(now=timezone.now(), by=User.objects.system()))


@shared_task(name="funnel.tasks.start_next_trips")
def start_next_trips(**_: object) -> None:
    """The recycled leads whose day has come."""
    with runs.recorded("funnel.start_next_trips") as counts:
        counts.update(returning.start_due(now=timezone.now(), by=User.objects.system()))


@shared_task(name="funnel.tasks.follow_up")
def watch_follow_up(**_: object) -> None:
    """The first-touch clock."""
    with runs.recorded("funnel.follow_up") as counts:
        counts.update(follow_up.watch(now=timezone.now(), by=User.objects.system()))


@shared_task(name="funnel.tasks.remind_of_recoding")
def remind_of_recoding(**_: object) -> None:
    """Weekly, while too many rejections name no reason."""
    with runs.recorded("funnel.remind_of_recoding") as counts:
        counts.update(recoding.remind(now=timezone.now()))


@shared_task(name="funnel.tasks.check_invariants")
def check_invariants(**_: object) -> None:
    """Reports, nightly, whatever breaks the waterfall's promises."""
    with runs.recorded("funnel.check_invariants") as counts:
        counts["breaches"] = 0
        for breach in invariants.check(now=timezone.now()):
            counts["breaches"] += 1
            logger.error("invariant %s, lead %s: %s", breach.invariant, breach.lead_id, breach.what)


@shared_task(name="funnel.tasks.roll_up")
def roll_up(**_: object) -> None:
    """Renews the stored counts of the months whose figures may have changed."""
    with runs.recorded("funnel.roll_up") as counts:
        counts.update(rollups.roll_up(now=timezone.now()))


@shared_task(name="funnel.tasks.ask_for_feedback")
def ask_for_feedback(**_: object) -> None:
    """Feedback on accepted leads that is due."""
    with runs.recorded("funnel.ask_for_feedback") as counts:
        counts.update(feedback.open_due(now=timezone.now(), by=User.objects.system()))


@shared_task(name="funnel.tasks.record_transfers")
def record_transfers(**_: object) -> None:
    """Writes down what partner firms were given of persons' data."""
    with runs.recorded("funnel.record_transfers") as counts:
        counts.update(transfers.record(now=timezone.now()))
