"""A lead sales or a partner found itself: at which company, and when did you meet?"""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web.answers import done
from abm.web.requests import PageRequest
from accounts.models import Account, Department, Offering, Person
from funnel import leads, waterfall
from funnel.enums import MoveName
from funnel.refusals import MoveRefused
from users.models import User
from users.roles import Role

MOST = 20


class Moment(forms.DateTimeInput):
    """The browser's own box for a day and an hour."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Named(forms.Form):
    """A company's name, or a part of it."""

    search = forms.CharField(label=gettext_lazy("Company name"), required=False, max_length=100)


class FoundForm(forms.Form):
    """What is known of the demand, and when we met."""

    department = forms.ModelChoiceField(
        label=gettext_lazy("Department"), required=False, queryset=Department.objects.none()
    )
    offering = forms.ModelChoiceField(
        label=gettext_lazy("Offering"), required=False, queryset=Offering.objects.active()
    )
    persons = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Persons"), required=False, queryset=Person.objects.none()
    )
    first_touch = forms.DateTimeField(label=gettext_lazy("When you met"), widget=Moment())
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, account: Account, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Person.objects.visible_to(by).filter(affiliations__account=account, affiliations__ended_on=None)
        self.fields["department"].queryset = account.departments.order_by("name")  # type: ignore[attr-defined]
        self.fields["persons"].queryset = here.distinct()  # type: ignore[attr-defined]
        self.fields["first_touch"].initial = timezone.localtime().replace(second=0, microsecond=0)


def may_source(user: User) -> bool:
    """Whether this user may open a lead of their own finding."""
    return any(Role(user.role) in move.roles for move in waterfall.rows(MoveName.SELF_SOURCE))


@require_safe
def choose(request: PageRequest) -> HttpResponse:
    """Which company: found by name among those the user sees; without a name, the user's own."""
    if not may_source(request.user):
        raise PermissionDenied
    form = Named(request.GET)
    text = form.cleaned_data["search"] if form.is_valid() else ""
    visible = Account.objects.visible_to(request.user)
    found = visible.search(text) if text or request.user.role == Role.PARTNER else visible.filter(owner=request.user)
    context = {"form": form, "accounts": found.order_by("name", "id")[:MOST]}
    return render(request, "leads/found.html", context)


def open_at(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Opens the lead at SAL, kept by whoever found it."""
    if not may_source(request.user):
        raise PermissionDenied
    account = get_object_or_404(Account.objects.visible_to(request.user), public_id=public_id)
    form = FoundForm(request.POST or None, account=account, by=request.user)
    if form.is_valid():
        try:
            lead = leads.self_source(account=account, by=request.user, now=timezone.now(), **form.cleaned_data)
        except MoveRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("%(lead)s is yours, at SAL.") % {"lead": lead}, "lead", lead.public_id)
    return render(request, "leads/found_at.html", {"form": form, "account": account})
