"""Moving a lead from a page: one view for every move that has an act, driven by the moves table."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from abm.web import move_forms
from abm.web.answers import done
from abm.web.move_forms import MoveForm
from abm.web.requests import PageRequest
from abm.web.sign_in import back_to
from funnel import corrections, deals, dispositions, leads, questions, recoding, rerouting
from funnel.enums import MoveName
from funnel.models import Lead, LeadMove
from funnel.refusals import MoveRefused
from funnel.replay import UNDOABLE


@dataclass(frozen=True)
class Doable:
    """How a page offers a move: the button's word and key, what it asks, what it says after, and the act."""

    word: StrOrPromise
    question: StrOrPromise
    said: StrOrPromise
    form: type[MoveForm]
    act: Callable[..., LeadMove]
    key: str = ""


DOABLE: dict[MoveName, Doable] = {
    MoveName.ACCEPT: Doable(
        _("Accept"), _("What do you do next?"), _("Accepted."), move_forms.Accept, leads.accept, "a"
    ),
    MoveName.REJECT: Doable(
        _("Reject…"), _("Why do you reject it?"), _("Rejected."), move_forms.Reject, leads.reject, "r"
    ),
    MoveName.ASK: Doable(
        _("Ask…"),
        _("What must you know first?"),
        _("Asked; the clock stands still until marketing answers."),
        move_forms.Ask,
        questions.ask,
        "q",
    ),
    MoveName.ANSWER: Doable(
        _("Answer…"),
        _("What do you answer?"),
        _("Answered; the clock runs again."),
        move_forms.Answer,
        questions.answer,
    ),
    MoveName.REASSIGN: Doable(
        _("Reassign…"), _("Who should answer instead?"), _("Reassigned."), move_forms.Reassign, rerouting.reassign
    ),
    MoveName.REQUEUE: Doable(
        _("Deliver anew…"), _("Whose lead is it?"), _("Delivered anew."), move_forms.Reroute, rerouting.requeue
    ),
    MoveName.RECLAIM: Doable(
        _("Reclaim…"), _("Who should follow it up?"), _("Reclaimed."), move_forms.Reroute, rerouting.reclaim
    ),
    MoveName.REPAIR: Doable(
        _("Repair…"), _("What was put right?"), _("Back to nurture, repaired."), move_forms.Repair, dispositions.repair
    ),
    MoveName.APPEAL: Doable(
        _("Appeal…"), _("Is the rejection right?"), _("Kept with the lead."), move_forms.Appeal, dispositions.appeal
    ),
    MoveName.QUALIFY: Doable(
        _("Make it MQL…"), _("Why is it worth a call now?"), _("It is an MQL now."), move_forms.Qualify, leads.qualify
    ),
    MoveName.QUALIFY_OFF_LIST: Doable(
        _("Make it MQL off the list…"),
        _("Why is it worth a call although on no list?"),
        _("It is an MQL now, off the list."),
        move_forms.QualifyOffList,
        leads.qualify_off_list,
    ),
    MoveName.HAND_OVER: Doable(
        _("Hand over…"),
        _("Who should answer?"),
        _("Handed over; the clock runs."),
        move_forms.HandOver,
        leads.hand_over,
        "h",
    ),
    MoveName.RECYCLE: Doable(
        _("Recycle…"),
        _("When does it come back?"),
        _("Back to nurture until its day."),
        move_forms.Recycle,
        leads.recycle,
    ),
    MoveName.CONFIRM: Doable(
        _("Confirm the need…"),
        _("What did the talk confirm?"),
        _("It is an SQL now."),
        move_forms.Confirm,
        leads.confirm,
        "c",
    ),
    MoveName.REGISTER: Doable(
        _("Register the deal…"),
        _("Under which number does the SFA know it?"),
        _("It is in the pipeline now."),
        move_forms.Register,
        deals.register,
        "g",
    ),
    MoveName.WIN: Doable(_("Won…"), _("What did they sign?"), _("Won. Thank you!"), move_forms.Win, deals.win, "w"),
    MoveName.LOSE: Doable(
        _("Lost…"), _("Why was it lost?"), _("Kept as lost, with its reason."), move_forms.Lose, deals.lose
    ),
    MoveName.MERGE_DUPLICATE: Doable(
        _("It is a duplicate…"),
        _("Which lead does it repeat?"),
        _("Withdrawn and linked."),
        move_forms.Merge,
        dispositions.merge_duplicate,
    ),
    MoveName.DISQUALIFY: Doable(
        _("Disqualify…"),
        _("Why never again, and who agrees?"),
        _("Disqualified."),
        move_forms.Disqualify,
        dispositions.disqualify,
    ),
    MoveName.RECODE: Doable(
        _("Name the reason…"),
        _("What is the true reason?"),
        _("The reason is named."),
        move_forms.Recode,
        recoding.recode,
    ),
    MoveName.GIVE_UP: Doable(
        _("Give up…"),
        _("When does it come back?"),
        _("Given up until its day."),
        move_forms.GiveUp,
        dispositions.give_up,
    ),
    MoveName.RECALL: Doable(
        _("Recall…"), _("Why was it a mistake?"), _("Recalled."), move_forms.WithCause, rerouting.recall
    ),
    MoveName.UNQUALIFY: Doable(
        _("Not an MQL…"), _("Why is it no MQL?"), _("Back to nurture."), move_forms.WithCause, corrections.unqualify
    ),
    MoveName.UNREGISTER: Doable(
        _("Not a deal…"),
        _("Why is it no deal?"),
        _("It is an SQL again."),
        move_forms.WithReason,
        corrections.unregister,
    ),
    MoveName.REOPEN: Doable(
        _("Reopen…"), _("Why is it not over?"), _("Open again."), move_forms.Reopen, corrections.reopen
    ),
}


def move(request: PageRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Asks for what the move needs, does it, and leads back to where the user came from (`next`)."""
    doable = _doable(verb)
    lead = get_object_or_404(Lead.objects.visible_to(request.user).for_rows(), public_id=public_id)
    form = doable.form(request.POST or None, lead=lead, by=request.user)
    if form.is_valid():
        try:
            doable.act(lead, by=request.user, now=timezone.now(), **form.cleaned_data)
        except MoveRefused as why:
            form.add_error(None, str(why))
        else:
            to = back_to(request, f"/leads/{lead.public_id}/")
            return done(request, f"{lead}: {doable.said}", to, undo=[lead] if verb in UNDOABLE else [])
    status = 409 if form.non_field_errors() else 200
    context = {"lead": lead, "form": form, "doable": doable, "verb": verb, "next": _came_from(request)}
    return render(request, "leads/move.html", context, status=status)


def _doable(verb: str) -> Doable:
    try:
        return DOABLE[MoveName(verb)]
    except (ValueError, KeyError) as unknown:
        raise Http404 from unknown


def _came_from(request: PageRequest) -> str:
    return request.POST.get("next") or request.GET.get("next", "")
