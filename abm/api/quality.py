"""Data quality: how full the fields are, what is not read, what is out of date, what waits in the review."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.resources import Address, require
from abm.api.rows import Moment
from accounts import quality, recounting
from accounts.querysets import REVIEWERS


class GapRow(serializers.Serializer[Any]):
    """So many of `total` lack it. Its rows: `?gap=` of `/accounts/` or `/persons/`."""

    code = serializers.CharField()
    missing = serializers.IntegerField()
    total = serializers.IntegerField()
    share = serializers.FloatField(help_text="How many have it, 0 to 1.")


class TextRow(serializers.Serializer[Any]):
    """A text nothing is read from: in how many departments or present places of persons, at how many companies."""

    text = serializers.CharField()
    rows = serializers.IntegerField()
    accounts = serializers.IntegerField()


class QualityRow(serializers.Serializer[Any]):
    """Everything that is counted, at one moment."""

    accounts = GapRow(many=True)
    persons = GapRow(many=True)
    troubles = GapRow(many=True, help_text="Of persons: `free_mail`, `stale`, `no_basis`.")
    departments = TextRow(many=True, help_text="The most frequent names without a function.")
    departments_unread = serializers.IntegerField()
    titles = TextRow(many=True, help_text="The most frequent titles without a rank.")
    titles_unread = serializers.IntegerField()
    doubts: Any = serializers.DictField(child=serializers.IntegerField(), help_text="Open doubts by kind.")
    at = Moment(help_text="When this was counted: now, unless that takes long. Doubts are always those of now.")
    is_awaited = serializers.BooleanField(help_text="Somebody has asked for newer figures.")


class Quality(Address):
    """Data quality."""

    resource = "data-quality"

    @extend_schema(responses=QualityRow, operation_id="data_quality_retrieve")
    def get(self, request: Request) -> Response:
        """Everything that is counted; for those who decide who is who."""
        require(self.user.role in REVIEWERS)
        return Response(QualityRow(quality.latest(now=timezone.now())).data)


class QualityCount(Address):
    """Counting data quality anew."""

    resource = "data-quality"

    @extend_schema(request=None, responses={202: QualityRow}, operation_id="data_quality_count")
    def post(self, request: Request) -> Response:
        """Asks for newer figures than those kept; answers these, awaited. Nothing is awaited where they are of now."""
        require(self.user.role in REVIEWERS)
        recounting.ask(quality.CODE, **self.act)
        return Response(QualityRow(quality.latest(now=timezone.now())).data, 202)
