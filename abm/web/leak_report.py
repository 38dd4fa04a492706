"""A leak: whom does it concern? All that a user or a team could see or took out in a period, for the report on it."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web.absences import Day
from abm.web.access_log import parts
from abm.web.exports import download
from abm.web.funnel import IN_TIME
from abm.web.requests import PageRequest
from abm.web.transfers import PurposeForm
from accounts import rules
from funnel import leak_report
from funnel.leak_report import Incident, Report
from users.models import Team, User
from users.roles import Role

PER_PAGE = 50


class IncidentForm(forms.Form):
    """Whose access is asked about, and from when to when."""

    user = forms.ModelChoiceField(
        label=gettext_lazy("User"),
        required=False,
        queryset=User.objects.exclude(role=Role.SYSTEM),
        to_field_name="public_id",
        empty_label="–",
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team or partner"),
        required=False,
        queryset=Team.objects.all(),
        to_field_name="public_id",
        empty_label="–",
    )
    first_on = forms.DateField(label=gettext_lazy("From"), widget=Day(), validators=IN_TIME)
    last_on = forms.DateField(label=gettext_lazy("To (included)"), widget=Day(), validators=IN_TIME)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if bool(told.get("user")) == bool(told.get("team")):
            raise forms.ValidationError(_("Please choose a user or a team."))
        if told.get("first_on") and told.get("last_on") and told["first_on"] > told["last_on"]:
            raise forms.ValidationError(_("The period ends before it begins."))
        return told

    @property
    def incident(self) -> Incident:
        """What a valid form asks about."""
        told = self.cleaned_data
        first, last = (
            timezone.make_aware(datetime.combine(told[day], edge))
            for day, edge in (("first_on", time.min), ("last_on", time.max))
        )
        return Incident(first=first, last=last, user=told["user"], team=told["team"])


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Whom it concerns, in numbers, and what the log says."""
    form = IncidentForm(request.GET or None)
    context: dict[str, Any] = {"form": form, "parts": parts("leak_report")}
    if form.is_valid():
        report = Report(form.incident)
        found = Paginator(form.incident.accesses(), PER_PAGE).get_page(request.GET.get("page"))
        data = leak_report.words(report.data, leak_report.DATA)
        context |= {
            "report": report,
            "page": found,
            "ways": [(word, len(report.by_way[way])) for way, word in leak_report.WAYS.items()],
            "data": list(zip(data, report.data.values(), strict=True)),
            "may_export": rules.may_erase(request.user),
        }
    return render(request, "settings/leak_report.html", context)


def export(request: PageRequest) -> HttpResponseBase:
    """Everybody concerned as a file, once it is said what for."""
    if not rules.may_erase(request.user):
        raise PermissionDenied
    asked, form = IncidentForm(request.GET), PurposeForm(request.POST or None)
    if not (asked.is_valid() and form.is_valid()):
        context = {"asked": asked, "form": form, "parts": parts("leak_report")}
        return render(request, "settings/leak_report_export.html", context)
    lines = leak_report.export(asked.incident, by=request.user, now=timezone.now(), **form.cleaned_data)
    return download(lines, f"leak-report-{timezone.localdate()}")
