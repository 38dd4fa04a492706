"""What a mail to a user says, and the answers it offers as buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from users.models import Notification


@dataclass(frozen=True)
class Answer:
    """A button in a mail: `label` is a msgid, `path` an address of ours beginning with a slash."""

    label: str
    path: str


Maker = Callable[[Notification, datetime], list[Answer]]
_makers: dict[str, Maker] = {}


def offer(kind: str, maker: Maker) -> None:
    """Registers who makes the buttons of mails of this kind; called from an app's `ready()`.

    `maker(notification, now)` finds what it is about by `notification.subject`; it answers with an empty list where
    nothing is left to decide. It runs when the mail is written, for each try again.
    """
    _makers[kind] = maker


def answers(notification: Notification, now: datetime) -> list[Answer]:
    """The buttons of the mail about this notice; none for kinds nobody offers answers for."""
    maker = _makers.get(notification.kind)
    return maker(notification, now) if maker else []
