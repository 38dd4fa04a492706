"""Persons at accounts. Roles that need no persons (ANALYST, ADMIN) get an empty list and 404."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Prefetch, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.accounts import ExternalRef
from abm.api.fields import IdField, Ref
from abm.api.filters import FlagFilter, MomentFilter, ReferenceFilter, seen
from abm.api.opt_outs import Said
from abm.api.origins import Origins
from abm.api.paging import WORDS
from abm.api.resources import Guarded, csv_file, require
from abm.api.rights import Noted, Purpose, Rights
from abm.api.rows import Row
from abm.api.word_rules import dictionary_of
from accounts import editing, exporting, opt_outs, provenance, quality, rules
from accounts.enums import Basis, Function
from accounts.models import Account, Affiliation, Department, ExternalId, Person, Source
from audit import access
from targets import dormant
from targets.dormant import Selection
from users.models import User

GAPS = [(gap, gap) for gap in quality.GAPS["persons"]]
PARTS = [(part, part) for part in dormant.PARTS]
FUNCTIONS = [(str(function), str(function)) for function in Function]


class PlaceRow(serializers.ModelSerializer[Affiliation]):
    """A person's place at an account."""

    account = Ref()
    department = Ref(allow_null=True)
    rank_rule = serializers.SerializerMethodField(help_text='The words that give the rank; "" when somebody said it.')
    rank_taught = serializers.SerializerMethodField(help_text="The word rule that gives it; null: built-in words.")

    class Meta:
        model = Affiliation
        fields = ("account", "department", "title", "rank", "rank_rule", "rank_taught", "started_on", "ended_on")

    def get_rank_rule(self, place: Affiliation) -> str:
        read = dictionary_of(self).behind_rank(place)
        return read.rule if read else ""

    def get_rank_taught(self, place: Affiliation) -> UUID | None:
        dictionary = dictionary_of(self)
        rule = dictionary.rule_of(dictionary.behind_rank(place))
        return rule.public_id if rule else None


class PersonRow(Row):
    """A person."""

    affiliations = PlaceRow(many=True)
    external_ids = ExternalRef(many=True)
    bases: Any = serializers.ListField(
        child=serializers.ChoiceField([(basis, basis) for basis in Basis]),
        help_text="On which grounds we may use what we know; empty: unknown.",
    )

    class Meta:
        model = Person
        fields = (
            "id", "name", "last_name", "first_name", "name_kana", "email", "phone", "mobile", "opted_out_at",
            "bases", "affiliations", "external_ids", "created_at", "updated_at",
        )  # fmt: skip


