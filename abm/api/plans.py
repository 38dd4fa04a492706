"""Revival plans: dormant persons in somebody's hands until a day."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.dormant import Narrowed
from abm.api.fields import IdField, Ref
from abm.api.problems import Problem, translate
from abm.api.resources import Guarded
from abm.api.rows import Moment, Row
from accounts.models import Person
from targets import plans
from targets.models import PlannedPerson, RevivalPlan
from targets.plans import PlanRefused
from users.models import User

translate(PlanRefused, lambda error: Problem("plan-refused", 409, str(error)))


class PlannedRow(Row):
    """A person of a plan: WAITING, TOUCHED (since `touched_at`), OPTED_OUT or ERASED."""

    person = Ref(allow_null=True)
    account = Ref()
    department = Ref(allow_null=True)
    state = serializers.CharField()
    touched_at: Any = Moment(allow_null=True)

    class Meta:
        model = PlannedPerson
        fields = ("id", "person", "account", "department", "added_at", "last_touch_at", "state", "touched_at")


class PlanInList(Row):
    """A plan in the list of them."""

    owner = Ref()
    created_by = Ref()

    class Meta:
        model = RevivalPlan
        fields: tuple[str, ...] = ("id", "name", "owner", "due_on", "created_by", "created_at", "closed_at")


class PlanRow(PlanInList):
    """A plan; `persons` only as far as you may see persons."""

    persons = PlannedRow(many=True)

    class Meta(PlanInList.Meta):
        fields = (*PlanInList.Meta.fields, "persons")


class NewPlan(Narrowed):
    """Whom to plan: all dormant persons of the selection, or `persons` of them."""

    name = serializers.CharField(max_length=plans.NAME_LENGTH, default="", allow_blank=True)
    persons = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=plans.MOST)
    part = serializers.ChoiceField(["dormant", "never"], default="dormant")


class PlanChanges(serializers.Serializer[Any]):
    """What is to change."""

    name = serializers.CharField(max_length=plans.NAME_LENGTH, required=False)
    owner = IdField(lambda user: User.objects.visible_to(user), required=False)
    due_on = serializers.DateField(required=False)


class Dropped(serializers.Serializer[Any]):
    """The row to take out."""

    row = serializers.UUIDField(help_text="Its id in `persons`.")


class Plans(Guarded):
    """Revival plans."""

    resource = "plans"
    serializer_class = PlanRow
    orderings = {"created_at": "id", "due_on": "due_on"}

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return PlanInList if self.action == "list" else PlanRow

    def get_queryset(self) -> QuerySet[RevivalPlan]:
        seen = Q(person=None) | Q(person__erased_at__isnull=False) | Q(person__in=Person.objects.visible_to(self.user))
        rows = PlannedPerson.objects.with_state().filter(seen).select_related("person", "account", "department")
        found = RevivalPlan.objects.visible_to(self.user).select_related("owner", "created_by")
        return found if self.action == "list" else found.prefetch_related(Prefetch("persons", rows))

    @extend_schema(request=NewPlan, responses={201: PlanRow})
    def create(self, request: Request) -> Response:
        """Starts a plan of yours, due in 30 days. Whoever opted out is left out. Refused with 409."""
        told = self.given(NewPlan)
        only, part, name = told.pop("persons"), told.pop("part"), told.pop("name")
        made = plans.start(plans.Selection(**told), only=only, part=part, name=name, **self.act)
        return self.tagged(made, 201)

    @extend_schema(request=PlanChanges, responses=PlanRow)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        """Names it anew, gives it to somebody, sets another day. Needs If-Match."""
        told = self.given(PlanChanges)

        def change(plan: RevivalPlan) -> None:
            kept = {"name": plan.name, "owner": plan.owner, "due_on": plan.due_on}
            plans.change(plan, **{**kept, **told}, **self.act)

        return self.changed(change)

    @extend_schema(request=Dropped, responses=PlanRow, operation_id="plans_drop")
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, **kwargs: str) -> Response:
        """Takes a person out."""
        plan, told = self.get_object(), self.given(Dropped)
        plans.drop(get_object_or_404(plan.persons.all(), public_id=told["row"]), **self.act)
        return self.tagged(plan)

    @extend_schema(request=None, responses=PlanRow, operation_id="plans_close")
    @action(detail=True, methods=["post"])
    def close(self, request: Request, **kwargs: str) -> Response:
        """Ends it: whom nobody has touched is dormant again."""
        return self.tagged(plans.close(self.get_object(), **self.act))
