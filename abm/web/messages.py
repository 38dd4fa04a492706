"""Settings, messages: how do I want to hear of what happens? Mail, chat, digest, quiet hours, kind by kind."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from users import kinds, posting, preferences
from users.enums import ChatService, Route
from users.models import ChatHook, User
from users.posting import PostingRefused
from users.preferences import PreferenceRefused

ROUTES = [(Route.NOW, gettext_lazy("at once")), (Route.DIGEST, gettext_lazy("in the digest")),
          (Route.APP, gettext_lazy("only in the app"))]  # fmt: skip
HERE = "settings_messages"


class Clock(forms.TimeInput):
    """The browser's own time box."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ChatForm(forms.Form):
    """A chat's incoming webhook. Its address is a secret: what is known is not shown again."""

    chat_service = forms.ChoiceField(
        label=gettext_lazy("Chat"),
        required=False,
        choices=[("", gettext_lazy("none")), (ChatService.SLACK, "Slack"), (ChatService.TEAMS, "Teams")],
    )
    chat_url = forms.CharField(
        label=gettext_lazy("Address of its incoming webhook"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, hook: ChatHook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chat_service"].initial = hook.chat_service
        if hook.chat_url:
            self.fields["chat_url"].help_text = _("An address is known. Leave this empty to keep it.")

    @property
    def chat(self) -> tuple[str, str]:
        """Service and address, as the acts take them."""
        return self.cleaned_data["chat_service"], self.cleaned_data["chat_url"]


class MessagesForm(ChatForm):
    """All that one user chooses; a select for each kind of event."""

    mails = forms.BooleanField(label=gettext_lazy("Send me mail"), required=False)
    digest_hour = forms.TypedChoiceField(
        label=gettext_lazy("Digest, on working days"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("none")), *((hour, f"{hour}:00") for hour in range(24))],
    )
    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), required=False, widget=Clock())
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=Clock(),
        help_text=gettext_lazy("What comes up meanwhile is sent when they end."),
    )
    field_order = ("mails", "digest_hour", "quiet_from", "quiet_until", "chat_service", "chat_url")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        own = ("mails", "digest_hour", "quiet_from", "quiet_until")
        super().__init__(*args, hook=user, initial={name: getattr(user, name) for name in own}, **kwargs)
        self.kinds = kinds.of_role(user.role)
        for kind in self.kinds:
            self.fields[kind.name] = forms.ChoiceField(
                label=_(kind.label), choices=ROUTES, initial=preferences.route_of(user, kind.name)
            )

    @property
    def channels(self) -> list[forms.BoundField]:
        """What is not about one kind of event."""
        return [self[name] for name in self.field_order]

    @property
    def events(self) -> list[forms.BoundField]:
        """One per kind of event."""
        return [self[kind.name] for kind in self.kinds]

    @property
    def chosen(self) -> dict[str, Any]:
        """What the act takes."""
        given = self.cleaned_data
        return {
            "mails": given["mails"],
            "digest_hour": given["digest_hour"],
            "quiet": (given["quiet_from"], given["quiet_until"]),
            "routes": {kind.name: given[kind.name] for kind in self.kinds},
            "chat": self.chat,
        }


def index(request: PageRequest) -> HttpResponse:
    """What reaches me, when and how; and a form to change it."""
    form = MessagesForm(request.POST or None, user=request.user)
    if form.is_valid():
        try:
            preferences.choose_messages(request.user, now=timezone.now(), **form.chosen)
        except PreferenceRefused as why:
            form.add_error(why.field or None, str(why))
        else:
            return done(request, _("Kept."), HERE)
    return _page(request, form, _team_form(request))


@require_POST
def team(request: PageRequest) -> HttpResponse:
    """Where the channel of the team I lead hears of its leads."""
    form = _team_form(request)
    if form is None:
        return refused(request, _("Only who leads the team may choose its channel."), HERE)
    if form.is_valid():
        service, url = form.chat
        of = request.user.team
        try:
            preferences.choose_team_chat(of, by=request.user, now=timezone.now(), service=service, url=url)  # type: ignore[arg-type]
        except PreferenceRefused as why:
            form.add_error(why.field or None, str(why))
        else:
            return done(request, _("Kept."), HERE)
    return _page(request, MessagesForm(user=request.user), form)


@require_POST
def test(request: PageRequest) -> HttpResponse:
    """Sends a test by every channel of mine."""
    try:
        posting.test(request.user, now=timezone.now())
    except PostingRefused as why:
        return refused(request, why, HERE)
    return done(request, _("A test is on its way."), HERE)


def _team_form(request: PageRequest) -> ChatForm | None:
    """For who leads a team only."""
    of = request.user.team
    if of is None or not preferences.leads(request.user, of):
        return None
    sent = request.POST if "team" in request.path.split("/") and request.method == "POST" else None
    return ChatForm(sent, hook=of, auto_id="team_%s")


def _page(request: PageRequest, form: MessagesForm, team_form: ChatForm | None) -> HttpResponse:
    context = {"form": form, "team_form": team_form, "mail_on": settings.MAIL_ON, "demo": settings.DEMO}
    return render(request, "settings/messages.html", context)
