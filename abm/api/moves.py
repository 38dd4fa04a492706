"""One address per move, made from the moves table: what each body may bring, and which act it asks for.

Nothing is required here: what is missing is the table's to say, so a refusal names it together with the moves that
are allowed now (409). Only what cannot be understood at all is refused as such (400).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import IdField, Money, MoneyField
from abm.api.problems import Problem, translate
from accounts.models import Offering, Source
from funnel import corrections, deals, dispositions, leads, questions, recoding, rerouting, undo
from funnel.enums import Cause, MoveName
from funnel.guards import BANT, DENIED, UPHELD
from funnel.models import Lead, LeadMove
from funnel.refusals import TEXTS, AlreadyAnswered, MoveRefused
from funnel.waterfall import Move, rows
from users.models import User

Fields = dict[str, "serializers.Field[Any, Any, Any, Any]"]


def _text(longest: int = 300, **options: Any) -> serializers.CharField:
    return serializers.CharField(default="", allow_blank=True, max_length=longest, **options)


def _date(**options: Any) -> serializers.DateField:
    return serializers.DateField(default=None, allow_null=True, **options)


def _one_of(rows: Any, by: str = "public_id", **options: Any) -> IdField:
    return IdField(rows, by=by, default=None, allow_null=True, **options)


def _money() -> MoneyField:
    return MoneyField(default=None, allow_null=True)


def _deciders(user: User) -> QuerySet[User]:
    return User.objects.visible_to(user).deciders()


def _offerings(user: User) -> QuerySet[Offering]:
    return Offering.objects.active()


def _persons_to_sign(user: User) -> QuerySet[User]:
    return User.objects.visible_to(user).active()


def _leads(user: User) -> QuerySet[Lead]:
    return Lead.objects.visible_to(user)


def _sources(user: User) -> QuerySet[Source]:
    return Source.objects.all()


def _money_apart(told: dict[str, Any]) -> dict[str, Any]:
    money: Money | None = told.pop("amount")
    return told | {"amount": money and money.amount}


def _as_deal(told: dict[str, Any]) -> dict[str, Any]:
    money: Money | None = told["amount"]
    return {"source": told.pop("deal_system")} | _money_apart(told) | {"currency": money.currency if money else ""}


@dataclass(frozen=True)
class Act:
    """A move's act and the fields of its body; `told` turns these into what the act wants to be told."""

    act: Callable[..., LeadMove]
    fields: Fields = field(default_factory=dict)
    told: Callable[[dict[str, Any]], dict[str, Any]] = dict
    reader: type[serializers.Serializer[Any]] = serializers.Serializer


def _choice(*codes: str) -> serializers.ChoiceField:
    return serializers.ChoiceField(codes, default="", allow_blank=True)


def _to_somebody(**more: "serializers.Field[Any, Any, Any, Any]") -> Fields:
    return {"assignee": _one_of(_deciders), "note": _text(2000), **more}


REASON_HELP = "The code of a reason from /reject-reasons/."

