"""Settings, absences: who is away when, and who answers meanwhile?"""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from users import absences
from users.absences import AbsenceRefused
from users.models import Absence, User, UserQuerySet
from users.roles import Role


class Day(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AbsenceForm(forms.Form):
    """Who is away, from when to when, and who answers."""

    user = forms.ModelChoiceField(label=gettext_lazy("Who"), queryset=User.objects.none(), empty_label=None)
    first_on = forms.DateField(label=gettext_lazy("From"), widget=Day())
    last_on = forms.DateField(label=gettext_lazy("To (included)"), widget=Day())
    deputy = forms.ModelChoiceField(
        label=gettext_lazy("Deputy"),
        queryset=User.objects.none(),
        required=False,
        help_text=gettext_lazy("Gets the leads that fall due meanwhile. Without a deputy the manager is told."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Colleagues can read this."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = User.objects.visible_to(by)
        self.fields["user"].queryset = _arrangeable(by)  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = visible.deciders()  # type: ignore[attr-defined]
        self.fields["user"].initial = by.pk


def _arrangeable(by: User) -> UserQuerySet:
    """Those whose absences this user arranges."""
    people = User.objects.active().filter(is_service=False).exclude(role=Role.SYSTEM)
    return people if by.role == Role.ADMIN else people.filter(Q(pk=by.pk) | Q(manager=by))


def index(request: PageRequest) -> HttpResponse:
    """What is arranged, of everybody this user sees; and a form to arrange more."""
    form = AbsenceForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            absence = absences.arrange(by=request.user, now=timezone.now(), **form.cleaned_data)
        except AbsenceRefused as why:
            form.add_error(None, str(why))
        else:
            said = _("%(name)s is away from %(first)s to %(last)s.")
            words = {"name": absence.user, "first": absence.first_on, "last": absence.last_on}
            return done(request, said % words, "settings_absences")
    return render(request, "settings/absences.html", {"form": form, "rows": _rows(request.user)})


def _rows(user: User) -> list[dict[str, Any]]:
    today: date = timezone.localdate()
    found = Absence.objects.visible_to(user).not_over(today).select_related("user__team", "deputy")
    return [
        {"absence": one, "now": one.first_on <= today, "may_cancel": absences.may_arrange(one.user, by=user)}
        for one in found
    ]


@require_POST
def cancel(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes an absence back; one that runs ends yesterday."""
    absence = get_object_or_404(Absence.objects.visible_to(request.user), public_id=public_id)
    try:
        absences.cancel(absence, by=request.user, now=timezone.now())
    except AbsenceRefused as why:
        return refused(request, why, "settings_absences")
    return done(request, _("The absence of %(name)s is cancelled.") % {"name": absence.user}, "settings_absences")
