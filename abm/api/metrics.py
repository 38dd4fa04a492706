"""Metrics: the dictionary, each number with its interval and definition, and the very rows it counts."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.deals import DealRow
from abm.api.feedback import FeedbackRow
from abm.api.handoffs import HandoffRow
from abm.api.leads import LeadRow, with_what_a_row_shows
from abm.api.paging import WORDS, CursorPaging
from abm.api.problems import BadParameters
from abm.api.resources import Address
from abm.api.rows import Moment
from funnel import metrics, partition, readout
from funnel.measures import DEFAULT_K, Metric
from funnel.metrics import PREVIOUS_YEAR, UnknownMetric, UnknownSlice
from funnel.models import Deal, Feedback, Handoff, Lead
from users.models import User

MOST_DIMENSIONS = 4
OLDEST, NEWEST = 1900, 2999


class MetricRow(serializers.Serializer[Any]):
    """One number, as it is defined."""

    key = serializers.CharField()
    label: Any = serializers.CharField()
    definition = serializers.CharField()
    section = serializers.CharField()
    unit = serializers.CharField(help_text="rate (a fraction of 1), count, money, days or hours")
    numerator = serializers.CharField(allow_null=True)
    denominator = serializers.CharField(allow_null=True)
    dimensions = serializers.SerializerMethodField(help_text="What it can be sliced by and narrowed to.")

    def get_dimensions(self, metric: Metric) -> dict[str, str]:
        return metrics.dimensions(metric.key)


class Dictionary(Address):
    """All metrics."""

    resource = "metrics"

    @extend_schema(responses=MetricRow(many=True), operation_id="metrics_list")
    def get(self, request: Request) -> Response:
        """The dictionary: every number defined once."""
        return Response(MetricRow(metrics.dictionary(), many=True).data)


class Terms(serializers.Serializer[Any]):
    """What a metric is asked at."""

    date_from = serializers.DateField(default=None)
    date_to = serializers.DateField(default=None)
    as_of = Moment(default=None)
    k = serializers.IntegerField(min_value=0, max_value=3650, default=DEFAULT_K)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A year before and a year after must exist too."""
        for name in ("date_from", "date_to", "as_of"):
            if attrs[name] and not OLDEST <= attrs[name].year <= NEWEST:
                raise serializers.ValidationError({name: [_("This is too far away.")]})
        if attrs["date_from"] and attrs["date_to"] and attrs["date_from"] > attrs["date_to"]:
            raise serializers.ValidationError({"date_to": [_("The period ends before it begins.")]})
        return attrs


class Question(Terms):
    """How one metric is to be read."""

    by = serializers.CharField(default="", max_length=200)
    compare = serializers.ChoiceField([PREVIOUS_YEAR], default="")

    def validate_by(self, value: str) -> list[str]:
        names = [name for name in value.split(",") if name]
        if len(names) > MOST_DIMENSIONS:
            raise serializers.ValidationError(_("At most %(most)s dimensions.") % {"most": MOST_DIMENSIONS})
        return names


class RowsQuestion(Terms):
    """Which rows are to be shown."""

    part = serializers.ChoiceField(["numerator", "denominator"], default="numerator")


class Figures(serializers.Serializer[Any]):
    """A value and what it is made of."""

    value = serializers.JSONField(help_text="Null where nothing stands below the line.")
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField(allow_null=True)
    interval = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="Wilson, 95 %.")
    currency = serializers.CharField(required=False)
    rows = serializers.DictField(child=serializers.URLField(), help_text="Where the rows counted are found.")


class Comparison(serializers.Serializer[Any]):
    """The same a year before, at equal maturity."""

    before = Figures()
    difference = serializers.JSONField(help_text="Null where either is not known.")
    test = serializers.DictField(allow_null=True, help_text="Two proportions: name and p.")
    small_n = serializers.BooleanField()


