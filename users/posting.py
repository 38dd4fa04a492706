"""Letters to users: which ones an event makes, and how they leave by mail or chat.

An event's letters are written in the transaction that tells it (`notices.tell`), once per event, user and channel.
They leave afterwards, at least once: a repeat carries the same Message-ID (docs/decisions/0009).
"""

import json
import smtplib
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from audit import calling, log, outward, sending
from audit.sending import Never, NotYet
from users import letters, quiet_hours
from users.enums import Channel, Route
from users.kinds import of as kind_of
from users.models import Letter, Notification, User
from users.preferences import route_of

RETRY = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""The waits after each try in vain; then the letter has failed and an admin may replay it."""


KEPT_FOR = timedelta(days=90)
"""So long a letter that was sent can be looked up; what failed stays until it is sent."""


class PostingRefused(ValueError):
    """No letter was written; the text says why."""


def channels(user: User) -> list[Channel]:
    """By what letters reach the user now."""
    if not user.is_active or user.is_service:
        return []
    mail = [Channel.MAIL] if settings.MAIL_ON and user.mails and user.email else []
    return mail + ([Channel.CHAT] if user.chat_url else [])


def address(notice: Notification, *, now: datetime) -> None:
    """Writes the letters a new notice makes by its reader's choices: now, for the digest, or none."""
    user, route = notice.user, route_of(notice.user, notice.kind)
    if route is Route.DIGEST:
        notice.for_digest = True
        notice.save(update_fields=["for_digest"])
    made = channels(user) if route is Route.NOW else []
    rows = [_letter(user, channel, f"{channel}:{notice.pk}", now, notification=notice) for channel in made]
    Letter.objects.bulk_create([*rows, *_to_team(notice, now)], ignore_conflicts=True)


def _to_team(notice: Notification, now: datetime) -> list[Letter]:
    """One post per event in the team's channel, however many of the team are told. A team sleeps by turns."""
    team = notice.user.team
    if team is None or not team.chat_url or not kind_of(notice.kind).for_team:
        return []
    key = f"{Channel.TEAM_CHAT}:{team.pk}:{notice.key}"
    row = _letter(notice.user, Channel.TEAM_CHAT, key, now, notification=notice)
    row.team, row.available_at = team, now
    return [row]


def _letter(user: User, channel: Channel, key: str, now: datetime, **fields: Any) -> Letter:
    """An unsaved letter that leaves when the reader's quiet hours are over."""
    leaves = quiet_hours.next_open(now, user.quiet, user.zone)
    return Letter(user=user, channel=channel, key=key, created_at=now, available_at=leaves, **fields)


def digest(user: User, *, key: str, now: datetime) -> Letter | None:
    """Writes the digest's letter: by mail, else by chat; None where nothing reaches the user."""
    reached = channels(user)
    if not reached:
        return None
    letter = _letter(user, reached[0], key, now, is_digest=True)
    letter.save(force_insert=True)
    return letter


def test(user: User, *, now: datetime) -> list[Letter]:
    """A test letter by every channel of the user's, at once even in quiet hours. Raises PostingRefused."""
    reached = channels(user)
    if not reached:
        raise PostingRefused(_("There is no mail address and no chat to send a test to."))
    minute = f"{now:%Y%m%d%H%M}"
    rows = [_letter(user, channel, f"test:{channel}:{user.pk}:{minute}", now) for channel in reached]
    if Letter.objects.filter(key__in=[row.key for row in rows]).exists():
        raise PostingRefused(_("A test was just sent. Please wait a minute."))
    for row in rows:
        row.available_at = now
    made = Letter.objects.bulk_create(rows, ignore_conflicts=True)
    log.record("posting.test", user, by=user, at=now)
    return made


def replay(letter: Letter, *, by: User, now: datetime) -> bool:
    """Lets a failed letter leave at once, as the same; False if it has not failed."""
    if not Letter.objects.failed().filter(pk=letter.pk).exists() or not sending.replay(letter, now=now):
        return False
    log.record("posting.replay", letter, by=by, at=now)
    return True


def replay_failed(*, by: User, now: datetime) -> int:
    """Lets all failed letters leave at once; returns how many."""
    failed = list(Letter.objects.failed())
    return sum(replay(letter, by=by, now=now) for letter in failed)


def send_waiting(*, now: datetime) -> dict[str, int]:
    """Sends the letters that are due; returns counts."""
    letters_due = Letter.objects.select_related("notification", "user__team__calendar", "team")
    return sending.work_off(letters_due, lambda letter: send(letter, now=now), now=now, retry=RETRY)


def send(letter: Letter, *, now: datetime) -> None:
    """Sends one letter. Raises NotYet where another try may help, Never where none will."""
    if not letter.user.is_active:
        raise Never(_("The user can no longer sign in."))
    written = letters.write(letter, now)
    if letter.channel == Channel.MAIL:
        _mail(letter, written)
    else:
        _post(letter, written)


def _mail(letter: Letter, written: letters.Written) -> None:
    mail = _message(letter, written)
    try:
        mail.send()
    except smtplib.SMTPAuthenticationError as error:
        raise NotYet(_said(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _verdict(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPResponseException as error:
        raise _verdict(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotYet(f"{type(error).__name__}: {error}") from error


def _message(letter: Letter, written: letters.Written) -> EmailMultiAlternatives:
    """Raises Never for an address no mail can go to."""
    to = letter.user.email
    try:
        validate_email(to)
    except ValidationError as error:
        raise Never(_("The mail address is none.")) from error
    headers = {
        "Message-ID": f"<{letter.public_id}@{urlsplit(settings.BASE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{letters.url(letters.CHOICES)}>",
    }
    mail = EmailMultiAlternatives(written.subject, written.text, to=[to], headers=headers)
    mail.attach_alternative(written.html, "text/html")
    return mail


def _verdict(code: int, said: bytes | str) -> Exception:
    """A server's 5xx is for good; anything else may pass."""
    return Never(_said(code, said)) if 500 <= code < 600 else NotYet(_said(code, said))


def _said(code: int, said: bytes | str) -> str:
    return f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"


def _post(letter: Letter, written: letters.Written) -> None:
    hook = letter.team or letter.user
    if not hook.chat_url:
        raise Never(_("The chat has been taken out of the settings."))
    body = json.dumps(letters.for_chat(written, hook.chat_service)).encode()
    try:
        answer = calling.post(hook.chat_url, body, headers={"Content-Type": "application/json"})
    except outward.Inward as error:
        raise Never(str(error)) from error
    except calling.Unreachable as error:
        raise NotYet(str(error)) from error
    _judge(answer)


def _judge(answer: calling.Answer) -> None:
    """2xx is a yes; too many, too slow and a server's fault may pass; other answers are for good."""
    status, said = answer.status, f"{answer.status} {answer.body[:200].decode(errors='replace')}"
    if 200 <= status < 300:
        return
    passing = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
    raise NotYet(said) if status >= 500 or status in passing else Never(said)


def forget_old(*, now: datetime) -> int:
    """Lets go of letters sent more than `KEPT_FOR` ago; the notices they told of stay. Returns how many."""
    return Letter.objects.filter(sent_at__lt=now - KEPT_FOR).delete()[1].get("users.Letter", 0)
