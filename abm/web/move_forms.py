"""What a person fills in for each move. The names of the fields are those of the act."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from abm.web.deciders import DeciderField
from accounts.models import Offering, Source
from funnel import routing
from funnel.enums import Cause, Disposition, MoveName, Stage
from funnel.guards import DENIED, UPHELD
from funnel.models import Lead, RejectReason
from funnel.waterfall import rows
from users.models import User
from users.roles import Role

BANT = [("budget", _("Budget")), ("authority", _("Authority")), ("need", _("Need")), ("timing", _("Timing"))]


KEYS = "123456789abcdefghilmnop"
"""What answers a choice by one key; j, k and the like stay free."""


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
    """A form that knows its lead, and who fills it in."""

    def __init__(self, *args: Any, lead: Lead, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead, self.by = lead, by
        self.prepare()

    def prepare(self) -> None:
        """Fills in what the lead already tells."""

    def reasons(self) -> list[tuple[str, str]]:
        """The reasons in use, as choices."""
        return [(reason.code, str(reason)) for reason in RejectReason.objects.filter(is_active=True)]

    def second_persons(self, name: MoveName) -> Any:
        """Who may sign a move of two persons together with whoever fills this in."""
        together = {role for row in rows(name) if self.lead.stage in row.from_stages for role in row.together}
        role = Role(self.by.role) if self.by else None
        return User.objects.active().filter(role__in=together - {role})


def _words(height: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": height})


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

    @property
    def keyed(self) -> list[tuple[str, str, str]]:
        """Each reason with its key, digits, then letters; those beyond have none."""
        choices: list[tuple[str, str]] = self.fields["reason"].choices  # type: ignore[attr-defined]
        return [(code, label, KEYS[at : at + 1]) for at, (code, label) in enumerate(choices)]


class Qualify(MoveForm):
    """By hand a marketer says why."""

    note = forms.CharField(label=_("Why now"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class QualifyOffList(MoveForm):
    """Off the list, the marketing lead says why."""

    reason = forms.CharField(label=_("Why although on no list"), widget=forms.Textarea(attrs={"rows": 3}))


class HandOver(MoveForm):
    """To whom; proposed is whom the rules name, with why, and what stands against it."""

    assignee = DeciderField(label=_("To"))
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        help_text=_("Needed to hand over against a partner conflict: the marketing lead alone decides that."),
    )

    def prepare(self) -> None:
        proposal = routing.propose([self.lead], now=timezone.now())[0]
        chosen = self.fields["assignee"]
        chosen.queryset = User.objects.deciders().select_related("team")  # type: ignore[attr-defined]
        chosen.initial = proposal.assignee.pk if proposal.assignee else None
        told = [*proposal.why, *map(str, proposal.conflicts)]
        chosen.help_text = escape(" ".join(told))  # Django takes help texts for HTML
        if self.by is None or self.by.role != Role.MARKETING_LEAD:
            del self.fields["note"]


class Recycle(MoveForm):
    """This trip ends; when the next may start."""

    reason = forms.ChoiceField(label=_("Reason"))
    return_on = forms.DateField(label=_("Comes back on"), required=False, widget=Day())
    return_score = forms.FloatField(label=_("or from a score of"), required=False, min_value=0, max_value=1e9)
    return_event = forms.CharField(label=_("or when this happens"), required=False, max_length=120)
    note = forms.CharField(label=_("Note"), required=False)

    def prepare(self) -> None:
        self.fields["reason"].choices = self.reasons()  # type: ignore[attr-defined]
        self.fields["return_on"].initial = timezone.localdate() + timedelta(days=90)

    def clean(self) -> dict[str, Any]:
        """One of the three conditions is enough, none is too few."""
        conditions = ("return_on", "return_score", "return_event")
        told = (self.cleaned_data.get(name) for name in conditions)
        if not self.errors.keys() & conditions and all(one in (None, "") for one in told):
            self.add_error("return_on", _("Please give a day, a score or what must happen."))
        return self.cleaned_data


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


READY = {
    "who": _("Whom should we speak to there?"),
    "what": _("What exactly did they ask for?"),
    "when": _("By when do they want to decide?"),
    "budget": _("Is there a budget for it?"),
    "others": _("Is somebody of us or a partner already in touch?"),
}


class Ask(MoveForm):
    """What sales must know before it can answer: one of the usual questions by one key, or words of its own."""

    question = forms.CharField(label=_("Question"), max_length=2000, required=False, widget=_words())
    ready = forms.ChoiceField(label=_("Or a usual question"), choices=[("", "–"), *READY.items()], required=False)

    def clean(self) -> dict[str, Any]:
        """The ready question and what was written stand together."""
        told = [str(READY.get(self.cleaned_data.get("ready", ""), "")), self.cleaned_data.get("question", "")]
        question = "\n".join(part for part in told if part)
        if not question and "question" not in self.errors:
            self.add_error("question", _("Please write your question or choose one."))
        return {"question": question}


class Answer(MoveForm):
    """What marketing answers; the question stands above it."""

    answer = forms.CharField(label=_("Answer"), max_length=2000, widget=_words())

    def prepare(self) -> None:
        asked = self.lead.moves.filter(move=MoveName.ASK).order_by("-seq").first()
        if asked and self.by and self.by.sees_persons:
            self.fields["answer"].help_text = escape(asked.note)  # Django takes help texts for HTML


class WithCause(MoveForm):
    """Why a step is taken back."""

    cause = forms.CharField(label=_("Cause"), max_length=300, widget=_words(2))


class WithReason(MoveForm):
    """Why a step is taken back, in the table's other word."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=_words(2))


