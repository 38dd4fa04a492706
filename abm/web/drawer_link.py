"""Dropping one's cards by a link, without signing in: one file box, what has arrived, nothing of anybody else."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from abm.web.discreet import discreet, language_of, with_form
from abm.web.requests import PageRequest
from imports import drawer_links, dropping
from imports.drawers import DrawerInvitation
from imports.dropping import DrawerClosed, DropRefused
from imports.enums import DrawerState

TITLES = {
    DrawerState.OVER: gettext_lazy("This round is over"),
    DrawerState.REVOKED: gettext_lazy("This link no longer works"),
    DrawerState.UNKNOWN: gettext_lazy("This link is not complete"),
}
TEXTS = {
    DrawerState.OVER: gettext_lazy("No more files are taken. If you still have cards, please tell marketing."),
    DrawerState.REVOKED: gettext_lazy("Please ask marketing for a new one."),
    DrawerState.UNKNOWN: gettext_lazy(
        "Perhaps the mail program has cut it, or a newer one has replaced it. Please open it from the latest mail."
    ),
}
STATUS = {DrawerState.UNKNOWN: 404, DrawerState.OVER: 410, DrawerState.REVOKED: 410}


class DropForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=gettext_lazy("Your file (CSV or Excel)"),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(dropping.ENDINGS)}),
    )


@login_not_required
@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: HttpRequest, token: str) -> HttpResponse:
    """The page of one link: takes a file, or says why not."""
    invitation = drawer_links.find(token)
    if invitation is None:
        return _closed(request, DrawerState.UNKNOWN)
    with translation.override(language_of(request, invitation.user)):
        state = drawer_links.state(invitation, now=timezone.now())
        return _page(request, invitation) if state is DrawerState.OPEN else _closed(request, state)


def _page(request: HttpRequest, invitation: DrawerInvitation) -> HttpResponse:
    if request.method == "GET" and "Sec-Purpose" not in request.headers:
        dropping.opened(invitation, now=timezone.now())
    form = DropForm(request.POST, request.FILES) if request.method == "POST" else DropForm()
    if form.is_valid():
        file: UploadedFile = form.cleaned_data["file"]
        try:
            taken = dropping.drop(invitation, file, file_name=file.name or "", now=timezone.now())
        except DrawerClosed as why:
            return _closed(request, why.state)
        except DropRefused as why:
            form.add_error("file", str(why))
        else:
            messages.success(request, _thanks(taken.rows))
            return redirect(request.path)
    context: dict[str, Any] = {"invitation": invitation, "form": form, "files": invitation.files.select_related("job")}
    return with_form(render(request, "drawers/drop.html", context, status=400 if form.errors else 200))


def _thanks(rows: int) -> str:
    """What was read."""
    text = ngettext("Thank you. %(n)s row was read.", "Thank you. %(n)s rows were read.", rows)
    return text % {"n": f"{rows:,}"}


def _closed(request: HttpRequest, state: DrawerState) -> HttpResponse:
    context = {"title": TITLES[state], "text": TEXTS[state]}
    return render(request, "drawers/closed.html", context, status=STATUS[state])


@require_safe
def mine(request: PageRequest) -> HttpResponse:
    """For whoever is signed in: the rounds that ask for their cards, with the way in."""
    asked = DrawerInvitation.objects.filter(user=request.user).select_related("round", "user")
    now = timezone.now()
    found = [(one, drawer_links.path(one)) for one in asked if drawer_links.state(one, now=now) is DrawerState.OPEN]
    return render(request, "drawers/mine.html", {"found": found})
