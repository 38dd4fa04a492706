"""Messages: how whoever asks wants to be told; and, for admins, the letters that left, wait or failed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Ref
from abm.api.filters import UserFilter, WordsFilter
from abm.api.problems import Problem, translate
from abm.api.resources import Guarded, Readable, require
from abm.api.rows import Row
from audit.enums import SendState
from users import kinds, posting, preferences
from users.enums import Channel, ChatService, Route
from users.models import ChatHook, Letter, User
from users.posting import PostingRefused
from users.preferences import PreferenceRefused
from users.roles import STEERS_LETTERS

translate(PreferenceRefused, lambda error: ValidationError({error.field or "non_field_errors": [str(error)]}))
translate(PostingRefused, lambda error: Problem("posting-refused", 409, str(error)))

ROUTES = [(route, route) for route in Route]


class ChatRow(serializers.Serializer[ChatHook]):
    """An incoming webhook; its address is a secret and never shown."""

    service = serializers.CharField(source="chat_service", help_text="SLACK, TEAMS, or empty.")
    is_known = serializers.SerializerMethodField(help_text="Whether an address is known.")

    def get_is_known(self, hook: ChatHook) -> bool:
        return bool(hook.chat_url)


class RouteRow(serializers.Serializer[Any]):
    """How soon one kind of event is told."""

    kind = serializers.CharField()
    route = serializers.ChoiceField(choices=ROUTES)


@extend_schema_field({"type": "string", "pattern": r"^\d\d:\d\d$"})
class ClockTime(serializers.TimeField):
    """A time of the day by the hour and minute: OpenAPI's own `time` wants seconds and a zone."""

    def __init__(self) -> None:
        super().__init__(allow_null=True, format="%H:%M")


class MessagesRow(serializers.Serializer[User]):
    """What reaches whoever asks, when and how."""

    mails = serializers.BooleanField()
    digest_hour = serializers.IntegerField(allow_null=True, help_text="On your clock, on working days; null for none.")
    quiet_from = ClockTime()
    quiet_until = ClockTime()
    routes = serializers.SerializerMethodField()
    chat = ChatRow(source="*")
    team_chat = serializers.SerializerMethodField(help_text="Of the team you lead; null where you lead none.")

    @extend_schema_field(RouteRow(many=True))
    def get_routes(self, user: User) -> Any:
        return [
            {"kind": kind.name, "route": preferences.route_of(user, kind.name)} for kind in kinds.of_role(user.role)
        ]

    @extend_schema_field(ChatRow(allow_null=True))
    def get_team_chat(self, user: User) -> Any:
        return ChatRow(user.team).data if user.team and preferences.leads(user, user.team) else None


class ChatChange(serializers.Serializer[Any]):
    """A service and its address; an empty service ends it, without an address the known one stays."""

    service = serializers.ChoiceField(choices=[("", ""), *((one, one) for one in ChatService)], allow_blank=True)
    url = serializers.CharField(max_length=500, default="", allow_blank=True)


class MessagesChange(serializers.Serializer[Any]):
    """What is sent changes; the rest stays. Quiet hours come as a pair."""

    mails = serializers.BooleanField(required=False)
    digest_hour = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=23)
    quiet_from = serializers.TimeField(required=False, allow_null=True)
    quiet_until = serializers.TimeField(required=False, allow_null=True)
    routes = RouteRow(many=True, required=False)
    chat = ChatChange(required=False)
    team_chat = ChatChange(required=False)


class MyMessages(Guarded):
    """How whoever asks wants to be told."""

    resource = "me"
    serializer_class = MessagesRow
    filter_backends = ()
    pagination_class = None

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.filter(pk=self.user.pk).select_related("team")

    def get_object(self) -> User:
        return self.get_queryset().get()

    @extend_schema(responses=MessagesRow, operation_id="me_messages_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What reaches you, when and how."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=MessagesChange, responses=MessagesRow, operation_id="me_messages_change")
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        """Changes what is sent. Needs If-Match."""
        told = self.given(MessagesChange)
        return self.changed(lambda user: self._choose(user, told))

    def _choose(self, user: User, told: dict[str, Any]) -> None:
        now, team_chat = self.act["now"], told.pop("team_chat", None)
        if team_chat is not None:
            require(preferences.leads(user, user.team))
            preferences.choose_team_chat(user.team, by=user, now=now, **team_chat)  # type: ignore[arg-type]
        preferences.choose_messages(user, now=now, **_chosen(user, told))

    @extend_schema(request=None, responses={202: None}, operation_id="me_messages_test")
    def test(self, request: Request) -> Response:
        """Sends a test by each of your channels; once a minute."""
        posting.test(self.user, now=self.act["now"])
        return Response(status=202)


def _chosen(user: User, told: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as the act takes it."""
    quiet = {name: told.pop(name) for name in ("quiet_from", "quiet_until") if name in told}
    if quiet:
        told["quiet"] = (quiet.get("quiet_from", user.quiet_from), quiet.get("quiet_until", user.quiet_until))
    if "routes" in told:
        told["routes"] = {one["kind"]: one["route"] for one in told["routes"]}
    if "chat" in told:
        told["chat"] = (told["chat"]["service"], told["chat"]["url"])
    return told


class LetterRow(Row):
    """A letter on its way by mail or chat; what it says is its reader's."""

    user = Ref()
    team = Ref(allow_null=True)
    kind = serializers.SerializerMethodField(help_text="The kind of event; empty for digests and tests.")
    state = serializers.ChoiceField(choices=[(state, state) for state in SendState])

    class Meta:
        model = Letter
        fields = (
            "id", "user", "team", "channel", "kind", "is_digest", "state", "created_at", "available_at", "attempts",
            "sent_at", "failed_at", "error",
        )  # fmt: skip

    def get_kind(self, letter: Letter) -> str:
        return letter.notification.kind if letter.notification else ""


class StateFilter(WordsFilter):
    """Which of the three piles."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        asked = self.asked(value)
        return qs.in_states(asked) if asked else qs  # type: ignore[attr-defined]


class LetterFilters(django_filters.FilterSet):
    """Narrowing the list of letters."""

    state = StateFilter(words=SendState)
    channel = WordsFilter(words=Channel)
    user = UserFilter()

    class Meta:
        model = Letter
        fields: tuple[str, ...] = ()


class ReplayedRow(serializers.Serializer[Any]):
    """How many."""

    count = serializers.IntegerField()


class Letters(Readable):
    """Letters: one's own; all of them for admins and marketing leads."""

    resource = "letters"
    serializer_class = LetterRow
    filterset_class = LetterFilters

    def get_queryset(self) -> QuerySet[Letter]:
        return Letter.objects.visible_to(self.user).for_rows()

    @extend_schema(request=None, responses=LetterRow)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, **kwargs: str) -> Response:
        """Lets a letter that failed leave again, as the same; 409 for one that has not failed."""
        letter = self.get_object()
        require(self.user.role in STEERS_LETTERS)
        if not posting.replay(letter, **self.act):
            raise Problem("posting-refused", 409, _("Only what has failed can be sent again."))
        return self.shown(letter)

    @extend_schema(request=None, responses=ReplayedRow, operation_id="letters_replay_failed")
    @action(detail=False, methods=["post"], url_path="replay-failed")
    def replay_failed(self, request: Request) -> Response:
        """Lets all letters that failed leave again."""
        require(self.user.role in STEERS_LETTERS)
        return Response({"count": posting.replay_failed(**self.act)})
