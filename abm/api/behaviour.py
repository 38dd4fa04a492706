"""Who answers how: reps, teams and partners by their deliveries, and marketing by its own clocks."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.metrics import DESCRIBED, RENAMED, Slice, Terms, as_slice, public_name
from abm.api.problems import BadParameters
from abm.api.resources import Address
from funnel import behaviour, readout
from funnel.behaviour import Line
from funnel.metrics import UnknownSlice
from funnel.shrinking import RANKED_FROM

FILTERS = ("team", "source", "tier")


class Asked(Terms):
    """Whom to tell apart, over what."""

    by = serializers.ChoiceField(list(behaviour.GROUPS), default="assignee")
    team = serializers.CharField(required=False, max_length=200)
    source: Any = serializers.CharField(required=False, max_length=200)
    tier = serializers.CharField(required=False, max_length=200)


class LineRow(serializers.Serializer[Any]):
    """One rep, team or partner."""

    label: Any = serializers.CharField()
    team = serializers.CharField(help_text="The team the deliveries went to, where reps are told apart.")
    place = serializers.IntegerField(allow_null=True, help_text=f"Null under {RANKED_FROM} matured deliveries.")
    shrunk = serializers.FloatField(allow_null=True, help_text="The SAL rate drawn to the mean, m = 20.")
    n = serializers.IntegerField(help_text="Matured deliveries.")
    metrics = serializers.DictField(child=Slice())


class BehaviourRow(serializers.Serializer[Any]):
    """Who answers how. A rep sees the own line and the team's mean, a partner the own."""

    ranked = LineRow(many=True)
    unranked = LineRow(many=True)
    mean = serializers.DictField(child=Slice())
    marketing = serializers.DictField(child=Slice())


WORDS = {"by": "assignee, team or partner.", "team": "One team's.", "source": "One source's.", "tier": "One tier's."}


class Behaviour(Address):
    """Who answers how."""

    resource = "metrics"

    @extend_schema(
        responses=BehaviourRow,
        operation_id="behaviour_retrieve",
        parameters=[OpenApiParameter(public_name(name), str, description=text) for name, text in
                    {**{n: DESCRIBED[n] for n in ("date_from", "date_to", "as_of", "k")}, **WORDS}.items()],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Rates per delivery with their rows, compared with the year before; marketing's own breaches beside them."""
        asked = _asked(request)
        filters = {name: asked.pop(name) for name in FILTERS if name in asked}
        try:
            found = behaviour.read(asked.pop("by"), viewer=self.user, filters=filters, **asked)
        except UnknownSlice as error:
            raise BadParameters({"by": [str(error)]}) from error
        slices = {"mean": found.mean, "marketing": found.marketing}
        shown: dict[str, Any] = {name: _slices(request, rows) for name, rows in slices.items()}
        for name, lines in (("ranked", found.ranked), ("unranked", found.few)):
            shown[name] = [_line(request, line) for line in lines]
        return Response(shown)


def _asked(request: Request) -> dict[str, Any]:
    given = {RENAMED.get(name, name): value for name, value in request.query_params.items()}
    known = sorted(public_name(str(name)) for name in Asked().fields)
    if unknown := {name: [_("There is no such filter.")] for name in given if public_name(name) not in known}:
        raise BadParameters(unknown, known=known)
    reader = Asked(data=given)
    if not reader.is_valid():
        raise BadParameters({public_name(name): texts for name, texts in reader.errors.items()})
    return dict(reader.validated_data)


def _line(request: Request, line: Line) -> dict[str, Any]:
    return {
        "label": line.label,
        "team": line.team,
        "place": line.standing.place,
        "shrunk": line.standing.rate,
        "n": line.n,
        "metrics": _slices(request, line.rows),
    }


def _slices(request: Request, rows: behaviour.Rows) -> dict[str, Any]:
    return {key: as_slice(request, readout.as_data(row)) for key, row in rows.items()}
