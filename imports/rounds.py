"""Running a drawer round: asking, reminding, closing. Every refusal is a RoundRefused."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import sources
from accounts.enums import Basis, SourceKind
from audit import log
from imports import drawer_links, rules
from imports.drawers import DrawerInvitation, DrawerRound
from imports.enums import DrawerState
from users import kinds, letters, notices
from users.letters import Answer
from users.models import Notification, User
from users.roles import MARKETING, SALES

ASKED = gettext_noop(
    "%(by)s asks for the cards in your drawer until %(due)s: “%(round)s”. A file from your card app is enough."
)
REMINDED = gettext_noop("Your cards are still missing in “%(round)s”. Files are taken until %(due)s.")
BUTTON = gettext_noop("Drop my card file")
KIND = "drawer.asked"
HERE = "drawer/"
"""Where somebody signed in finds what they are asked for: a link itself is never stored."""
BETWEEN_REMINDERS = timedelta(hours=20)
BEFORE_THE_END = timedelta(days=2)
ASKABLE = MARKETING | SALES


class RoundRefused(Exception):
    """A round's act that may not be done; the text says why and what to do."""


def register() -> None:
    """The kind of event people make choices about, and the button in its mails."""
    kinds.announce(KIND, gettext_noop("I am asked for my cards"), at_once=ASKABLE, roles=ASKABLE)
    letters.offer(KIND, buttons)


def buttons(notification: Notification, now: datetime) -> list[Answer]:
    """The link to drop files by, while the round takes them."""
    subject = _as_id(notification.subject)
    mine = DrawerInvitation.objects.select_related("round", "user").filter(user=notification.user_id)
    invitation = mine.filter(public_id=subject).first() if subject else None
    if invitation is None or drawer_links.state(invitation, now=now) is not DrawerState.OPEN:
        return []
    return [Answer(BUTTON, drawer_links.path(invitation))]


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@transaction.atomic
def start(*, name: str, due_on: date, people: Collection[User], by: User, now: datetime) -> DrawerRound:
    """Opens a round and asks these people."""
    _require_importer(by)
    name = _checked(name, due_on, now)
    if not people:
        raise RoundRefused(_("Please choose whom to ask."))
    made = DrawerRound.objects.create(name=name, due_on=due_on, created_by=by, created_at=now)
    log.record("rounds.start", made, by=by, at=now, detail={"people": len(people)})
    _invite(made, people, by, now)
    return made


@transaction.atomic
def invite(round_: DrawerRound, people: Collection[User], *, by: User, now: datetime) -> list[DrawerInvitation]:
    """Asks more people; those asked before are left as they are."""
    _require_importer(by)
    round_ = _open(round_, now)
    new = _invite(round_, people, by, now)
    if not new:
        raise RoundRefused(_("They were all asked before."))
    log.record("rounds.invite", round_, by=by, at=now, detail={"people": len(new)})
    return new


def _invite(round_: DrawerRound, people: Iterable[User], by: User, now: datetime) -> list[DrawerInvitation]:
    known = set(round_.invitations.values_list("user", flat=True))
    made = []
    for user in sorted({one for one in people if one.pk not in known}, key=lambda one: one.pk):
        if not user.is_active or user.role not in ASKABLE:
            raise RoundRefused(_("%(name)s cannot be asked: please choose people of marketing or sales.")
                               % {"name": user})  # fmt: skip
        source = sources.ensure(f"drawer-{round_.pk}-{user.pk}", name=f"{round_} · {user}"[:120], kind=SourceKind.CARDS)
        source = sources.amend(source, by=by, now=now, basis=Basis.CARD)
        made.append(DrawerInvitation.objects.create(round=round_, user=user, source=source, invited_at=now))
        _tell(made[-1], ASKED, by, now, f"drawer.asked:{made[-1].pk}")
    return made


