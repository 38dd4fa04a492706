"""Operations: is the background work getting done? Queues, last runs, failures, the outbox."""

from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from abm.celery import app
from abm.web.answers import done
from abm.web.requests import PageRequest
from accounts.consent import Erasure
from audit import outbox, runs
from audit.enums import RunState
from audit.models import OutboxMessage, TaskRun
from users.models import Letter

MOST = 20


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Everything an admin asks at three in the morning."""
    failed_messages = OutboxMessage.objects.exclude(failed_at=None).order_by("-failed_at")
    last_runs = _last_runs()
    lost = runs.are_lost(last_runs)
    for run in lost:
        run.state, run.error = RunState.FAILED, runs.LOST
    context = {
        "queues": _queues(),
        "runs": last_runs,
        "failures": [*lost, *TaskRun.objects.filter(state=RunState.FAILED).order_by("-id")[:MOST]],
        "lanes": _lanes(),
        "failed_messages": failed_messages[:MOST],
        "letters": _letters(),
        "erasures": _erasures(),
        "beat": [(entry["task"], _when(entry["schedule"])) for _name, entry in sorted(app.conf.beat_schedule.items())],
        "now": timezone.now(),
    }
    return render(request, "operations/index.html", context)


def _when(schedule: Any) -> str:
    """A schedule in words; those of the calendar run once a day."""
    if isinstance(schedule, timedelta):
        return _("every %(n)s s") % {"n": round(schedule.total_seconds())}
    return _("daily at %(time)s") % {"time": f"{min(schedule.hour):02}:{min(schedule.minute):02}"}


def _queues() -> list[tuple[str, int | None]]:
    """Each queue's length; None where the broker does not answer."""
    names = [queue.name for queue in app.conf.task_queues or ()] or [app.conf.task_default_queue]
    try:
        broker = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
        return [(name, int(broker.llen(name))) for name in names]
    except redis.RedisError:
        return [(name, None) for name in names]


def _last_runs() -> list[TaskRun]:
    last = TaskRun.objects.values("task").annotate(last=Max("pk")).values("last")
    return list(TaskRun.objects.filter(pk__in=last).order_by("task"))


def _lanes() -> Any:
    """What waits in the outbox: how many, since when, how many were tried in vain."""
    waiting = Q(delivered_at=None, failed_at=None)
    found = OutboxMessage.objects.filter(delivered_at=None).values("lane").order_by("lane")
    return found.annotate(
        waiting=Count("pk", filter=waiting),
        oldest=Min("created_at", filter=waiting),
        failed=Count("pk", filter=Q(failed_at__isnull=False)),
    )


def _letters() -> dict[str, int]:
    """How many letters wait and have failed."""
    return {"waiting": Letter.objects.waiting().count(), "failed": Letter.objects.failed().count()}


def _erasures() -> dict[str, Any]:
    """How many persons wait to be erased, and those for whom somebody has to look."""
    late = Erasure.objects.late(timezone.now()).select_related("by")
    return {"waiting": Erasure.objects.waiting().count(), "late": late.order_by("at")[:MOST]}


@require_POST
def replay(request: PageRequest, message_id: int) -> HttpResponse:
    """Lets a message that failed be tried again."""
    message = get_object_or_404(OutboxMessage.objects.exclude(failed_at=None), pk=message_id)
    outbox.replay(message, now=timezone.now())
    return done(request, _("It will be tried again at once."), "operations")
