"""Labelled samples of the matcher's work: drawn from our own files, labelled, and what the labels say."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Ref
from abm.api.problems import Problem, translate
from abm.api.resources import Readable
from abm.api.rows import Row
from imports import accuracy, sampling
from imports.enums import Label
from imports.samples import Sample, SamplePair
from imports.sampling import SampleRefused

translate(SampleRefused, lambda error: Problem("sample-refused", 409, str(error)))


class SamplePairRow(Row):
    """A pair: a company as told (`facts`) and one we know, or two persons; `label` is blank until somebody said it."""

    account = Ref(allow_null=True)
    person = Ref(allow_null=True)
    other = Ref(allow_null=True)
    labelled_by = Ref(allow_null=True)

    class Meta:
        model = SamplePair
        fields = (
            "id", "position", "stratum", "rule", "weight", "facts", "account", "person", "other", "label",
            "labelled_by", "labelled_at",
        )  # fmt: skip


class FigureRow(serializers.Serializer[Any]):
    """A rate (0 to 1) with its 95 % Wilson interval, over `n` labelled pairs."""

    rate = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    n = serializers.IntegerField()


class RuleFigures(serializers.Serializer[Any]):
    """One rule: what it stands for, the labels, its precision; its recall where it links by itself."""

    persons = serializers.BooleanField()
    stratum = serializers.CharField()
    rule = serializers.CharField()
    stands_for = serializers.FloatField()
    drawn = serializers.IntegerField()
    same = serializers.IntegerField()
    different = serializers.IntegerField()
    unsure = serializers.IntegerField()
    precision = FigureRow()
    recall: Any = FigureRow(allow_null=True)


class AccuracyRow(serializers.Serializer[Any]):
    """What the labels say: by rule, and of all that is linked by itself."""

    rules = RuleFigures(many=True)
    precision = FigureRow()
    recall = FigureRow()
    drawn = serializers.IntegerField()
    labelled = serializers.IntegerField()


class SampleInList(Row):
    """A sample in the list of them."""

    by = Ref()

    class Meta:
        model = Sample
        fields: tuple[str, ...] = ("id", "by", "at", "looked_at")


class SampleRow(SampleInList):
    """A sample with its pairs and what their labels say."""

    pairs = SamplePairRow(many=True)
    accuracy = serializers.SerializerMethodField()

    class Meta(SampleInList.Meta):
        fields = (*SampleInList.Meta.fields, "pairs", "accuracy")

    @extend_schema_field(AccuracyRow)
    def get_accuracy(self, row: Sample) -> Any:
        return AccuracyRow(accuracy.read(row.pairs.all())).data


class Labelled(serializers.Serializer[Any]):
    """What a pair is."""

    pair = serializers.UUIDField()
    label: Any = serializers.ChoiceField([str(label) for label in Label])


class MatchSamples(Readable):
    """Labelled samples."""

    resource = "doubts"
    serializer_class = SampleRow

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return SampleInList if self.action == "list" else SampleRow

    def get_queryset(self) -> QuerySet[Sample]:
        found = Sample.objects.visible_to(self.user).select_related("by")
        pairs = SamplePair.objects.visible_to(self.user).select_related("account", "person", "other", "labelled_by")
        return found if self.action == "list" else found.prefetch_related(Prefetch("pairs", pairs))

    @extend_schema(request=None, responses={201: SampleRow})
    def create(self, request: Request) -> Response:
        """Draws a sample from the files kept here. Refused with 409 where there is nothing to draw."""
        return self.shown(sampling.draw(**self.act), 201)

    @extend_schema(request=Labelled, responses=SampleRow, operation_id="match_samples_label")
    @action(detail=True, methods=["post"])
    def label(self, request: Request, **kwargs: str) -> Response:
        """Says what a pair is. Nothing is linked or merged by it."""
        sample, told = self.get_object(), self.given(Labelled)
        seen = SamplePair.objects.visible_to(self.user).filter(sample=sample)
        sampling.label(get_object_or_404(seen, public_id=told["pair"]), as_=told["label"], **self.act)
        return self.shown(sample)
