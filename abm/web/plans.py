"""Revival plans: who speaks to whom again until when, and how far is it?"""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from accounts.models import Person
from audit import access
from targets import plans, rules
from targets.models import PlannedPerson, RevivalPlan
from targets.plans import PlanRefused
from users.models import User
from users.roles import MARKETING, SALES

PER_PAGE = 100


class Ids(forms.MultipleChoiceField):
    """Ticked rows, by their public ids."""

    def valid_value(self, value: str) -> bool:
        try:
            UUID(value)
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[UUID]:
        return [UUID(one) for one in super().clean(value)]


class PlanForm(forms.Form):
    """Name, owner and day."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=plans.NAME_LENGTH)
    owner = forms.ModelChoiceField(label=gettext_lazy("Owner"), queryset=User.objects.none(), to_field_name="public_id")
    due_on = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: Any, *, plan: RevivalPlan, user: User) -> None:
        super().__init__(data, initial={"name": plan.name, "owner": plan.owner.public_id, "due_on": plan.due_on})
        people = User.objects.visible_to(user).people().filter(role__in=MARKETING | SALES)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Plans under way first, then those that ended."""
    found = RevivalPlan.objects.visible_to(request.user).select_related("owner").annotate(people=Count("persons"))
    page = Paginator(found.order_by("closed_at", "due_on", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "dormant/plans.html", {"page": page, "today": timezone.localdate()})


def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """One plan: its persons and how it stands with each; and a form to change it."""
    plan = _plan(request, public_id)
    form = PlanForm(request.POST or None, plan=plan, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            plans.change(plan, by=request.user, now=timezone.now(), **form.cleaned_data)
        except PlanRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Kept."), "plan", public_id)
    return render(request, "dormant/plan.html", _board(request, plan) | {"plan": plan, "form": form})


def _board(request: PageRequest, plan: RevivalPlan) -> dict[str, Any]:
    """Its persons, as far as the user sees persons, and what may be done."""
    rows = plan.persons.with_state()
    seen = Q(person=None) | Q(person__erased_at__isnull=False) | Q(person__in=Person.objects.visible_to(request.user))
    shown = rows.filter(seen).select_related("person", "account", "department").order_by("account__name", "pk")
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    told = [row.person_id for row in page if row.person_id]
    access.read("persons", told, by=request.user, now=timezone.now(), filters={"plan": plan.name})
    may_plan = rules.may_plan(request.user) and not plan.closed_at
    may_close = may_plan or (plan.owner_id == request.user.pk and not plan.closed_at)
    counts = {"total": rows.count(), "touched": rows.touched().count()}
    return {"page": page, "may_plan": may_plan, "may_close": may_close, **counts}


def _plan(request: PageRequest, public_id: UUID) -> RevivalPlan:
    found = RevivalPlan.objects.visible_to(request.user).select_related("owner", "created_by")
    return get_object_or_404(found, public_id=public_id)


@require_POST
def drop(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes somebody out."""
    found = PlannedPerson.objects.filter(plan__in=RevivalPlan.objects.visible_to(request.user))
    found = found.filter(person__in=Person.objects.visible_to(request.user)).select_related("plan")
    planned = get_object_or_404(found, public_id=public_id)
    try:
        plans.drop(planned, by=request.user, now=timezone.now())
    except PlanRefused as why:
        return refused(request, why, "plan", planned.plan.public_id)
    return done(request, _("Taken out of the plan."), "plan", planned.plan.public_id)


@require_POST
def close(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Ends a plan."""
    try:
        plans.close(_plan(request, public_id), by=request.user, now=timezone.now())
    except PlanRefused as why:
        return refused(request, why, "plan", public_id)
    return done(request, _("The plan is closed; whom nobody has touched is dormant again."), "plans")