class Slice(Figures):
    """One slice."""

    slice = serializers.DictField(child=serializers.CharField(), help_text="Dimension → code, fit for a filter.")
    labels = serializers.DictField(child=serializers.CharField())
    compare = Comparison(required=False)


class Answer(serializers.Serializer[Any]):
    """A metric's values, slice by slice."""

    metric = MetricRow()
    results = Slice(many=True)


class SliceCode(serializers.CharField):
    """The code of a slice; empty is the slice of what is not known."""

    def __init__(self) -> None:
        super().__init__(allow_blank=True, trim_whitespace=False, max_length=200)


DESCRIBED = {
    "date_from": "First day of the period.",
    "date_to": "Last day of the period, included.",
    "as_of": "Nothing later than this exists.",
    "k": "Days after hand-over that count.",
    "by": "Dimensions to slice by, parted by commas.",
    "compare": "previous_year: with the same a year before, at equal maturity.",
    "part": "numerator or denominator.",
}
RENAMED = {"from": "date_from", "to": "date_to"}


def _asked(kind: type[Terms], key: str, query: Mapping[str, str], *, beside: tuple[str, ...] = ()) -> dict[str, Any]:
    """The query's terms, with every other parameter as a filter by dimension. Raises BadParameters."""
    given = {RENAMED.get(name, name): value for name, value in query.items() if name not in beside}
    words = {name: value for name, value in given.items() if name in kind().fields}
    filters = {name: value for name, value in given.items() if name not in words}
    known = sorted({*metrics.dimensions(key), *(public_name(str(name)) for name in kind().fields), *beside})
    if unknown := {name: [_("There is no such filter.")] for name in filters if name not in known}:
        raise BadParameters(unknown, known=known)
    reader = kind(data=words)
    wrong = {} if reader.is_valid() else {public_name(name): texts for name, texts in reader.errors.items()}
    if wrong := wrong | _wrong_slices(key, filters):
        raise BadParameters(wrong)
    return {**reader.validated_data, "filters": filters}


def _wrong_slices(key: str, filters: Mapping[str, str]) -> dict[str, list[str]]:
    wrong = {}
    for name, code in filters.items():
        try:
            SliceCode().run_validation(code)
            if code:
                metrics.get(key).subject.dimensions[name].value(code)
        except (serializers.ValidationError, UnknownSlice) as error:
            wrong[name] = [str(getattr(error, "detail", [error])[0])]
    return wrong


def public_name(name: str) -> str:
    return {own: public for public, own in RENAMED.items()}.get(name, name)


def _query(kind: type[Terms]) -> list[OpenApiParameter]:
    return [OpenApiParameter(public_name(str(name)), str, description=DESCRIBED[str(name)]) for name in kind().fields]


def _metric(key: str) -> Metric:
    try:
        return metrics.get(key)
    except UnknownMetric as error:
        raise Http404 from error


class Value(Address):
    """One metric."""

    resource = "metrics"

    @extend_schema(responses=Answer, parameters=_query(Question), operation_id="metrics_retrieve")
    def get(self, request: Request, key: str) -> Response:
        """The metric as the asker may see it: per slice value, parts, interval, and where the rows are.

        Every dimension of the dictionary is a filter; `compare=previous_year` is at equal maturity.
        """
        metric = _metric(key)
        asked = _asked(Question, key, request.query_params)
        try:
            found = metrics.evaluate([key], viewer=self.user, **asked)
        except UnknownSlice as error:
            raise BadParameters({"by": [str(error)]}) from error
        shown = [as_slice(request, readout.as_data(row)) for row in found]
        return Response({"metric": MetricRow(metric).data, "results": shown})


def as_slice(request: Request, data: dict[str, Any]) -> dict[str, Any]:
    """A row as the API tells it: the link to what was counted is an address."""
    if (compare := data.get("compare")) and compare["before"]:
        compare["before"] = as_slice(request, compare["before"])
    link = dict(data.pop("link"))
    key = link.pop("metric")
    address = request.build_absolute_uri(reverse("api:metric-rows", args=[key]))
    data["rows"] = {part: f"{address}?{urlencode(link | {'part': part})}" for part in _parts(key)}
    return {name: value for name, value in data.items() if name not in ("metric", "unit", "definition")}


