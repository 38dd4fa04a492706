"""Webhooks: where our events are sent, what was sent, and sending it again. For administrators."""

from typing import Any

import django_filters
from django.db.models import Case, QuerySet, Value, When
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.filters import WordsFilter
from abm.api.problems import Problem, translate
from abm.api.resources import Address, Guarded, Readable, require
from abm.api.rows import Moment, Row
from audit import events, signatures, webhooks
from audit.enums import SendState
from audit.models import Webhook, WebhookDelivery
from audit.webhooks import WebhookRefused
from users.roles import Role


def _refused(error: WebhookRefused) -> Exception:
    """Of a field where one is to blame."""
    if error.field:
        return ValidationError({error.field: [ErrorDetail(str(error), "refused")]})
    return Problem("webhook-refused", 409, str(error))


translate(WebhookRefused, _refused)


class WebhookRow(Row):
    """A webhook. No `kinds` are all events; `failing_since` until something is taken again."""

    kinds = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Webhook
        fields: tuple[str, ...] = (
            "id", "name", "url", "kinds", "is_active", "stopped_because", "failing_since", "old_seed_until",
            "created_at", "created_by_name",
        )  # fmt: skip
        extra_kwargs = {"old_seed_until": {"help_text": "Until then the secret before the last rotation signs too."}}


class WebhookWithSecret(WebhookRow):
    """A webhook with its secret, which is shown only now."""

    secret = serializers.SerializerMethodField()

    class Meta(WebhookRow.Meta):
        fields = (*WebhookRow.Meta.fields, "secret")

    def get_secret(self, webhook: Webhook) -> str:
        return signatures.secret(webhook.seed)


class DeliveryRow(Row):
    """One event on its way. `id` is its webhook-id; attempts count since it was put here or replayed."""

    state = serializers.ChoiceField([str(state) for state in SendState])

    class Meta:
        model = WebhookDelivery
        fields = (
            "id", "kind", "state", "attempts", "created_at", "available_at", "sent_at", "failed_at", "error",
            "response_status", "response", "payload",
        )  # fmt: skip


class EventRow(serializers.Serializer[Any]):
    """A kind of event, and when it happens."""

    kind = serializers.CharField()
    text = serializers.CharField()


class NewWebhook(serializers.Serializer[Any]):
    """Where events shall be sent."""

    name = serializers.CharField(max_length=120)
    url = serializers.CharField(max_length=2000)
    kinds = serializers.ListField(child=serializers.CharField(max_length=60), max_length=100, default=list)


class ChangedWebhook(serializers.Serializer[Any]):
    """What shall be different."""

    name = serializers.CharField(max_length=120, required=False)
    url = serializers.CharField(max_length=2000, required=False)
    kinds = serializers.ListField(child=serializers.CharField(max_length=60), max_length=100, required=False)
    is_active = serializers.BooleanField(required=False)


class Replay(serializers.Serializer[Any]):
    """What to send again: what came about in [since, until)."""

    since = Moment(required=False, allow_null=True)
    until = Moment(required=False, allow_null=True)
    failed_only = serializers.BooleanField(default=True)


class DeliveryFilters(django_filters.FilterSet):
    """Narrowing the deliveries."""

    state = WordsFilter("fate", words=SendState)
    kind = django_filters.CharFilter()

    class Meta:
        model = WebhookDelivery
        fields: tuple[str, ...] = ()


FATE = Case(
    When(sent_at__isnull=False, then=Value(SendState.SENT)),
    When(failed_at__isnull=False, then=Value(SendState.FAILED)),
    default=Value(SendState.WAITING),
)
"""`WebhookDelivery.state`, for the database."""


class ForAdmins(Address):
    """Closed to all other roles, whatever a token's scopes are."""

    resource = "webhooks"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(self.user.role == Role.ADMIN)


class Events(ForAdmins):
    """Kinds of events."""

    @extend_schema(responses=EventRow(many=True), operation_id="webhook_events_list")
    def get(self, request: Request) -> Response:
        """All kinds a webhook can ask for."""
        return Response([{"kind": event.kind, "text": event.words} for event in events.offered()])


class Webhooks(ForAdmins, Guarded):
    """Webhooks."""

    serializer_class = WebhookRow
    orderings = {"name": "name", "created_at": "id"}
    ordering = "name"

    def get_queryset(self) -> QuerySet[Webhook]:
        return Webhook.objects.all()

    @extend_schema(request=NewWebhook, responses={201: WebhookWithSecret})
    def create(self, request: Request) -> Response:
        """Adds a webhook; the answer alone holds its secret."""
        return self._with_secret(webhooks.create(**self.given(NewWebhook), **self.act), 201)

    @extend_schema(request=ChangedWebhook, responses=WebhookRow)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        """Changes it; switched on again it starts afresh, switched off what waits is given up."""
        told = self.given(ChangedWebhook)
        return self.changed(lambda webhook: webhooks.edit(webhook, **told, **self.act))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, **kwargs: str) -> Response:
        """Removes it with all its deliveries."""
        webhooks.remove(self.get_object(), **self.act)
        return Response(status=204)

    @extend_schema(request=None, responses=WebhookWithSecret)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, **kwargs: str) -> Response:
        """Gives it a new secret; for 24 hours the old one signs too."""
        return self._with_secret(webhooks.rotate(self.get_object(), **self.act), 200)

    @extend_schema(request=None, responses={202: DeliveryRow})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, **kwargs: str) -> Response:
        """Sends a test event."""
        sent = webhooks.test(self.get_object(), **self.act)
        return Response(DeliveryRow(sent).data, 202)

    @extend_schema(request=Replay, responses=inline_serializer("Replayed", {"count": serializers.IntegerField()}))
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, **kwargs: str) -> Response:
        """Sends again what has failed, or all of a time; each under its own id."""
        return Response({"count": webhooks.replay(self.get_object(), **self.given(Replay), **self.act)})

    def _with_secret(self, webhook: Webhook, status: int) -> Response:
        response = self.shown(webhook, status)
        response.data = WebhookWithSecret(Webhook.objects.get(pk=webhook.pk)).data
        return response


class Deliveries(ForAdmins, Readable):
    """What was sent to one webhook."""

    serializer_class = DeliveryRow
    filterset_class = DeliveryFilters

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        if getattr(self, "swagger_fake_view", False):
            return WebhookDelivery.objects.none()
        webhook = get_object_or_404(Webhook, public_id=self.kwargs["webhook"])
        return webhook.deliveries.select_related("webhook").annotate(fate=FATE)

    @property
    def beside(self) -> dict[str, str]:
        return {"webhook": self.kwargs["webhook"]}

    @extend_schema(request=None, responses=DeliveryRow)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, **kwargs: str) -> Response:
        """Sends it again, under its own id."""
        return self.shown(webhooks.replay_one(self.get_object(), **self.act))
