"""Refused moves, worded for the user."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django_stubs_ext import StrOrPromise

from funnel.enums import MoveName, Stage
from funnel.waterfall import Refusal
from users.models import User

STAGES: dict[str, StrOrPromise] = {
    Stage.NURTURE: gettext_lazy("Nurture"),
    Stage.MQL: gettext_lazy("MQL"),
    Stage.IGNORED: gettext_lazy("Ignored"),
    Stage.SAL: gettext_lazy("SAL"),
    Stage.SQL: gettext_lazy("SQL"),
    Stage.PIPELINE: gettext_lazy("Pipeline"),
    Stage.WON: gettext_lazy("Won"),
    Stage.LOST: gettext_lazy("Lost"),
    Stage.REJECTED: gettext_lazy("Rejected"),
    Stage.RECYCLED: gettext_lazy("Recycled"),
    Stage.DISQUALIFIED: gettext_lazy("Disqualified"),
    Stage.WITHDRAWN: gettext_lazy("Withdrawn"),
}

FIELDS: dict[str, StrOrPromise] = {
    "amount": gettext_lazy("amount"),
    "answer": gettext_lazy("answer"),
    "argument": gettext_lazy("argument"),
    "assignee": gettext_lazy("assignee"),
    "bant": gettext_lazy("budget, authority, need or timing"),
    "cause": gettext_lazy("cause"),
    "close_on": gettext_lazy("expected close date"),
    "closed_on": gettext_lazy("close date"),
    "deal_id": gettext_lazy("SFA number"),
    "deal_system": gettext_lazy("SFA system"),
    "duplicate_of": gettext_lazy("the lead it duplicates"),
    "first_touch": gettext_lazy("first touch"),
    "fixed": gettext_lazy("what was repaired"),
    "next_action": gettext_lazy("next action"),
    "next_action_on": gettext_lazy("date of the next action"),
    "note": gettext_lazy("note"),
    "offering": gettext_lazy("offering"),
    "question": gettext_lazy("question"),
    "reason": gettext_lazy("reason"),
    "return_condition": gettext_lazy("return condition"),
    "revisit_on": gettext_lazy("date to come back"),
    "rule_version": gettext_lazy("rule version"),
    "second_person": gettext_lazy("second person"),
    "snapshot": gettext_lazy("values the rule judged by"),
    "verdict": gettext_lazy("verdict"),
}

TEXTS: dict[str, StrOrPromise] = {
    "stage": gettext_lazy("This cannot be done while the lead stands at “%(stage)s”."),
    "role": gettext_lazy("Your role does not allow this step."),
    "partner_own_leads": gettext_lazy("This lead was not handed over to you."),
    "missing": gettext_lazy("Please fill in: %(missing)s."),
    "two_persons": gettext_lazy("This step needs a second person from the other side."),
    "assignee_or_manager": gettext_lazy("Only the assignee or a sales manager can answer."),
    "on_active_list": gettext_lazy("This account is on no target list in force."),
    "has_touch": gettext_lazy("There is no touch yet to qualify this lead by."),
    "two_way_touch": gettext_lazy("Please record the talk with the customer first."),
    "before_any_handoff": gettext_lazy("The lead has already been handed over."),
    "not_with_sales": gettext_lazy("Sales has not answered the last hand-over yet."),
    "not_protected": gettext_lazy("This account is in a partner's care, and this is not one of its people."),
    "no_lead_elsewhere": gettext_lazy("Another side already works on a lead of this account."),
    "no_deal_elsewhere": gettext_lazy("Another side already has an open deal with this account."),
    "has_conflict": gettext_lazy("There is no partner conflict to decide against."),
    "with_sales": gettext_lazy("The lead has not been handed over yet."),
    "before_due": gettext_lazy("The time for this has passed."),
    "due_passed": gettext_lazy("The answer is not overdue yet."),
    "no_question": gettext_lazy("A question is still open."),
    "question_open": gettext_lazy("There is no open question."),
    "answer_limit_passed": gettext_lazy("Marketing still has time to answer."),
    "give_up_time": gettext_lazy("It is too early to give this lead up."),
    "disposition_requeue": gettext_lazy("The reason of the rejection does not ask for another assignee."),
    "disposition_repair": gettext_lazy("The reason of the rejection does not ask for a repair."),
    "disposition_recycle": gettext_lazy("The reason does not ask for a later return."),
    "rejected_as_other": gettext_lazy("The reason of this rejection is named already."),
    "once_per_lead": gettext_lazy("An appeal is possible only once per lead."),
    "appeal_open": gettext_lazy("There is no open appeal."),
    "is_ghost": gettext_lazy("The assignee is following this lead up."),
    "still_held": gettext_lazy("There is nothing to undo: the people concerned have been told, or more has happened."),
    "own_answer": gettext_lazy("Only who answered can undo the answer."),
    "was_waiting": gettext_lazy("There is no answer to undo."),
    "was_ignored": gettext_lazy("There is no answer to undo."),
    "within_30_days": gettext_lazy("Reopening is possible within 30 days."),
    "amount_positive": gettext_lazy("The amount must be greater than zero."),
    "two_of_bant": gettext_lazy("Please confirm at least two of budget, authority, need and timing."),
    "verdict_upheld": gettext_lazy("Please choose a verdict."),
    "verdict_denied": gettext_lazy("Please choose a verdict."),
    "may_not_create": gettext_lazy("Your role does not allow opening leads."),
    "department_elsewhere": gettext_lazy("This department belongs to another account."),
    "not_recycled": gettext_lazy("Only a recycled lead starts a next trip."),
    "trip_started": gettext_lazy("The next trip has already started."),
    "open_lead_exists": gettext_lazy("This department already has an open lead for this offering."),
    "cannot_receive": gettext_lazy("%(name)s cannot receive leads."),
    "unknown_cause": gettext_lazy("Please choose one of the causes."),
    "same_assignee": gettext_lazy("This lead already waits for the answer of %(name)s."),
    "duplicate_elsewhere": gettext_lazy("The lead it duplicates belongs to another account."),
    "duplicate_itself": gettext_lazy("A lead cannot duplicate itself."),
    "first_touch_ahead": gettext_lazy("The first touch must already have taken place."),
    "unknown_reason": gettext_lazy("Please choose one of the reasons in use."),
    "deal_elsewhere": gettext_lazy("This SFA number belongs to another account."),
    "no_deal": gettext_lazy("This lead has no SFA record yet."),
    "has_history": gettext_lazy("This lead already has a history."),
    "broken_history": gettext_lazy("This history does not follow the waterfall at step %(step)s (%(move)s)."),
}


class MoveRefused(Exception):
    """An act that may not be done now. `str()` is fit for the user.

    Attributes: `code`; `missing` data by name; `allowed_moves` that are legal now.
    """

    def __init__(
        self,
        code: str,
        *,
        missing: Iterable[str] = (),
        allowed: Iterable[MoveName] = (),
        **params: object,
    ) -> None:
        self.code = code
        self.missing = tuple(missing)
        self.allowed_moves = tuple(allowed)
        named = pgettext("between items", ", ").join(str(FIELDS.get(name, name)) for name in self.missing)
        super().__init__(str(TEXTS[code]) % {**params, "missing": named})


class AlreadyAnswered(MoveRefused):
    """Somebody else was faster; says who, when and how."""

    def __init__(self, *, by: User, at: datetime, outcome: str, allowed: Iterable[MoveName] = ()) -> None:
        super().__init__("stage", allowed=allowed, stage="")
        self.answered_by, self.answered_at, self.outcome = by, at, outcome

    def __str__(self) -> str:
        if self.outcome == Stage.REJECTED:
            return _("%(name)s has already rejected this lead.") % {"name": self.answered_by}
        return _("%(name)s has already accepted this lead.") % {"name": self.answered_by}


def refuse(refusal: Refusal) -> MoveRefused:
    """The refusal of the moves table as an exception."""
    stage = STAGES.get(refusal.params.get("stage", ""), "")
    return MoveRefused(refusal.code, missing=refusal.missing, allowed=refusal.allowed, stage=stage)