class Reroute(MoveForm):
    """To whom it goes now."""

    assignee = DeciderField(label=_("To"))
    note = forms.CharField(label=_("Note"), required=False)

    def prepare(self) -> None:
        others = User.objects.deciders().exclude(pk=self.lead.assignee_id or 0).select_related("team")
        self.fields["assignee"].queryset = others  # type: ignore[attr-defined]


CAUSES = [
    (Cause.ABSENCE, _("Absent (the time starts anew)")),
    (Cause.WRONG_OWNER, _("Not the owner (the time starts anew)")),
    (Cause.WORKLOAD, _("Too much work")),
    (Cause.OTHER, _("Another cause")),
]


class Reassign(Reroute):
    """To whom, and why; some causes start the time anew."""

    cause = forms.ChoiceField(label=_("Cause"), choices=CAUSES)


class Repair(MoveForm):
    """What marketing put right."""

    fixed = forms.CharField(label=_("What was repaired"), max_length=2000, widget=_words())


class Recode(MoveForm):
    """The true reason of a rejection as OTHER."""

    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)

    def prepare(self) -> None:
        named = RejectReason.objects.filter(is_active=True).exclude(disposition=Disposition.RECODE)
        self.fields["reason"].choices = [(one.code, str(one)) for one in named]  # type: ignore[attr-defined]


class Appeal(MoveForm):
    """Marketing argues; the sales manager decides."""

    argument = forms.CharField(label=_("Why the rejection is wrong"), max_length=2000, widget=_words())
    verdict = forms.ChoiceField(
        label=_("Verdict"), choices=[(UPHELD, _("Upheld: back to routing")), (DENIED, _("Denied: stays rejected"))]
    )
    note = forms.CharField(label=_("Note"), required=False)

    def prepare(self) -> None:
        decides = self.by is not None and self.by.role == Role.SALES_MANAGER
        for name in ("argument",) if decides else ("verdict", "note"):
            del self.fields[name]


class Disqualify(MoveForm):
    """Never again: why, and who of the other side agrees."""

    reason = forms.ChoiceField(label=_("Reason"))
    second_person = forms.ModelChoiceField(label=_("Agreed with"), queryset=User.objects.none())
    note = forms.CharField(label=_("Note"), required=False)

    def prepare(self) -> None:
        self.fields["reason"].choices = self.reasons()  # type: ignore[attr-defined]
        self.fields["second_person"].queryset = self.second_persons(MoveName.DISQUALIFY)  # type: ignore[attr-defined]


class Reopen(WithReason):
    """Why; a disqualified lead needs the leader of the other side too."""

    second_person = forms.ModelChoiceField(label=_("Agreed with"), queryset=User.objects.none())

    def prepare(self) -> None:
        if self.lead.stage == Stage.DISQUALIFIED:
            self.fields["second_person"].queryset = self.second_persons(MoveName.REOPEN)  # type: ignore[attr-defined]
        else:
            del self.fields["second_person"]


class LeadField(forms.ModelChoiceField):
    """Leads of one account, told apart."""

    def label_from_instance(self, lead: Any) -> str:
        parts = (lead, lead.offering, lead.stage, f"{lead.created_at:%Y-%m-%d}")
        return " · ".join(str(part) for part in parts if part)


class Merge(MoveForm):
    """Which lead of the account it repeats."""

    duplicate_of = LeadField(label=_("Duplicate of"), queryset=Lead.objects.none())
    note = forms.CharField(label=_("Note"), required=False)

    def prepare(self) -> None:
        others = Lead.objects.filter(account=self.lead.account_id).exclude(pk=self.lead.pk).for_rows()
        self.fields["duplicate_of"].queryset = others  # type: ignore[attr-defined]


class GiveUp(MoveForm):
    """Sales never answered; when it comes back."""

    return_on = forms.DateField(label=_("Comes back on"), widget=Day())
    note = forms.CharField(label=_("Note"), required=False)

    def prepare(self) -> None:
        self.fields["return_on"].initial = timezone.localdate() + timedelta(days=90)
