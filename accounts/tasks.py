"""Background doors of the accounts floor."""

from celery import shared_task
from django.utils import timezone

from accounts import duplicates, opt_outs, recounting
from audit import outbox, runs
from users.models import User


@shared_task(name="accounts.tasks.look_for_duplicates")
def look_for_duplicates(**_: object) -> None:
    """Which companies and persons may be one? Asked of a person, never linked."""
    with runs.recorded("accounts.look_for_duplicates") as counts:
        counts.update(duplicates.look(by=User.objects.system(), now=timezone.now()))


@shared_task(name="accounts.tasks.settle_opt_outs")
def settle_opt_outs(**_: object) -> None:
    """Opts out whoever came in while an opt-out was being written."""
    with runs.recorded("accounts.settle_opt_outs") as counts:
        counts["opted_out"] = opt_outs.settle()


@shared_task(name="accounts.tasks.erase")
def erase(**_: object) -> None:
    """Erases whoever is to be erased; one that fails is tried again later and shown to those who operate."""
    with runs.recorded("accounts.erase") as counts:
        counts.update(outbox.deliver(now=timezone.now(), lane=outbox.ERASURES))


def wake_to_erase() -> None:
    """Asks a worker to erase soon; without a broker, beat comes round anyway."""
    erase.apply_async(retry=False, ignore_result=True)


@shared_task(name="accounts.tasks.count_figures")
def count_figures(code: str = "", **_: object) -> None:
    """Counts the figures of pages that take long; those of one page, where somebody asked."""
    with runs.recorded("accounts.count_figures") as counts:
        counts.update(recounting.run(code, now=timezone.now()))


def wake_to_count(code: str) -> None:
    """Asks a worker to count soon; without a broker, beat comes round anyway."""
    count_figures.apply_async(kwargs={"code": code}, retry=False, ignore_result=True)
