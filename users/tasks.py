"""Background doors of the users floor."""

from celery import shared_task
from django.utils import timezone

from audit import runs
from users import digests, posting


@shared_task(name="users.tasks.send_letters", acks_late=False)
def send_letters(**_: object) -> None:
    """Sends what is due to leave; acknowledged early, since the table is the truth and beat comes round."""
    with runs.recorded("users.send_letters") as counts:
        counts.update(posting.send_waiting(now=timezone.now()))


@shared_task(name="users.tasks.gather_digests")
def gather_digests(**_: object) -> None:
    """Writes the digests whose hour has come."""
    with runs.recorded("users.gather_digests") as counts:
        counts.update(digests.gather(now=timezone.now()))


@shared_task(name="users.tasks.forget_letters")
def forget_letters(**_: object) -> None:
    """Lets go of letters sent long ago."""
    with runs.recorded("users.forget_letters") as counts:
        counts["forgotten"] = posting.forget_old(now=timezone.now())
