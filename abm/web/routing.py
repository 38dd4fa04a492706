"""Settings, routing: who gets which leads, what would these rules have done on a day, what does SYSTEM do by itself?"""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from abm.web import words
from abm.web.absences import Day
from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from accounts.models import Source
from funnel import routing, steering
from funnel.enums import Target
from funnel.models import Automation, RoutingRule
from funnel.steering import SteeringRefused
from users.models import Team, User

EITHER = [("", gettext_lazy("Either")), ("True", gettext_lazy("Yes")), ("False", gettext_lazy("No"))]
TARGETS = {
    Target.ENTRY_OWNER: gettext_lazy("Who wants the account on the list"),
    Target.ACCOUNT_OWNER: gettext_lazy("Who owns the account"),
    Target.PARTNER: gettext_lazy("The partner’s people, by load"),
    Target.USER: gettext_lazy("One person"),
    Target.TEAM: gettext_lazy("A team, by load"),
}


class Words(forms.Field):
    """Words with commas between; 、 and ， do as well."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> list[str]:
        text = (value or "").replace("\x00", "").replace("、", ",").replace("，", ",")
        return [word.strip() for word in text.split(",") if word.strip()]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class RuleForm(forms.Form):
    """One rule: its conditions (empty: any) and its target."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    prefectures = Words(label=gettext_lazy("Prefectures"), required=False)
    industries = Words(label=gettext_lazy("Industries"), required=False)
    categories = Words(label=gettext_lazy("Categories of offerings"), required=False)
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Tiers"),
        required=False,
        choices=list(words.TIERS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    existing = forms.TypedChoiceField(
        label=gettext_lazy("Existing customer"),
        required=False,
        choices=EITHER,
        coerce=lambda text: text == "True",
        empty_value=None,
    )
    partner_account = forms.TypedChoiceField(
        label=gettext_lazy("In a partner’s care"),
        required=False,
        choices=EITHER,
        coerce=lambda text: text == "True",
        empty_value=None,
    )
    source = forms.ModelChoiceField(label=gettext_lazy("Source"), required=False, queryset=Source.objects.all())
    target = forms.ChoiceField(label=gettext_lazy("Goes to"), choices=list(TARGETS.items()))
    user = forms.ModelChoiceField(label=gettext_lazy("Which person"), required=False, queryset=User.objects.none())
    team = forms.ModelChoiceField(label=gettext_lazy("Which team"), required=False, queryset=Team.objects.all())
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.deciders()  # type: ignore[attr-defined]


class SwitchForm(forms.ModelForm):
    """What SYSTEM does by itself."""

    class Meta:
        model = Automation
        fields = steering.SWITCHES
        labels = {
            "routes": gettext_lazy("Deliver qualified leads by these rules"),
            "requeues": gettext_lazy("Send on what was rejected as somebody else’s, where the rules know exactly one"),
            "recycles": gettext_lazy("Recycle what was too early once our time is over"),
            "reclaims_ghosts": gettext_lazy("Take back accepted leads nobody has contacted"),
            "ghost_hours": gettext_lazy("… after so many business hours as a ghost"),
        }


class DayForm(forms.Form):
    """The day to try the rules on."""

    day = forms.DateField(required=False, widget=Day(), label=gettext_lazy("Day"))


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The rules in their order, what they would do with a day's leads, and the switches."""
    days = DayForm(request.GET)
    day = (days.cleaned_data["day"] if days.is_valid() else None) or timezone.localdate()
    context = {
        "rules": RoutingRule.objects.select_related("source", "user", "team"),
        "targets": TARGETS,
        "switches": SwitchForm(instance=Automation.current()),
        **_dry_run(day),
    }
    return render(request, "settings/routing.html", context | {"may_steer": steering.may_steer(request.user)})


def _dry_run(day: date, rules: list[RoutingRule] | None = None) -> dict[str, Any]:
    return {"day": day, "tried": routing.dry_run(day, now=timezone.now(), rules=rules)}


def edit(request: PageRequest, public_id: UUID | None = None) -> HttpResponse:
    """A new rule, or another wording of one; “try” shows what it would do before it is kept."""
    rule = get_object_or_404(RoutingRule, public_id=public_id) if public_id else None
    known = {name: getattr(rule, name) for name in steering.CONDITIONS} if rule else None
    form = RuleForm(request.POST or None, initial=known)
    context: dict[str, Any] = {"form": form, "rule": rule, "may_steer": steering.may_steer(request.user)}
    if form.is_valid():
        try:
            if "try" in request.POST:
                context |= _tried(rule, form.cleaned_data)
            else:
                _keep(request, rule, form.cleaned_data)
                return done(request, _("The rule holds from now on."), "settings_routing")
        except SteeringRefused as why:
            form.add_error(None, str(why))
    return render(request, "settings/routing_rule.html", context)


def _tried(rule: RoutingRule | None, told: dict[str, Any]) -> dict[str, Any]:
    """Today's leads under the rules as they would be."""
    wanted, stored = steering.draft(rule, **told), list(RoutingRule.objects.all())
    asked = [wanted if rule and one.pk == rule.pk else one for one in stored]
    return _dry_run(timezone.localdate(), asked if rule else [*stored, wanted])


def _keep(request: PageRequest, rule: RoutingRule | None, told: dict[str, Any]) -> None:
    if rule:
        steering.change(rule, by=request.user, now=timezone.now(), **told)
    else:
        steering.add(by=request.user, now=timezone.now(), **told)


@require_POST
def move(request: PageRequest, public_id: UUID, way: str) -> HttpResponse:
    """One place up or down."""
    rule = get_object_or_404(RoutingRule, public_id=public_id)
    try:
        steering.move(rule, by=request.user, now=timezone.now(), up=way == "up")
    except SteeringRefused as why:
        return refused(request, why, "settings_routing")
    return done(request, _("The order is changed."), "settings_routing")


@require_POST
def remove(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes a rule away."""
    rule = get_object_or_404(RoutingRule, public_id=public_id)
    try:
        steering.remove(rule, by=request.user, now=timezone.now())
    except SteeringRefused as why:
        return refused(request, why, "settings_routing")
    return done(request, _("The rule is gone."), "settings_routing")


@require_POST
def switch(request: PageRequest) -> HttpResponse:
    """Changes what SYSTEM does by itself."""
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Please give the hours as a whole number."), "settings_routing")
    try:
        steering.switch(by=request.user, now=timezone.now(), **form.cleaned_data)
    except SteeringRefused as why:
        return refused(request, why, "settings_routing")
    return done(request, _("Changed; it holds from the next minute on."), "settings_routing")