class PersonChanges(serializers.Serializer[Any]):
    """What is to change."""

    name = serializers.CharField(max_length=160, required=False)
    last_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    first_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    name_kana = serializers.CharField(max_length=160, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    mobile = serializers.CharField(max_length=40, required=False, allow_blank=True)


class NewPerson(PersonChanges):
    """Somebody at an account."""

    account = IdField(lambda user: Account.objects.visible_to(user))
    department = IdField(lambda user: Department.objects.visible_to(user), default=None, allow_null=True)
    name = serializers.CharField(max_length=160)
    title = serializers.CharField(max_length=120, default="", allow_blank=True)


class NewExport(Purpose):
    """What the file is for, and who stands in it."""

    only_reachable = serializers.BooleanField(default=True, help_text="Only those we may write to.")


PURPOSE = OpenApiParameter("Purpose", str, OpenApiParameter.HEADER, description="What the persons are read for.")


class PersonFilters(django_filters.FilterSet):
    """Narrowing the list of persons."""

    account = ReferenceFilter("affiliations__account", queryset=seen(Account), distinct=True)
    department = ReferenceFilter("affiliations__department", queryset=seen(Department), distinct=True)
    listed = django_filters.BooleanFilter("account__listed", method="by_place", label="At a listed company.")
    function = django_filters.ChoiceFilter("department__function", method="by_place", choices=FUNCTIONS)
    source = ReferenceFilter("source", method="by_place", queryset=Source.objects.all(), to_field_name="code")
    import_id = django_filters.UUIDFilter(method="by_import", label="Told of by this import.")
    email = django_filters.CharFilter(lookup_expr="iexact")
    opted_out = FlagFilter("opted_out_at", lookup_expr="isnull", exclude=True)
    basis_known = django_filters.BooleanFilter(method="by_basis", label="Whether a telling says on which ground.")
    updated_after = MomentFilter("updated_at", lookup_expr="gte")
    search = django_filters.CharFilter(method="by_name", label="Name or mail address, or a part of it.")
    title = django_filters.CharFilter("title", method="by_place", label="The present title, as written.")
    gap = django_filters.ChoiceFilter(method="by_gap", choices=GAPS, label="What is missing or wrong (data quality).")

    dormant = django_filters.ChoiceFilter(
        method="by_dormancy", choices=PARTS, label="Of the dormant-asset audit; account, function and source narrow it."
    )

    class Meta:
        model = Person
        fields: tuple[str, ...] = ()

    def by_name(self, queryset: Any, name: str, value: str) -> QuerySet[Person]:
        """Spaces in a name do not matter."""
        found: QuerySet[Person] = queryset.named(value)
        return found

    def by_import(self, queryset: QuerySet[Person], name: str, value: UUID) -> QuerySet[Person]:
        """Those a file made, changed or confirmed."""
        return queryset.filter(provenance.told_by(Person, value))

    def by_basis(self, queryset: Any, name: str, value: bool) -> QuerySet[Person]:
        """Those whose basis is known, or is not."""
        unknown: QuerySet[Person] = queryset.without_basis()
        return queryset.exclude(pk__in=unknown.values("pk")) if value else unknown

    def by_place(self, queryset: QuerySet[Person], name: str, value: Any) -> QuerySet[Person]:
        """Those who work now at a place of this kind."""
        places = Affiliation.objects.filter(ended_on=None, **{name: value})
        return queryset.filter(pk__in=places.values("person"))

    def by_gap(self, queryset: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        """Those counted under this gap."""
        return queryset.filter(pk__in=quality.persons_lacking(value, now=timezone.now()))

    def by_dormancy(self, queryset: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        """Those that part of the audit counts, at wanted places of the selection."""
        asked = {part: self.form.cleaned_data.get(part) for part in ("account", "function", "source")}
        selection = Selection(**{part: told for part, told in asked.items() if told})
        return queryset.filter(pk__in=dormant.persons(value, selection, now=timezone.now()).values("pk"))


class Persons(Origins, Rights, Noted, Guarded):
    """Persons."""

    resource = "persons"
    serializer_class = PersonRow
    filterset_class = PersonFilters
    orderings = {"name": "name", "created_at": "id", "updated_at": "updated_at"}
    ordering = "name"

    def get_queryset(self) -> QuerySet[Person]:
        return (
            Person.objects.visible_to(self.user)
            .with_bases()
            .prefetch_related(
                Prefetch("affiliations", _places(self.user)),
                Prefetch("external_ids", ExternalId.objects.select_related("source")),
            )
        )

    @extend_schema(parameters=[PURPOSE])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Persons. Twenty or more at once are noted in the access log, with what the header says it is for."""
        answer = super().list(request, *args, **kwargs)
        filters = {name: value for name, value in request.query_params.items() if name not in WORDS}
        purpose = request.headers.get(PURPOSE.name, "")
        access.read("persons", [one.pk for one in self.seen], filters=filters, purpose=purpose, **self.act)
        return answer

    @extend_schema(request=NewExport, responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=False, methods=["post"], pagination_class=None)
    def export(self, request: Request) -> StreamingHttpResponse:
        """A CSV of the persons that the filters leave, a row per place they work at now; noted in the access log."""
        require(rules.may_export(self.user))
        told = self.given(NewExport)
        found = self.filter_queryset(self.get_queryset())
        lines = exporting.export(found, places=_now(self.user), filters=request.query_params.dict(), **told, **self.act)
        return csv_file(lines, "persons")

    @extend_schema(request=NewPerson, responses={201: PersonRow})
    def create(self, request: Request) -> Response:
        """Adds somebody at an account; a known mail address is 409 with `existing`."""
        require(rules.may_edit(self.user))
        told = self.given(NewPerson)
        return self.tagged(editing.add_person(told.pop("account"), **told, **self.act), 201)

    @extend_schema(request=PersonChanges, responses=PersonRow)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        """Changes what is sent. Needs If-Match."""
        require(rules.may_edit(self.user))
        changes = self.given(PersonChanges)
        return self.changed(lambda person: editing.amend_person(person, **changes, **self.act))

    @extend_schema(request=Said, responses=PersonRow, operation_id="persons_opt_out")
    @action(detail=True, methods=["post"], url_path="opt_out")
    def opt_out(self, request: Request, **kwargs: str) -> Response:
        """The person wants no more mails or calls. Only consent given anew (`/opt-outs/{id}/lift/`) lifts it."""
        person = self.get_object()
        return self.tagged(opt_outs.opt_out(person, **self.given(Said), **self.act))


def _places(user: User) -> QuerySet[Affiliation]:
    """Where persons work, as far as the asker may see these accounts."""
    seen_accounts = Account.objects.visible_to(user)
    return Affiliation.objects.filter(account__in=seen_accounts).select_related("account", "department")


def _now(user: User) -> QuerySet[Affiliation]:
    """Where persons work now, as far as the asker may see these accounts."""
    return _places(user).filter(ended_on=None).order_by("account__name", "account_id", "pk")
