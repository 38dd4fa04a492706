"""Settings, webhooks: which systems get our events, and did they take them?"""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from abm.web.answers import done, go, refused
from abm.web.requests import PageRequest
from audit import events, signatures, webhooks
from audit.models import Webhook, WebhookDelivery
from audit.webhooks import WebhookRefused

PER_PAGE = 50
SHOWN_ONCE = "webhook_secret"
"""In the session: the webhook whose secret the next page shows."""


class WebhookForm(forms.Form):
    """Where to, and which events."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    url = forms.CharField(
        label="URL",
        max_length=2000,
        widget=forms.URLInput,
        help_text=gettext_lazy("https://…, reachable from the internet."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none to get all."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(event.kind, f"{event.words} ({event.kind})") for event in events.offered()]
        self.fields["kinds"].choices = choices  # type: ignore[attr-defined]


class ChangeForm(WebhookForm):
    """The same, and whether it is on."""

    is_active = forms.BooleanField(
        label=gettext_lazy("Switched on"),
        required=False,
        help_text=gettext_lazy("While it is off it gets nothing; what happens meanwhile is not kept for it."),
    )


class ReplayForm(forms.Form):
    """A time whose events are sent again."""

    since = forms.DateTimeField(label=gettext_lazy("From"), required=False)
    until = forms.DateTimeField(label=gettext_lazy("Until (not included)"), required=False)
    failed_only = forms.BooleanField(label=gettext_lazy("Only what has failed"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def index(request: PageRequest) -> HttpResponse:
    """The webhooks, and a form for the next one."""
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            made = webhooks.create(by=request.user, now=timezone.now(), **form.cleaned_data)
        except WebhookRefused as why:
            form.add_error(why.field or None, str(why))
        else:
            return _show_secret(request, made)
    return render(request, "settings/webhooks.html", {"form": form, "webhooks": Webhook.objects.all()})


def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """One webhook: its settings, its secret just after it was made, what was sent."""
    webhook = get_object_or_404(Webhook, public_id=public_id)
    form = ChangeForm(request.POST or None, initial=_initial(webhook))
    if form.is_valid():
        try:
            webhooks.edit(webhook, by=request.user, now=timezone.now(), **form.cleaned_data)
        except WebhookRefused as why:
            form.add_error(why.field or None, str(why))
        else:
            return done(request, _("Saved."), "webhook", public_id)
    is_new = request.session.pop(SHOWN_ONCE, "") == str(public_id)
    context = {
        "webhook": webhook,
        "form": form,
        "secret": signatures.secret(webhook.seed) if is_new else "",
        "page": Paginator(webhook.deliveries.order_by("-id"), PER_PAGE).get_page(request.GET.get("page")),
        "replay_form": ReplayForm(),
        "now": timezone.now(),
    }
    return render(request, "settings/webhook.html", context)


def _initial(webhook: Webhook) -> dict[str, Any]:
    return {name: getattr(webhook, name) for name in ("name", "url", "kinds", "is_active")}


def _show_secret(request: PageRequest, webhook: Webhook) -> HttpResponse:
    request.session[SHOWN_ONCE] = str(webhook.public_id)
    return go(request, "webhook", webhook.public_id)


@require_POST
def rotate(request: PageRequest, public_id: UUID) -> HttpResponse:
    """A new secret, shown on the next page."""
    webhook = get_object_or_404(Webhook, public_id=public_id)
    return _show_secret(request, webhooks.rotate(webhook, by=request.user, now=timezone.now()))


@require_POST
def test(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Sends a test event."""
    webhooks.test(get_object_or_404(Webhook, public_id=public_id), by=request.user, now=timezone.now())
    return done(request, _("A test event is on its way. Its fate stands below in a few seconds."), "webhook", public_id)


@require_POST
def remove(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes the webhook away."""
    webhook = get_object_or_404(Webhook, public_id=public_id)
    webhooks.remove(webhook, by=request.user, now=timezone.now())
    return done(request, _("%(name)s is removed.") % {"name": webhook}, "settings_webhooks")


@require_POST
def replay(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Sends again what has failed, or all of a time."""
    webhook, form = get_object_or_404(Webhook, public_id=public_id), ReplayForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Please write dates as 2026-04-01 09:00."), "webhook", public_id)
    try:
        count = webhooks.replay(webhook, by=request.user, now=timezone.now(), **form.cleaned_data)
    except WebhookRefused as why:
        return refused(request, why, "webhook", public_id)
    said = ngettext("%(n)s event is sent again.", "%(n)s events are sent again.", count) % {"n": count}
    return done(request, said, "webhook", public_id)


@require_POST
def replay_one(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Sends one delivery again."""
    delivery = get_object_or_404(WebhookDelivery.objects.select_related("webhook"), public_id=public_id)
    try:
        webhooks.replay_one(delivery, by=request.user, now=timezone.now())
    except WebhookRefused as why:
        return refused(request, why, "webhook", delivery.webhook.public_id)
    return done(request, _("It is sent again."), "webhook", delivery.webhook.public_id)