def _parts(key: str) -> list[str]:
    return ["numerator", "denominator"] if metrics.get(key).denominator else ["numerator"]


class PartitionRow(serializers.Serializer[Any]):
    """One slice: A + J + I = M."""

    slice = serializers.DictField(child=serializers.CharField())
    labels = serializers.DictField(child=serializers.CharField())
    accepted_in_time = Slice(help_text="A")
    rejected_in_time = Slice(help_text="J")
    ignored = Slice(help_text="I")
    matured = Slice(help_text="M")
    holds = serializers.BooleanField(help_text="Whether A + J + I = M.")


class PartitionQuestion(Question):
    """How the partition is to be cut."""

    compare = None  # type: ignore[assignment]


class Partitions(Address):
    """A + J + I = M."""

    resource = "metrics"

    @extend_schema(
        responses=PartitionRow(many=True), parameters=_query(PartitionQuestion), operation_id="partition_list"
    )
    def get(self, request: Request) -> Response:
        """Every matured lead is accepted in time, rejected in time or ignored: the three and their sum, per slice."""
        asked = _asked(PartitionQuestion, partition.WHOLE, request.query_params)
        try:
            found = partition.read(viewer=self.user, **asked)
        except UnknownSlice as error:
            raise BadParameters({"by": [str(error)]}) from error
        return Response([_partition(request, one) for one in found])


def _partition(request: Request, one: partition.Partition) -> dict[str, Any]:
    names = ("accepted_in_time", "rejected_in_time", "ignored", "matured")
    rows = {
        name: as_slice(request, readout.as_data(row)) for name, row in zip(names, [*one.parts, one.whole], strict=True)
    }
    place = {"slice": dict(one.whole.slice), "labels": dict(one.whole.labels)}
    return {**place, **rows, "holds": one.holds}


class CountedRows(serializers.Serializer[Any]):
    """A page of the rows counted."""

    count = serializers.IntegerField(required=False)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = serializers.ListField(
        child=serializers.DictField(), help_text="As in /leads/, /handoffs/, /deals/ or /feedback/."
    )


class Counted(Address):
    """The very rows a metric counts."""

    resource = "metrics"
    orderings = {"created_at": "id"}
    ordering = "-created_at"

    @extend_schema(responses=CountedRows, parameters=_query(RowsQuestion), operation_id="metrics_rows")
    def get(self, request: Request, key: str) -> Response:
        """The leads (handoffs, deals) that the numerator or denominator counts, as far as the asker may see them."""
        _metric(key)
        asked = _asked(RowsQuestion, key, request.query_params, beside=WORDS)
        try:
            found = metrics.rows(key, asked.pop("part"), viewer=self.user, **asked)
        except (UnknownSlice, UnknownMetric) as error:
            raise BadParameters({"part": [str(error)]}) from error
        if not isinstance(found, QuerySet) or found.model not in SHOWN:
            raise Http404
        shown, with_beside = SHOWN[found.model]
        pages = CursorPaging()
        rows = pages.paginate_queryset(with_beside(found, self.user), request, self)
        return pages.get_paginated_response(shown(rows, many=True, context={"request": request}).data)


def _deals(found: Any, user: User) -> Any:
    return found.select_related("source", "account", "department", "offering", "owner")


def _feedback(found: Any, user: User) -> Any:
    return found.select_related("lead", "account", "user", "team")


def _handoffs(found: Any, user: User) -> Any:
    return found.select_related("lead", "account", "assignee", "team", "sent_by", "decided_by")


SHOWN: dict[Any, Any] = {
    Lead: (LeadRow, with_what_a_row_shows),
    Deal: (DealRow, _deals),
    Feedback: (FeedbackRow, _feedback),
    Handoff: (HandoffRow, _handoffs),
}
