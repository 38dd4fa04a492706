"""Persons: whom do we know, at which company, in which department?"""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web import words
from abm.web.requests import PageRequest
from abm.web.teaching import may_teach
from accounts import rules, word_rules
from accounts.models import Account, Affiliation, Person, Source
from targets.models import TargetEntry
from users.models import User

PER_PAGE = 100
ALL = ("", gettext_lazy("All"))


class Filters(forms.Form):
    """What the address of the persons page may narrow by."""

    search = forms.CharField(label=gettext_lazy("Company name"), required=False, max_length=100)
    listed = forms.ChoiceField(
        label=gettext_lazy("Stock exchange"),
        required=False,
        choices=[ALL, ("yes", gettext_lazy("Listed companies")), ("no", gettext_lazy("Companies not listed"))],
    )
    wanted = forms.ChoiceField(
        label=gettext_lazy("List"), required=False, choices=[ALL, ("yes", gettext_lazy("On a list in force"))]
    )
    function = forms.ChoiceField(
        label=gettext_lazy("Function"), required=False, choices=[ALL, *words.choices(words.FUNCTIONS)]
    )
    source = forms.ModelChoiceField(
        label=gettext_lazy("Where it comes from"),
        required=False,
        queryset=Source.objects.all(),
        to_field_name="code",
        empty_label=gettext_lazy("All"),
    )


def _filtered(user: User, wish: dict[str, Any]) -> QuerySet[Affiliation]:
    """Places at the companies wished for, of persons this user may see."""
    accounts = Account.objects.visible_to(user).search(wish.get("search") or "")
    if wish.get("listed"):
        accounts = accounts.filter(listed=wish["listed"] == "yes")
    if wish.get("wanted"):
        accounts = accounts.filter(pk__in=TargetEntry.objects.active().values("account"))
    found = Affiliation.objects.filter(ended_on=None, account__in=accounts, person__in=Person.objects.visible_to(user))
    if wish.get("function"):
        found = found.filter(department__function=wish["function"])
    if wish.get("source"):
        found = found.filter(source=wish["source"])
    return found.select_related("account", "department", "person").order_by(
        "account__name", "account_id", "department__name", "department_id", "person__name", "pk"
    )


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Persons by company and department, narrowed by the address."""
    form = Filters(request.GET)
    wish = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_filtered(request.user, wish), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/everybody.html",
        {
            "form": form,
            "page": page,
            "dictionary": word_rules.in_force(),
            "may_edit": rules.may_edit(request.user),
            "may_teach": may_teach(request.user),
        },
    )
