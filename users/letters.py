"""What a letter to a user says, in its reader's language; upper floors offer the buttons and the words they know."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from users import kinds
from users.enums import Channel, ChatService
from users.models import Letter, Notification, User

CHOICES = "/settings/messages/"
"""Where a reader changes what is sent."""
LONGEST_SUBJECT = 120
MOST_LINES = 40


@dataclass(frozen=True)
class Answer:
    """A button in a mail: `label` is a msgid, `path` an address of ours beginning with a slash."""

    label: str
    path: str


@dataclass(frozen=True)
class Line:
    """One thing told, and where it is found."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Part:
    """Lines under a title; `more` are left out."""

    title: str
    lines: list[Line]
    more: int = 0


@dataclass(frozen=True)
class Content:
    """What a letter says, before it is laid out. `headline` is its one sentence; `otherwise`: if nothing is done."""

    subject: str
    headline: str
    otherwise: str = ""
    link: Line | None = None
    buttons: list[Line] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Written:
    """A letter ready to leave: a mail's two parts, and what it says for a chat."""

    subject: str
    text: str
    html: str
    content: Content


Maker = Callable[[Notification, datetime], list[Answer]]
Waiting = Callable[[User, datetime], list[Part]]
Words = Callable[[set[str]], dict[str, str]]
_makers: dict[str, Maker] = {}
_waiting: list[Waiting] = []
_words: dict[str, Words] = {}


def offer(kind: str, maker: Maker) -> None:
    """Registers who makes the buttons of mails of this kind; called from an app's `ready()`.

    `maker(notification, now)` finds what it is about by `notification.subject`; it answers with an empty list where
    nothing is left to decide. It runs when the mail is written, for each try again.
    """
    _makers[kind] = maker


def offer_waiting(maker: Waiting) -> None:
    """Registers who knows what waits for a user, for the digest: parts with titles in the current language."""
    _waiting.append(maker)


def worded_by(name: str, words: Words) -> None:
    """Registers who words the codes that notices hold as the parameter `name`: codes → words of the reader."""
    _words[name] = words


def answers(notification: Notification, now: datetime) -> list[Answer]:
    """The buttons of the mail about this notice; none for kinds nobody offers answers for."""
    maker = _makers.get(notification.kind)
    return maker(notification, now) if maker else []


def waiting(user: User, now: datetime) -> list[Part]:
    """What waits for the user, as far as anybody knows of it."""
    return [part for maker in _waiting for part in maker(user, now) if part.lines]


def texts(notices: Iterable[Notification]) -> list[str]:
    """The notices' words in the current language; one look-up per kind of code, however many they are."""
    told = list(notices)
    worded = {name: words({str(one.params.get(name, "")) for one in told}) for name, words in _words.items()}
    return [_(one.text) % _params(one, worded) for one in told]


def _params(notice: Notification, worded: dict[str, dict[str, str]]) -> dict[str, Any]:
    known = {name: words.get(notice.params[name], "–") for name, words in worded.items() if name in notice.params}
    return notice.params | known


def url(path: str) -> str:
    """A whole address of ours, for those outside; `path` may come without its first slash, as notices keep it."""
    return f"{settings.BASE_URL}/{path.lstrip('/')}"


def write(letter: Letter, now: datetime) -> Written:
    """The letter in its reader's language; a team's channel is written to in the house's."""
    language = (not letter.team_id and letter.user.language) or settings.HOUSE_LANGUAGE
    with translation.override(language), timezone.override(letter.user.zone):
        content = _content(letter, now)
        context = {"content": content, "user": letter.user, "choices": url(CHOICES), "language": language}
        text = render_to_string("letters/letter.txt", context)
        return Written(_one_line(content.subject), text, render_to_string("letters/letter.html", context), content)


def _content(letter: Letter, now: datetime) -> Content:
    if letter.is_digest:
        return _digest(letter, now)
    if letter.notification:
        return _notice(letter, letter.notification, now)
    return Content(_("A test from ABM"), _("Messages from ABM reach you here."), _("There is nothing you need to do."))


def _notice(letter: Letter, notice: Notification, now: datetime) -> Content:
    kind, (text,) = kinds.of(notice.kind), texts([notice])
    about, label = notice.params.get("lead"), _(kind.label) if kind.label else ""
    offered = answers(notice, now) if letter.channel == Channel.MAIL else []
    return Content(
        subject=f"{label}: {about}" if label and about else label or text,
        headline=f"{letter.user}: {text}" if letter.team_id else text,
        otherwise=_(kind.otherwise) if kind.otherwise else "",
        link=_opening(notice.link) if notice.link else None,
        buttons=[Line(_(answer.label), url(answer.path)) for answer in offered],
    )


def _digest(letter: Letter, now: datetime) -> Content:
    happened, waits = list(letter.digested.order_by("id")), waiting(letter.user, now)
    lines = [Line(text, url(one.link)) for text, one in zip(texts(happened), happened, strict=True)]
    told = [Part(_("News since the last digest"), lines[:MOST_LINES], max(len(lines) - MOST_LINES, 0))] if lines else []
    open_now = sum(len(part.lines) + part.more for part in waits)
    return Content(
        subject=_("Your day in ABM: %(waiting)s waiting, %(news)s news") % {"waiting": open_now, "news": len(lines)},
        headline=ngettext("%(n)s lead waits for you.", "%(n)s leads wait for you.", open_now) % {"n": open_now}
        if open_now
        else _("Nothing waits for you."),
        link=_opening("/"),
        parts=[*waits, *told],
    )


def _opening(path: str) -> Line:
    return Line(_("Open in ABM"), url(path))


def _one_line(text: str) -> str:
    """A subject: no line breaks or other control characters, whatever names hold; cut where it gets long."""
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return clean if len(clean) <= LONGEST_SUBJECT else f"{clean[: LONGEST_SUBJECT - 1]}…"


def for_chat(written: Written, service: str) -> dict[str, Any]:
    """The body an incoming webhook takes."""
    return _teams(written.content) if service == ChatService.TEAMS else {"text": _slack(written.content)}


def _slack(content: Content) -> str:
    """Slack's mrkdwn; names cannot mention people or make links (https://api.slack.com/reference/surfaces/formatting)."""
    lines = [_escaped(content.headline), _escaped(content.otherwise)]
    for part in content.parts:
        lines += ["", f"*{_escaped(part.title)}*", *(f"• {_slack_link(line.text, line.url)}" for line in part.lines)]
    opened = [_slack_link(content.link.text, content.link.url)] if content.link else []
    return "\n".join([line for line in lines[:2] if line] + lines[2:] + opened)


def _slack_link(text: str, to: str) -> str:
    return f"<{to}|{_escaped(text).replace('|', '¦')}>" if to else _escaped(text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(content: Content) -> dict[str, Any]:
    """An Adaptive Card, as the Workflows app's "when a webhook request is received" posts it."""
    said = [_block(content.headline), _block(content.otherwise)]
    for part in content.parts:
        said += [_block(part.title, weight="Bolder"), *(_block(f"– {line.text}") for line in part.lines)]
    link = content.link
    opened = [{"type": "Action.OpenUrl", "title": link.text, "url": link.url}] if link else []
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
    }
    card |= {"body": [block for block in said if block["text"]], "actions": opened}
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _block(text: str, **looks: str) -> dict[str, Any]:
    """Names are no Markdown: the characters that would make links and emphasis are taken back."""
    plain = "".join(f"\\{letter}" if letter in "\\[]()*_`" else letter for letter in text)
    return {"type": "TextBlock", "text": plain, "wrap": True, **looks}
