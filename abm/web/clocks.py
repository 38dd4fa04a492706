"""Settings, clocks: what time did we promise each other? Proposing, what it changes, signing, earlier versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_stubs_ext import StrOrPromise

from abm.web import words
from abm.web.absences import Day
from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from accounts.models import Source
from funnel import agreeing, policies, rules
from funnel.agreeing import AgreementRefused
from funnel.terms import CLOCKS, Policy, Proposal, Terms
from targets.rules import side_of
from users.enums import TeamKind
from users.models import Team, User

WORDS: dict[str, StrOrPromise] = {
    "routing_hours": gettext_lazy("Marketing delivers within (business hours)"),
    "answer_hours": gettext_lazy("Sales answers within (business hours)"),
    "first_touch_hours": gettext_lazy("First contact within (business hours)"),
    "question_hours": gettext_lazy("Marketing answers questions within (business hours)"),
    "disposition_hours": gettext_lazy("Marketing deals with a rejection within (business hours)"),
    "escalation_hours": gettext_lazy("Goes to the manager after (business hours)"),
    "give_up_days": gettext_lazy("Given up after (business days)"),
}


class ClocksForm(forms.Form):
    """How much time, and from when."""

    active_on = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=Day(),
        help_text=gettext_lazy("Today: as soon as both sides have signed. Dues already set never change."),
    )
    note = forms.CharField(label=gettext_lazy("Why"), max_length=400, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CLOCKS:
            most = agreeing.MOST[name]
            self.fields[name] = forms.IntegerField(label=WORDS[name], min_value=1, max_value=most)
        self.order_fields([*CLOCKS, "active_on", "note"])

    def terms(self, now: datetime) -> dict[str, Any]:
        """What the acts are told."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "active_on"}
        return told | {"active_from": _beginning(self.cleaned_data["active_on"], now)}


def _beginning(day: date, now: datetime) -> datetime | None:
    """The first moment of the day; None for today: as soon as both have signed."""
    if day == timezone.localdate(now):
        return None
    return datetime.combine(day, time(), timezone.get_current_timezone())


class ProposalForm(ClocksForm):
    """The same, and for whom."""

    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"),
        choices=[("", gettext_lazy("all")), *words.choices(words.TIERS)],
        required=False,
    )
    source = forms.ModelChoiceField(
        label=gettext_lazy("Source"),
        queryset=Source.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("all"),
    )
    partner = forms.ModelChoiceField(
        label=gettext_lazy("Partner"),
        queryset=Team.objects.filter(kind=TeamKind.PARTNER),
        required=False,
        empty_label=gettext_lazy("all"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["tier", "source", "partner", *CLOCKS, "active_on", "note"])


@dataclass(frozen=True)
class Clock:
    """One clock's word, its time, and the time it would replace."""

    word: StrOrPromise
    value: int
    before: int | None = None


def clocks_of(terms: Terms, before: Terms | None = None) -> list[Clock]:
    """The clocks in their order; with what they were where they change."""
    was = before.clocks if before else terms.clocks
    return [
        Clock(WORDS[name], value, was[name] if was[name] != value else None) for name, value in terms.clocks.items()
    ]


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """What is in force, what is proposed and would change, what comes, what was."""
    now, user = timezone.now(), request.user
    seen = Policy.objects.visible_to(user).select_related("source", "partner", "marketing_by", "sales_by")
    in_force, coming, earlier = policies.sorted_out(seen, now)
    context = {
        "in_force": [_card(one) for one in in_force],
        "coming": [_card(one) for one in coming],
        "earlier": earlier,
        "proposals": [_proposal(one, user, now) for one in _proposals(user)],
        "may_propose": rules.may_configure(user),
    }
    return render(request, "settings/clocks.html", context)


def _proposals(user: User) -> Iterable[Proposal]:
    beside = ("source", "partner", "created_by", "marketing_by", "sales_by")
    return Proposal.objects.visible_to(user).select_related(*beside)


def _card(policy: Policy) -> dict[str, Any]:
    return {"terms": policy, "clocks": clocks_of(policy), "sides": list(policy.signers.items())}


def _proposal(proposal: Proposal, user: User, now: datetime) -> dict[str, Any]:
    side = side_of(user)
    before = policies.terms_before(proposal, max(proposal.active_from, now))
    return {
        "terms": proposal,
        "clocks": clocks_of(proposal, before),
        "sides": list(proposal.signers.items()),
        "may_sign": side is not None and proposal.signers[side] is None,
        "may_send_back": side is not None and proposal.is_signed,
        "may_change": rules.may_configure(user) and not proposal.is_signed,
    }


def new(request: PageRequest) -> HttpResponse:
    """Draws up a proposal; the boxes hold what counts for all today."""
    _require_proposer(request.user)
    now = timezone.now()
    today = policies.terms_before(Proposal(), now).clocks
    form = ProposalForm(request.POST or None, initial=today | {"active_on": timezone.localdate()})
    if form.is_valid():
        try:
            agreeing.propose(by=request.user, now=now, **form.terms(now))
        except AgreementRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Proposed. It counts once both sides have signed."), "settings_clocks")
    return render(request, "settings/clocks_form.html", {"form": form})


def change(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Changes a proposal nobody has signed."""
    _require_proposer(request.user)
    now, proposal = timezone.now(), _found(request, public_id)
    initial = proposal.clocks | {"active_on": timezone.localdate(max(proposal.active_from, now)), "note": proposal.note}
    form = ClocksForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            agreeing.change(proposal, by=request.user, now=now, **form.terms(now))
        except AgreementRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Changed. It counts once both sides have signed."), "settings_clocks")
    return render(request, "settings/clocks_form.html", {"form": form, "terms": proposal})


def _require_proposer(user: User) -> None:
    if not rules.may_configure(user):
        raise PermissionDenied


def _found(request: PageRequest, public_id: UUID) -> Proposal:
    return get_object_or_404(Proposal.objects.visible_to(request.user), public_id=public_id)


@require_POST
def sign(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Signs for the user's side."""
    try:
        policy = agreeing.sign(_found(request, public_id), by=request.user, now=timezone.now())
    except AgreementRefused as why:
        return refused(request, why, "settings_clocks")
    said = _("Signed by both sides.") if policy else _("Signed. It waits for the other side.")
    return done(request, said, "settings_clocks")


@require_POST
def send_back(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes the one signature off."""
    try:
        agreeing.send_back(_found(request, public_id), by=request.user, now=timezone.now())
    except AgreementRefused as why:
        return refused(request, why, "settings_clocks")
    return done(request, _("Sent back: it can be changed again."), "settings_clocks")


@require_POST
def withdraw(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes a proposal back."""
    try:
        agreeing.withdraw(_found(request, public_id), by=request.user, now=timezone.now())
    except AgreementRefused as why:
        return refused(request, why, "settings_clocks")
    return done(request, _("The proposal is withdrawn."), "settings_clocks")
