"""Dormant: whom do we own, want, and leave alone? Every number opens its persons, and one button plans them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_stubs_ext import StrOrPromise

from abm.web import exports, formats, words
from abm.web.answers import done, go, refused
from abm.web.charts import WIDE, Bar, Bars, Item
from abm.web.plans import Ids
from abm.web.requests import PageRequest
from accounts import exporting, recounting
from accounts.models import Account, Person, Source
from accounts.rules import may_export
from audit import access
from targets import dormant, plans, rules
from targets.dormant import Group, Selection
from targets.plans import PlanRefused
from users.models import User

PER_PAGE = 100
PARTS: dict[str, StrOrPromise] = {
    "dormant": gettext_lazy("Dormant"),
    "never": gettext_lazy("Never touched"),
    "planned": gettext_lazy("In a plan already"),
    "opted_out": gettext_lazy("Opted out: left alone"),
    "wanted": gettext_lazy("At wanted places in all"),
}
ALL = ("", gettext_lazy("All"))


class SelectionForm(forms.Form):
    """What the address narrows the audit to."""

    account = forms.ModelChoiceField(
        queryset=Account.objects.none(), to_field_name="public_id", required=False, widget=forms.HiddenInput
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
    part = forms.ChoiceField(choices=list(PARTS.items()), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["account"].queryset = Account.objects.visible_to(user)  # type: ignore[attr-defined]

    @property
    def selection(self) -> Selection:
        """Narrowed as asked. Raises Http404 for what cannot be asked."""
        if not self.is_valid():
            raise Http404
        given = self.cleaned_data
        return Selection(account=given["account"], function=given["function"], source=given["source"])

    @property
    def chosen(self) -> str:
        """The part asked for."""
        return self.cleaned_data["part"] or "dormant"

    @property
    def query(self) -> dict[str, str]:
        """The same selection as an address tells it."""
        told, given = self.selection, self.cleaned_data
        named = {"account": str(told.account.public_id) if told.account else "", "function": told.function,
                 "source": told.source.code if told.source else "", "part": given["part"]}  # fmt: skip
        return {name: value for name, value in named.items() if value}


class PurposeForm(forms.Form):
    """What the file is for."""

    purpose = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=200,
        min_length=exporting.LEAST_PURPOSE,
        help_text=gettext_lazy("Such as: invitation to the seminar on 3 December. It is kept in the access log."),
    )


class PlanForm(SelectionForm):
    """A selection to plan: all of it, or the ticked."""

    person = Ids(required=False)
    all = forms.BooleanField(required=False)


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The counts, and by account, function and source where they are."""
    form = SelectionForm(request.GET, user=request.user)
    found, query = dormant.latest(form.selection, now=timezone.now()), form.query
    context = {
        "form": form,
        "audit": found,
        "figures": [(word, found.counts[part], _address(query, part=part)) for part, word in PARTS.items()],
        "months": settings.DORMANT_MONTHS,
        "count_url": f"{reverse('dormant_count')}?{urlencode(query)}",
        "accounts": _bars(found.accounts, "account", query),
        "functions": _bars(_worded(found.functions), "function", query),
        "sources": _bars(found.sources, "source", query),
        "may_plan": rules.may_plan(request.user),
    }
    return render(request, "dormant/index.html", context)


@require_POST
def count(request: PageRequest) -> HttpResponse:
    """Asks for newer figures than those kept; the same selection is shown again."""
    query = SelectionForm(request.GET, user=request.user).query
    recounting.ask(dormant.CODE, by=request.user, now=timezone.now())
    return go(request, f"{reverse('dormant')}?{urlencode(query)}")


def _address(query: dict[str, str], **more: str) -> str:
    return f"{reverse('dormant_persons')}?{urlencode(query | more)}"


def _worded(groups: Sequence[Group]) -> list[Group]:
    return [Group(one.key, str(words.FUNCTIONS.get(one.key or "", "")), one.persons) for one in groups]


def _bars(groups: Sequence[Group], by: str, query: dict[str, str]) -> Bars:
    """A bar per group, the most persons first."""
    most = max((group.persons for group in groups), default=1)
    return Bars(tuple(_bar(group, by, query, WIDE / most) for group in groups), 0.0)


def _bar(group: Group, by: str, query: dict[str, str], scale: float) -> Bar:
    """A group without a key (nobody has told) has no address of its own."""
    href = _address(query, **{by: group.key}) if group.key else ""
    item = Item(group.label or _("not told"), group.persons, formats.rounded(group.persons, 0), href=href)
    return Bar(item, 0.0, group.persons * scale, 0.0, 0.0)


@require_safe
def persons(request: PageRequest) -> HttpResponse:
    """The persons behind a number, to be ticked and planned."""
    form = SelectionForm(request.GET, user=request.user)
    page = Paginator(_persons(request.user, form), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "part": form.chosen, "word": PARTS[form.chosen], "query": form.query,
               "may_plan": rules.may_plan(request.user) and form.chosen in ("dormant", "never"),
               "may_export": may_export(request.user),
               "export_url": f"{reverse('dormant_export')}?{urlencode(form.query)}"}  # fmt: skip
    told = form.query | {"dormant": form.chosen}
    access.read("persons", [one.pk for one in page], by=request.user, now=timezone.now(), filters=told)
    return render(request, "dormant/persons.html", context)


def _persons(user: User, form: SelectionForm) -> QuerySet[Person]:
    selection = form.selection
    found = dormant.persons(form.chosen, selection, now=timezone.now())
    wanted = dormant.places(selection).select_related("account", "department", "source")
    seen = found.filter(pk__in=Person.objects.visible_to(user).values("pk"))
    return seen.prefetch_related(Prefetch("affiliations", wanted)).order_by("name", "pk")


def export(request: PageRequest) -> HttpResponseBase:
    """Takes the same persons out as a file, once it is said what for; those we may not write to never."""
    if not may_export(request.user):
        raise PermissionDenied
    form, purpose = SelectionForm(request.GET, user=request.user), PurposeForm(request.POST or None)
    found, places = _persons(request.user, form), dormant.places(form.selection)
    if not purpose.is_valid():
        n = places.filter(person__in=found.values("pk")).count()
        context = {"form": purpose, "selection": form, "word": PARTS[form.chosen], "places": n}
        return render(request, "dormant/export.html", context)
    told: dict[str, Any] = {"places": places, "filters": form.query | {"dormant": form.chosen}, "by": request.user}
    wanted = Person.objects.filter(pk__in=found.values("pk"))
    lines = exporting.export(wanted, now=timezone.now(), **told, **purpose.cleaned_data)
    return exports.download(lines, f"dormant-{timezone.localdate()}")


@require_POST
def plan(request: PageRequest) -> HttpResponse:
    """Puts all of a selection, or the ticked, into a new plan."""
    form = PlanForm(request.POST, user=request.user)
    selection, back = form.selection, _address(form.query)
    given = form.cleaned_data
    if not given["all"] and not given["person"]:
        return refused(request, _("Please tick somebody first."), back)
    only = () if given["all"] else given["person"]
    try:
        made = plans.start(selection, by=request.user, now=timezone.now(), only=only, part=form.chosen)
    except PlanRefused as why:
        return refused(request, why, back)
    n = made.persons.count()
    return done(request, _("The plan holds %(n)s persons. Give it a name, an owner and a day.") % {"n": n},
                "plan", made.public_id)  # fmt: skip
