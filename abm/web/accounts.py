"""Accounts: who exists; and one company on one page."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web import origins, standing, words
from abm.web.answers import done
from abm.web.list_forms import TargetForm
from abm.web.requests import PageRequest
from abm.web.self_source import may_source
from abm.web.teaching import may_teach
from accounts import merging, word_rules
from accounts.models import Account, Affiliation, Contract, Person
from engagement.models import Touch
from funnel.models import Deal, Lead
from targets import lists, rules
from targets.lists import ListRefused
from targets.models import TargetEntry
from users.models import User

ALL = ("", gettext_lazy("All"))
PER_PAGE = 50
MOST = 20


class Filters(forms.Form):
    """What the address of the accounts page may narrow by."""

    search = forms.CharField(label=gettext_lazy("Company name"), required=False, max_length=100)
    relation = forms.ChoiceField(
        label=gettext_lazy("Relation"),
        required=False,
        choices=[ALL, *words.choices(words.RELATIONS)],
    )
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False, choices=[ALL, ("me", gettext_lazy("Mine"))])
    wanted = forms.ChoiceField(
        label=gettext_lazy("List"),
        required=False,
        choices=[ALL, ("yes", gettext_lazy("On a list in force"))],
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
def index(request: PageRequest) -> HttpResponse:
    """The accounts this user sees, narrowed by the address."""
    form = Filters(request.GET)
    wish = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_filtered(request.user, wish), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/index.html", {"form": form, "page": page})


def _account(request: PageRequest, public_id: UUID) -> Account:
    found = Account.objects.visible_to(request.user).select_related("owner", "parent", "team", "partner")
    return get_object_or_404(found, public_id=public_id)


@require_safe
def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """One company: group, departments and persons, surface, timeline, leads, deals, contracts, score.

    The address of a merged one leads to the one it is part of.
    """
    if heir := merging.heir_of(public_id):
        return redirect("account", heir.public_id)
    account, user, now = _account(request, public_id), request.user, timezone.now()
    touches = Touch.objects.visible_to(user).filter(account=account).before(now)
    context = {
        "account": account,
        "children": account.children.order_by("name"),
        "departments": account.departments.order_by("parent_id", "name"),
        "affiliations": _affiliations(account, user),
        "dictionary": word_rules.in_force(),
        "may_teach": may_teach(user),
        "touches": touches.select_related("department", "person", "offering", "user")[:MOST],
        "surface": standing.surface(account, by=user, now=now),
        "score": standing.score(account, now=now),
        "origins": origins.told(account),
        "may_target": rules.may_edit(user),
        "may_source": may_source(user),
        **_business(account, user),
    }
    return render(request, "accounts/show.html", context)


def _business(account: Account, user: User) -> dict[str, QuerySet[Any]]:
    """The entries that want it, its leads, deals and contracts, as far as the user sees them."""
    entries = TargetEntry.objects.visible_to(user).active()
    leads = Lead.objects.visible_to(user).filter(account=account).for_rows()
    deals = Deal.objects.visible_to(user).filter(account=account)
    contracts = Contract.objects.visible_to(user).filter(account=account)
    return {
        "entries": entries.filter(account=account).select_related("version__list", "department", "offering"),
        "leads": leads.order_by("-id")[:MOST],
        "deals": deals.select_related("offering", "owner")[:MOST],
        "contracts": contracts.select_related("offering", "department")[:MOST],
    }


def _affiliations(account: Account, user: User) -> QuerySet[Affiliation]:
    seen = Person.objects.visible_to(user)
    current = account.affiliations.filter(ended_on=None, person__in=seen)
    return current.select_related("person", "department").order_by("department__name", "person__name")[: MOST * 5]


def target(request: PageRequest, public_id: UUID) -> HttpResponse:
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
