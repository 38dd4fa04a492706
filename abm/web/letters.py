"""Operations, letters: what left the house by mail and chat, what waits, what failed and why."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from audit.enums import SendState
from users import letters, posting
from users.models import Letter, LetterQuerySet, User

PER_PAGE = 50
HERE = "letters"


class StateForm(forms.Form):
    """Which pile."""

    state = forms.ChoiceField(choices=[(state, state) for state in SendState], required=False)
    page = forms.IntegerField(required=False)


def _piles(user: User) -> dict[str, tuple[str, LetterQuerySet]]:
    """State → its word and its letters, the newest first."""
    made = Letter.objects.visible_to(user).for_rows()
    return {
        SendState.FAILED: (_("Failed"), made.failed()),
        SendState.WAITING: (_("Waiting"), made.waiting()),
        SendState.SENT: (_("Sent"), made.in_states([SendState.SENT])),
    }


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """One pile after the other; those that failed stand first, for they ask for somebody."""
    piles, form = _piles(request.user), StateForm(request.GET)
    form.is_valid()
    state = form.cleaned_data.get("state") or SendState.FAILED
    page = Paginator(piles[state][1], PER_PAGE).get_page(form.cleaned_data.get("page"))
    context: dict[str, Any] = {
        "tabs": [_tab(name, *pile, state) for name, pile in piles.items()],
        "page": page,
        "state": state,
        "mail_on": settings.MAIL_ON,
        "readable": settings.DEMO,
        "now": timezone.now(),
    }
    return render(request, "operations/letters.html", context)


def _tab(name: str, word: str, rows: LetterQuerySet, here: str) -> dict[str, Any]:
    count = None if name == SendState.SENT else rows.count()
    return {"word": word, "href": f"{reverse(HERE)}?state={name}", "current": name == here, "count": count}


@require_safe
def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """What a letter says, in the demo only: a real one is its reader's."""
    if not settings.DEMO:
        raise Http404
    letter = get_object_or_404(Letter.objects.visible_to(request.user).for_rows(), public_id=public_id)
    return render(
        request, "operations/letter.html", {"letter": letter, "written": letters.write(letter, timezone.now())}
    )


@require_POST
def replay(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Lets a letter that failed leave again."""
    letter = get_object_or_404(Letter.objects.visible_to(request.user), public_id=public_id)
    if not posting.replay(letter, by=request.user, now=timezone.now()):
        return refused(request, _("Only what has failed can be sent again."), HERE)
    return done(request, _("It will be tried again at once."), HERE)


@require_POST
def replay_failed(request: PageRequest) -> HttpResponse:
    """Lets all that failed leave again."""
    count = posting.replay_failed(by=request.user, now=timezone.now())
    text = ngettext("%(n)s letter will be tried again.", "%(n)s letters will be tried again.", count) % {"n": count}
    return done(request, text, HERE)
