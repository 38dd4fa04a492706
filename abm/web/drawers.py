"""Drawer rounds: whose cards are still in a desk? Asking, the progress board, reminding, closing."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from abm.web.answers import done, go, refused
from abm.web.requests import PageRequest
from imports import drawer_board, drawer_links, rounds
from imports.drawers import DrawerInvitation, DrawerRound
from imports.rounds import RoundRefused
from users.models import User

PER_PAGE = 50
SCREEN = "drawer_rounds"


class People(forms.ModelMultipleChoiceField):
    """Colleagues, ticked; with their teams."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}（{obj.team}）" if obj.team else str(obj)


class InviteForm(forms.Form):
    """Whom to ask."""

    people = People(label=gettext_lazy("Whom to ask"), queryset=User.objects.none(), to_field_name="public_id")

    def __init__(self, *args: Any, beside: QuerySet[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.people().filter(role__in=rounds.ASKABLE).select_related("team")
        people = people.exclude(pk__in=beside.values("user")) if beside is not None else people
        self.fields["people"].queryset = people.order_by("team__name", "name", "pk")  # type: ignore[attr-defined]


class RoundForm(forms.Form):
    """A round's name and last day."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    due_on = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


class StartForm(RoundForm, InviteForm):
    """All that starts a round."""

    field_order = ("name", "due_on", "people")


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """All rounds, the latest first."""
    found = (
        DrawerRound.objects.visible_to(request.user)
        .annotate(asked=Count("invitations", distinct=True), files=Count("invitations__files", distinct=True))
        .order_by("-pk")
    )
    page = Paginator(found.order_by("-created_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "drawers/index.html", {"page": page, "today": timezone.localdate()})


def new(request: PageRequest) -> HttpResponse:
    """Starts a round."""
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = rounds.start(by=request.user, now=timezone.now(), **form.cleaned_data)
        except RoundRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Everybody is told, with a link of their own."), "drawer_round", made.public_id)
    return render(request, "drawers/new.html", {"form": form})


def _round(request: PageRequest, public_id: UUID) -> DrawerRound:
    found = DrawerRound.objects.visible_to(request.user).select_related("created_by")
    return get_object_or_404(found, public_id=public_id)


def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The board: a line per person, and what came of it; a form for another name or day."""
    found = _round(request, public_id)
    form = RoundForm(request.POST or None, initial={"name": found.name, "due_on": found.due_on})
    if request.method == "POST" and form.is_valid():
        try:
            rounds.change(found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except RoundRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Kept."), "drawer_round", public_id)
    lines = drawer_board.read(found)
    context = {
        "round": found,
        "form": form,
        "is_open": found.is_open(timezone.now()),
        "lines": [(line, drawer_links.address(line.invitation)) for line in lines],
        "total": drawer_board.total(lines),
    }
    return render(request, "drawers/show.html", context)


def invite(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Asks more people."""
    found = _round(request, public_id)
    form = InviteForm(request.POST or None, beside=found.invitations.all())
    if request.method == "POST" and form.is_valid():
        try:
            rounds.invite(found, form.cleaned_data["people"], by=request.user, now=timezone.now())
        except RoundRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Everybody is told, with a link of their own."), "drawer_round", public_id)
    return render(request, "drawers/invite.html", {"round": found, "form": form})


@require_POST
def remind(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Tells those whose files are missing."""
    try:
        told = rounds.remind(_round(request, public_id), by=request.user, now=timezone.now())
    except RoundRefused as why:
        return refused(request, why, "drawer_round", public_id)
    text = ngettext("%(n)s person is reminded.", "%(n)s persons are reminded.", len(told)) % {"n": len(told)}
    return done(request, text, "drawer_round", public_id)


@require_POST
def close(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes no more files."""
    try:
        rounds.close(_round(request, public_id), by=request.user, now=timezone.now())
    except RoundRefused as why:
        return refused(request, why, "drawer_round", public_id)
    return done(request, _("The round is closed; no link takes files any more."), "drawer_round", public_id)


@require_POST
def renew_link(request: PageRequest, public_id: UUID) -> HttpResponse:
    """A new link for one person."""
    seen = DrawerInvitation.objects.filter(round__in=DrawerRound.objects.visible_to(request.user))
    invitation = get_object_or_404(seen.select_related("round"), public_id=public_id)
    try:
        rounds.renew_link(invitation, by=request.user, now=timezone.now())
    except RoundRefused as why:
        return refused(request, why, "drawer_round", invitation.round.public_id)
    return go(request, "drawer_round", invitation.round.public_id)
