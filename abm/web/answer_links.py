"""Answering out of a mail: what the lead is, and one button; nothing happens before it is pressed.

Beside `drawer_link` the one place in the pages that knows its user from a link. It shows no persons (mails are
forwarded), is kept by nobody, found by no search engine, and its address is told to no other server.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrOrPromise

from abm.web import brief
from abm.web.discreet import discreet, language_of, with_form
from abm.web.feedback_form import FeedbackForm
from abm.web.moves import DOABLE
from funnel import answer_links, feedback
from funnel.answer_links import LinkRefused
from funnel.enums import LinkState, MoveName, Outcome
from funnel.feedback import FeedbackRefused
from funnel.models import AnswerLink, Feedback, Lead
from funnel.refusals import MoveRefused
from users.models import User

VERBS = (MoveName.ACCEPT, MoveName.REJECT, MoveName.ASK)
TITLES = {
    LinkState.ANSWERED: gettext_lazy("This is already answered"),
    LinkState.EXPIRED: gettext_lazy("The time of this link is over"),
    LinkState.REVOKED: gettext_lazy("This no longer waits for your answer"),
    LinkState.UNKNOWN: gettext_lazy("This link is not complete"),
}
TEXTS = {
    LinkState.EXPIRED: gettext_lazy(
        "Links in mails work for some days only. Please sign in: there you can still answer."
    ),
    LinkState.REVOKED: gettext_lazy(
        "It was taken back or went to somebody else. Please sign in to see what waits for you."
    ),
    LinkState.UNKNOWN: gettext_lazy(
        "Perhaps the mail program has cut it. Please open it from the mail once more, or sign in to answer."
    ),
}
OUTCOMES: dict[str, StrOrPromise] = {
    Outcome.ACCEPTED: gettext_lazy("%(name)s accepted this lead on %(at)s."),
    Outcome.REJECTED: gettext_lazy("%(name)s rejected this lead on %(at)s."),
}
TELLING = frozenset({LinkState.ANSWERED, LinkState.EXPIRED})
"""States in which the holder of the link may be told what it was about."""
STATUS = {LinkState.UNKNOWN: 404, LinkState.EXPIRED: 410, LinkState.REVOKED: 410}


@login_not_required
@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    """The page of one link: asks, does, or says why there is nothing left to do."""
    link = answer_links.find(token)
    if link is None:
        return _closed(request, None, LinkState.UNKNOWN)
    with translation.override(language_of(request, link.user)):
        if (state := answer_links.state(link, now=timezone.now())) is not LinkState.OPEN:
            return _closed(request, link, state)
        try:
            return _open(request, link, verb)
        except LinkRefused as why:
            return _closed(request, answer_links.find(token), why.state)


def _open(request: HttpRequest, link: AnswerLink, verb: str) -> HttpResponse:
    if link.feedback:
        return _about_feedback(request, link, link.feedback)
    if link.handoff and verb in VERBS:
        return _about_lead(request, link, link.handoff.lead, MoveName(verb))
    raise Http404


def _about_lead(request: HttpRequest, link: AnswerLink, lead: Lead, verb: MoveName) -> HttpResponse:
    doable = DOABLE[verb]
    form = doable.form(request.POST or None, lead=lead, by=link.user)
    if form.is_valid():
        try:
            answer_links.use(link, doable.act, now=timezone.now(), **form.cleaned_data)
            return _done(request, str(doable.said))
        except MoveRefused as why:
            form.add_error(None, str(why))
    told = brief.of(lead, by=link.user, now=timezone.now())
    open_verbs = {option.verb: option.doable for option in told["options"] if not option.obstacle}
    ways = [(name, open_verbs[name]) for name in VERBS if name in open_verbs]
    obstacle = next((option.obstacle for option in told["options"] if option.verb == verb), "")
    context = told | {"verb": verb, "doable": doable, "ways": ways, "obstacle": obstacle, "now": timezone.now()}
    return _asked(request, link, form, "answers/lead.html", context)


def _about_feedback(request: HttpRequest, link: AnswerLink, asked: Feedback) -> HttpResponse:
    form = FeedbackForm(request.POST or None)
    if form.is_valid():
        try:
            answer_links.use(link, feedback.answer, now=timezone.now(), **form.cleaned_data)
            return _done(request, _("Thank you for your feedback."))
        except FeedbackRefused as why:
            form.add_error(None, str(why))
    return _asked(request, link, form, "answers/feedback.html", {"feedback": asked, "lead": asked.lead})


def _asked(
    request: HttpRequest, link: AnswerLink, form: forms.Form, template: str, context: dict[str, Any]
) -> HttpResponse:
    status = 409 if form.non_field_errors() else 200
    own = {"link": link, "form": form, "sign_in_url": _sign_in(link)}
    return with_form(render(request, template, context | own, status=status))


def _done(request: HttpRequest, said: str) -> HttpResponse:
    """Back to the same address, which now says that it is answered."""
    messages.success(request, said)
    return redirect(request.path)


def _closed(request: HttpRequest, link: AnswerLink | None, state: LinkState) -> HttpResponse:
    """Nothing to press: why, and what to do instead."""
    status = STATUS.get(state, 409 if request.method == "POST" else 200)
    told = link if link and state in TELLING else None
    context = {
        "title": TITLES[state],
        "subject": _lead(told) if told else "",
        "text": _answered(told) if told and state is LinkState.ANSWERED else TEXTS[state],
        "action": _("Open the lead") if told else _("Sign in"),
        "sign_in_url": _sign_in(told) if told else reverse("home"),
    }
    return render(request, "answers/closed.html", context, status=status)


def _answered(link: AnswerLink) -> str:
    """What was answered, by whom and when."""
    handoff, feedback = link.handoff, link.feedback
    if feedback:
        return _said(_("%(name)s gave this feedback on %(at)s."), link.user, feedback.answered_at)
    if handoff and handoff.outcome in OUTCOMES:
        return _said(str(OUTCOMES[handoff.outcome]), handoff.decided_by, handoff.decided_at)
    return _said(_("%(name)s asked marketing on %(at)s. The answer comes by mail."), link.user, link.used_at)


def _said(text: str, who: User | None, at: datetime | None) -> str:
    return text % {"name": who, "at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"}


def _lead(link: AnswerLink) -> Lead | None:
    """What it is about."""
    about = link.handoff or link.feedback
    return about.lead if about else None


def _sign_in(link: AnswerLink) -> str:
    """Where the same is found after signing in."""
    if link.feedback:
        return reverse("feedback_answer", args=[link.feedback.public_id])
    lead = _lead(link)
    return reverse("lead", args=[lead.public_id]) if lead else reverse("home")
