"""Accounts: who exists; and one company on one page."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web import words
from abm.web.answers import done
from abm.web.list_forms import TargetForm
from accounts.models import Account, Affiliation, Person
from engagement.models import Touch
from funnel.models import Deal, Lead
from targets import lists, rules
from targets.lists import ListRefused
from targets.models import TargetEntry
from users.models import User

PER_PAGE = 50
MOST = 20


class Filters(forms.Form):
    """What the address of the accounts page may narrow by."""

    search = forms.CharField(label=gettext_lazy("Company name"), required=False, max_length=100)
    relation = forms.ChoiceField(
        label=gettext_lazy("Relation"), required=False, choices=[("", "–"), *words.choices(words.RELATIONS)]
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Owner"), required=False, choices=[("", "–"), ("me", gettext_lazy("Mine"))]
    )
    wanted = forms.ChoiceField(
        label=gettext_lazy("List"), required=False, choices=[("", "–"), ("yes", gettext_lazy("On a list in force"))]
    )


def _filtered(user: User, wish: dict[str, Any]) -> QuerySet[Account]:
    found = Account.objects.visible_to(user).search(wish.get("search", ""))
    if wish.get("relation"):
        found = found.filter(relation=wish["relation"])
    if wish.get("owner") == "me":
        found = found.filter(owner=user)
    if wish.get("wanted"):
        found = found.filter(pk__in=TargetEntry.objects.active().values("account"))
    return found.select_related("owner", "parent").order_by("name", "id")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The accounts this user sees, narrowed by the address."""
    form = Filters(request.GET)
    wish = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_filtered(request.user, wish), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/index.html", {"form": form, "page": page})


def _account(request: HttpRequest, public_id: UUID) -> Account:
    found = Account.objects.visible_to(request.user).select_related("owner", "parent", "team", "partner")
    return get_object_or_404(found, public_id=public_id)


@require_safe
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One company: group, departments and persons, surface, timeline, leads, deals, contracts, score."""
    account, user = _account(request, public_id), request.user
    touches = Touch.objects.visible_to(user).filter(account=account)
    leads = Lead.objects.visible_to(user).filter(account=account)
    context = {
        "account": account,
        "children": account.children.order_by("name"),
        "departments": account.departments.order_by("parent_id", "name"),
        "affiliations": _affiliations(account, user),
        "entries": TargetEntry.objects.visible_to(user)
        .active()
        .filter(account=account)
        .select_related("version__list"),
        "touches": touches.select_related("department", "person", "offering", "user")[:MOST],
        "leads": leads.for_rows().order_by("-id")[:MOST],
        "deals": Deal.objects.visible_to(user).filter(account=account).select_related("offering", "owner")[:MOST],
        "contracts": account.contracts.select_related("offering", "department")[:MOST],
        "may_target": rules.may_edit(user),
    }
    return render(request, "accounts/show.html", context)


def _affiliations(account: Account, user: User) -> QuerySet[Affiliation]:
    seen = Person.objects.visible_to(user)
    current = account.affiliations.filter(ended_on=None, person__in=seen)
    return current.select_related("person", "department").order_by("department__name", "person__name")[: MOST * 5]


def target(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Puts the account, or a spear into one of its departments, on a draft."""
    account = _account(request, public_id)
    form = TargetForm(request.POST or None, account=account, user=request.user)
    if form.is_valid():
        details = dict(form.cleaned_data)
        version = details.pop("version")
        try:
            lists.add(version, account=account, by=request.user, now=timezone.now(), **details)
        except ListRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("%(account)s added.") % {"account": account}, "list", version.list.public_id)
    return render(request, "accounts/target.html", {"account": account, "form": form})
