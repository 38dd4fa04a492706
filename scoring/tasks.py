"""Background doors of scoring."""

from celery import shared_task
from django.utils import timezone

from audit import outbox, runs
from scoring import recompute
from users.models import User


@shared_task(name="scoring.tasks.score_new_touches")
def score_new_touches(**_: object) -> None:
    """Adds touches that wait to be counted."""
    with runs.recorded("scoring.score_new_touches") as counts:
        counts.update(outbox.deliver(now=timezone.now(), lane=outbox.SCORES))


@shared_task(name="scoring.tasks.recompute_all")
def recompute_all(**_: object) -> None:
    """Counts every touch again."""
    with runs.recorded("scoring.recompute_all") as counts:
        counts.update(recompute.run(by=User.objects.system(), now=timezone.now()))


def wake() -> None:
    """Asks a worker to count soon."""
    score_new_touches.apply_async(retry=False)
