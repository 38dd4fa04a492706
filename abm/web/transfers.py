"""Given to partners: whose data, to which firm, when, on which ground? The record the law asks for."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web.absences import Day
from abm.web.access_log import parts
from abm.web.exports import download
from abm.web.funnel import IN_TIME
from abm.web.requests import PageRequest
from accounts import rules
from accounts.exporting import LEAST_PURPOSE
from accounts.sources import BASES
from audit import access
from funnel import transfers
from funnel.models import Transfer
from funnel.querysets import TransferQuerySet
from users.enums import TeamKind
from users.models import Team, User

PER_PAGE = 50


class Filters(forms.Form):
    """What the address may narrow by."""

    partner = forms.ModelChoiceField(
        label=gettext_lazy("Partner"),
        required=False,
        queryset=Team.objects.filter(kind=TeamKind.PARTNER),
        to_field_name="public_id",
        empty_label=gettext_lazy("All"),
    )
    who = forms.CharField(label=gettext_lazy("Name or mail address"), required=False, max_length=254)
    first_on = forms.DateField(label=gettext_lazy("From"), required=False, widget=Day(), validators=IN_TIME)
    last_on = forms.DateField(label=gettext_lazy("To (included)"), required=False, widget=Day(), validators=IN_TIME)


class PurposeForm(forms.Form):
    """What a file is for."""

    purpose = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=200,
        min_length=LEAST_PURPOSE,
        help_text=gettext_lazy("Such as: asked for by the person on 24 November. It is kept in the access log."),
    )


def _filtered(user: User, wish: dict[str, Any]) -> TransferQuerySet:
    """The records wished for, as far as this user may see them."""
    found = Transfer.objects.visible_to(user).for_rows()
    if user.sees_persons:
        found = found.about(wish.get("who") or "")
    if wish.get("partner"):
        found = found.filter(partner=wish["partner"])
    days = [wish.get(name) for name in ("first_on", "last_on")]
    first, last = (timezone.make_aware(datetime.combine(day, edge)) if day else None
                   for day, edge in zip(days, (time.min, time.max), strict=True))  # fmt: skip
    return found.between(first, last)


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """What partner firms were given, the latest first."""
    form = Filters(request.GET)
    wish = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_filtered(request.user, wish), PER_PAGE).get_page(request.GET.get("page"))
    if request.user.sees_persons:
        access.read("transfers", [one.person_id for one in page], by=request.user, now=timezone.now(), filters=wish)
    rows = [(one, transfers.words(one.data, transfers.DATA), transfers.words(one.bases, BASES)) for one in page]
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "parts": parts("transfers"),
        "may_export": rules.may_erase(request.user),
    }
    return render(request, "settings/transfers.html", context)


def export(request: PageRequest) -> HttpResponseBase:
    """Takes the records the address narrows to out as a file, once it is said what for."""
    if not rules.may_erase(request.user):
        raise PermissionDenied
    filters, form = Filters(request.GET), PurposeForm(request.POST or None)
    wish = filters.cleaned_data if filters.is_valid() else {}
    found = _filtered(request.user, wish)
    if not form.is_valid():
        context = {"form": form, "filters": filters, "count": found.count(), "parts": parts("transfers")}
        return render(request, "settings/transfers_export.html", context)
    told: dict[str, Any] = {"filters": wish, "by": request.user, "now": timezone.now()}
    return download(transfers.export(found, **told, **form.cleaned_data), f"transfers-{timezone.localdate()}")
