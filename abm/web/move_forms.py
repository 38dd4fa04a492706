"""What a person fills in for each move. The names of the fields are those of the act."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Offering, Source
from funnel.models import Lead, RejectReason
from users.models import User

BANT = [("budget", _("Budget")), ("authority", _("Authority")), ("need", _("Need")), ("timing", _("Timing"))]


class Day(forms.DateInput):
    """The browser's own date box."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def next_weekday(today: date) -> date:
    """The proposed day of the next action: the next one from Monday to Friday."""
    day = today + timedelta(days=1)
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


class MoveForm(forms.Form):
    """A form that knows its lead."""

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead = lead
        self.prepare()

    def prepare(self) -> None:
        """Fills in what the lead already tells."""

    def reasons(self) -> list[tuple[str, str]]:
        """The reasons in use, as choices."""
        return [(reason.code, str(reason)) for reason in RejectReason.objects.filter(is_active=True)]


class Accept(MoveForm):
    """Taking a lead needs a next action and its day; both are proposed, so that one key is enough."""

    next_action = forms.CharField(label=_("Next action"), max_length=300)
    next_action_on = forms.DateField(label=_("On"), widget=Day())

    def prepare(self) -> None:
        self.fields["next_action"].initial = _("Call")
        self.fields["next_action_on"].initial = next_weekday(timezone.localdate())


class Reject(MoveForm):
    """Saying no needs a reason; OTHER needs words."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def prepare(self) -> None:
        self.fields["reason"].choices = self.reasons()  # type: ignore[attr-defined]


class Qualify(MoveForm):
    """By hand a marketer says why."""

    note = forms.CharField(label=_("Why now"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class QualifyOffList(MoveForm):
    """Off the list, the marketing lead says why."""

    reason = forms.CharField(label=_("Why although on no list"), widget=forms.Textarea(attrs={"rows": 3}))


class HandOver(MoveForm):
    """To whom; proposed is who owns the entry, else the account."""

    assignee = forms.ModelChoiceField(label=_("To"), queryset=User.objects.none())

    def prepare(self) -> None:
        self.fields["assignee"].queryset = User.objects.deciders().select_related("team")  # type: ignore[attr-defined]
        entry_owner = self.lead.entry.owner_id if self.lead.entry else None
        self.fields["assignee"].initial = entry_owner or self.lead.account.owner_id


class Recycle(MoveForm):
    """This trip ends; when the next may start."""

    reason = forms.ChoiceField(label=_("Reason"))
    return_on = forms.DateField(label=_("Comes back on"), widget=Day())
    note = forms.CharField(label=_("Note"), required=False)

    def prepare(self) -> None:
        self.fields["reason"].choices = self.reasons()  # type: ignore[attr-defined]
        self.fields["return_on"].initial = timezone.localdate() + timedelta(days=90)


class Confirm(MoveForm):
    """What the talk made sure of."""

    bant = forms.MultipleChoiceField(
        label=_("Confirmed (at least two)"), choices=BANT, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("Note"), required=False)


class Register(MoveForm):
    """The SFA's record."""

    source = forms.ModelChoiceField(label=_("SFA"), queryset=Source.objects.none())
    deal_id = forms.CharField(label=_("SFA number"), max_length=120)
    offering = forms.ModelChoiceField(label=_("Offering"), queryset=Offering.objects.none())
    amount = forms.DecimalField(label=_("Amount"), min_value=1, max_digits=18, decimal_places=2)
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3)
    close_on = forms.DateField(label=_("Expected close"), widget=Day())

    def prepare(self) -> None:
        self.fields["source"].queryset = Source.objects.filter(kind="SFA")  # type: ignore[attr-defined]
        self.fields["offering"].queryset = Offering.objects.active()  # type: ignore[attr-defined]
        self.fields["offering"].initial = self.lead.offering_id
        self.fields["currency"].initial = settings.DEFAULT_CURRENCY


class Win(MoveForm):
    """The contract."""

    amount = forms.DecimalField(label=_("Amount"), min_value=1, max_digits=18, decimal_places=2)
    closed_on = forms.DateField(label=_("Won on"), widget=Day())

    def prepare(self) -> None:
        self.fields["closed_on"].initial = timezone.localdate()
        self.fields["amount"].initial = self.lead.deal.amount if self.lead.deal else None


class Lose(MoveForm):
    """Why, to whom, and when to come back."""

    reason = forms.ChoiceField(label=_("Reason"))
    competitor = forms.CharField(label=_("Competitor"), required=False, max_length=120)
    revisit_on = forms.DateField(label=_("Come back on"), required=False, widget=Day())
    note = forms.CharField(label=_("Note"), required=False)

    def prepare(self) -> None:
        self.fields["reason"].choices = self.reasons()  # type: ignore[attr-defined]