ACTS: dict[MoveName, Act] = {
    MoveName.QUALIFY: Act(leads.qualify, {"note": _text(2000)}),
    MoveName.QUALIFY_OFF_LIST: Act(leads.qualify_off_list, {"reason": _text()}),
    MoveName.HAND_OVER: Act(
        leads.hand_over,
        {
            "assignee": _one_of(_deciders),
            "note": _text(2000, help_text="Needed from the marketing lead against a partner conflict."),
        },
    ),
    MoveName.UNQUALIFY: Act(corrections.unqualify, {"cause": _text()}),
    MoveName.RECALL: Act(rerouting.recall, {"cause": _text()}),
    MoveName.ASK: Act(questions.ask, {"question": _text(2000)}),
    MoveName.ANSWER: Act(questions.answer, {"answer": _text(2000)}),
    MoveName.REASSIGN: Act(rerouting.reassign, _to_somebody(cause=_choice(*Cause))),
    MoveName.REQUEUE: Act(rerouting.requeue, _to_somebody()),
    MoveName.RECLAIM: Act(rerouting.reclaim, _to_somebody()),
    MoveName.REPAIR: Act(dispositions.repair, {"fixed": _text(2000)}),
    MoveName.APPEAL: Act(
        dispositions.appeal, {"argument": _text(2000), "verdict": _choice(UPHELD, DENIED), "note": _text(2000)}
    ),
    MoveName.DISQUALIFY: Act(
        dispositions.disqualify,
        {"reason": _text(), "second_person": _one_of(_persons_to_sign), "note": _text(2000)},
    ),
    MoveName.MERGE_DUPLICATE: Act(dispositions.merge_duplicate, {"duplicate_of": _one_of(_leads), "note": _text(2000)}),
    MoveName.RECODE: Act(recoding.recode, {"reason": _text(24, help_text=REASON_HELP), "note": _text(2000)}),
    MoveName.GIVE_UP: Act(dispositions.give_up, {"return_on": _date(), "note": _text(2000)}),
    MoveName.UNREGISTER: Act(corrections.unregister, {"reason": _text()}),
    MoveName.REOPEN: Act(corrections.reopen, {"reason": _text(), "second_person": _one_of(_persons_to_sign)}),
    MoveName.ACCEPT: Act(leads.accept, {"next_action": _text(), "next_action_on": _date()}),
    MoveName.REJECT: Act(leads.reject, {"reason": _text(24, help_text=REASON_HELP), "note": _text(2000)}),
    MoveName.IGNORE: Act(leads.ignore),
    MoveName.UNDO: Act(undo.undo),
    MoveName.RECYCLE: Act(
        leads.recycle,
        {
            "reason": _text(),
            "return_on": _date(help_text="At least one return condition: a date, a score or an event."),
            "return_score": serializers.FloatField(default=None, allow_null=True, min_value=0, max_value=1e9),
            "return_event": _text(120),
            "note": _text(2000),
        },
    ),
    MoveName.CONFIRM: Act(
        leads.confirm,
        {"bant": serializers.ListField(child=serializers.ChoiceField(sorted(BANT)), default=list), "note": _text(2000)},
    ),
    MoveName.REGISTER: Act(
        deals.register,
        {
            "deal_system": _one_of(_sources, "code", help_text="The code of the SFA among the sources."),
            "deal_id": _text(120),
            "amount": _money(),
            "close_on": _date(),
            "offering": _one_of(_offerings, help_text="The lead's own where none is given."),
        },
        _as_deal,
    ),
    MoveName.WIN: Act(deals.win, {"amount": _money(), "closed_on": _date()}, _money_apart),
    MoveName.LOSE: Act(
        deals.lose,
        {
            "reason": _text(24, help_text=REASON_HELP),
            "competitor": _text(120),
            "revisit_on": _date(help_text="Needed for timing and budget."),
            "note": _text(2000),
        },
    ),
}


def _with_reader(name: MoveName, act: Act) -> Act:
    title = "".join(word.capitalize() for word in name.split("_"))
    reader = type(f"{title}Lead", (serializers.Serializer,), {"__doc__": f"What {name} is told.", **act.fields})
    return Act(act.act, act.fields, act.told, reader)


ACTS = {name: _with_reader(name, act) for name, act in ACTS.items()}


def give_addresses(view: Any, shown: type[serializers.Serializer[Any]]) -> None:
    """Gives the view of leads one POST address per move."""
    for name, act in ACTS.items():
        setattr(view, name, _address(name, act, shown))


def _address(name: MoveName, act: Act, shown: type[serializers.Serializer[Any]]) -> Any:
    def move(self: Any, request: Request, **kwargs: str) -> Response:
        answer: Response = self.move(name)
        return answer

    move.__name__, move.__doc__ = str(name), _in_words(name)
    address = action(detail=True, methods=["post"], url_path=str(name), url_name=str(name))(move)
    request = act.reader if act.fields else None
    return extend_schema(request=request, responses=shown, operation_id=f"leads_{name}")(address)


def _in_words(name: MoveName) -> str:
    """The table's rows of one verb, for the schema."""
    lines = []
    for row in rows(name):
        start = ", ".join(sorted(row.from_stages)) or "(new)"
        needs = f"; needs {', '.join(row.needs)}" if row.needs else ""
        lines.append(f"{start} → {row.to_stage} by {', '.join(sorted(row.roles))}{needs}: {row.effect}.")
    return "\n\n".join(lines)


def described(move: Move, stopped_by: str) -> dict[str, Any]:
    """A move as an option for the asker."""
    why = str(TEXTS.get(stopped_by, "")) % {"stage": "", "missing": "", "name": ""}
    return {
        "move": move.name,
        "to_stage": move.to_stage,
        "needs": list(move.needs),
        "stopped_by": stopped_by,
        "why": why,
    }


def _refused(error: MoveRefused) -> Problem:
    members: dict[str, Any] = {
        "code": error.code,
        "allowed_moves": [str(name) for name in error.allowed_moves],
        "missing": list(error.missing),
    }
    if isinstance(error, AlreadyAnswered):
        who = {"id": str(error.answered_by.public_id), "name": error.answered_by.name}
        members["answered_by"] = who
        members["answered_at"] = error.answered_at
        members["outcome"] = error.outcome
    return Problem("move-refused", 409, str(error), **members)


translate(MoveRefused, _refused)