@transaction.atomic
def remind(round_: DrawerRound, *, by: User, now: datetime) -> list[DrawerInvitation]:
    """Tells everybody whose files are missing, at most once a day each; returns those who were told."""
    _require_importer(by)
    round_ = _open(round_, now)
    missing = round_.invitations.filter(files=None, user__is_active=True).select_related("user")
    silent = [one for one in missing if now - (one.reminded_at or one.invited_at) >= BETWEEN_REMINDERS]
    if not silent:
        raise RoundRefused(
            _("Nobody is to be reminded now: everybody has answered, or heard of it within the last day.")
        )
    for one in silent:
        one.round, one.reminded_at = round_, now
        one.save(update_fields=["reminded_at"])
        _tell(one, REMINDED, by, now, f"drawer.reminded:{one.pk}:{now.timestamp():.0f}")
    log.record("rounds.remind", round_, by=by, at=now, detail={"people": len(silent)})
    return silent


def remind_before_the_end(*, by: User, now: datetime) -> int:
    """Two days before the last day of a round, as `remind`; returns how many people. May run twice."""
    last = timezone.localtime(now).date() + BEFORE_THE_END
    told = 0
    for found in DrawerRound.objects.filter(closed_at=None, due_on=last):
        with suppress(RoundRefused):
            told += len(remind(found, by=by, now=now))
    return told


@transaction.atomic
def change(round_: DrawerRound, *, name: str, due_on: date, by: User, now: datetime) -> DrawerRound:
    """Names it anew, sets another last day; links given out go on working until then."""
    _require_importer(by)
    round_ = _locked(round_)
    round_.name, round_.due_on = _checked(name, due_on, now), due_on
    round_.save(update_fields=["name", "due_on"])
    log.record("rounds.change", round_, by=by, at=now, detail={"due_on": f"{due_on}"})
    return round_


@transaction.atomic
def close(round_: DrawerRound, *, by: User, now: datetime) -> DrawerRound:
    """Takes no more files; what was dropped stays."""
    _require_importer(by)
    round_ = _locked(round_)
    round_.closed_at = now
    round_.save(update_fields=["closed_at"])
    log.record("rounds.close", round_, by=by, at=now)
    return round_


@transaction.atomic
def renew_link(invitation: DrawerInvitation, *, by: User, now: datetime) -> DrawerInvitation:
    """A new link for one person; those before it end."""
    _require_importer(by)
    _open(invitation.round, now)
    invitation = DrawerInvitation.objects.select_for_update(of=("self",)).select_related("round", "user").get(
        pk=invitation.pk
    )  # fmt: skip
    invitation.link_number += 1
    invitation.tries = 0
    invitation.save(update_fields=["link_number", "tries"])
    log.record("rounds.renew_link", invitation, by=by, at=now)
    return invitation


def _tell(invitation: DrawerInvitation, text: str, by: User, now: datetime, key: str) -> None:
    params = {"by": str(by), "round": invitation.round.name, "due": f"{invitation.round.due_on}"}
    notices.tell(invitation.user_id, key=key, text=text, params=params, link=HERE, now=now, kind=KIND,
                 subject=str(invitation.public_id))  # fmt: skip


def _checked(name: str, due_on: date, now: datetime) -> str:
    if not (name := name.strip()):
        raise RoundRefused(_("Please name the round."))
    if due_on < timezone.localtime(now).date():
        raise RoundRefused(_("The last day lies in the past."))
    return name[:100]


def _locked(round_: DrawerRound) -> DrawerRound:
    round_ = DrawerRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if round_.closed_at:
        raise RoundRefused(_("This round is closed."))
    return round_


def _open(round_: DrawerRound, now: datetime) -> DrawerRound:
    round_ = _locked(round_)
    if not round_.is_open(now):
        raise RoundRefused(_("The last day of this round is over. Set a later one first."))
    return round_


def _require_importer(by: User) -> None:
    if not rules.may_import(by):
        raise RoundRefused(_("Marketing and administrators bring files in."))
