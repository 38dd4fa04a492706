"""Answering several leads of the inbox at once, each by an act of its own; and taking answers back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from abm.web.answers import done, refused
from abm.web.inbox import Pile, Wish
from abm.web.moves import DOABLE, Doable
from abm.web.requests import PageRequest
from funnel import undo
from funnel.enums import MoveName
from funnel.models import Lead
from funnel.refusals import MoveRefused

TOGETHER = {"accept": MoveName.ACCEPT, "reject": MoveName.REJECT}


@dataclass
class Each:
    """What came of one act on each of several leads."""

    did: list[Lead] = field(default_factory=list)
    left: list[tuple[Lead, str]] = field(default_factory=list)


def _each(leads: Iterable[Lead], act: Callable[..., object], **told: Any) -> Each:
    """One act after the other, each a transaction of its own: what one refuses does not hold up the next."""
    each = Each()
    for lead in leads:
        try:
            act(lead, now=timezone.now(), **told)
        except MoveRefused as why:
            each.left.append((lead, str(why)))
        else:
            each.did.append(lead)
    return each


def _ticked(request: HttpRequest, wish: Wish) -> list[Lead]:
    visible = Lead.objects.visible_to(request.user).for_rows()
    return list(visible.filter(public_id__in=wish.told.get("lead", [])).order_by("pk"))


def several(request: PageRequest, verb: str) -> HttpResponse:
    """Asks once what all the ticked leads are answered with; those that cannot be stay ticked and are told with why."""
    if verb not in TOGETHER:
        raise Http404
    doable = DOABLE[TOGETHER[verb]]
    wish = Wish(request.POST or request.GET)
    pile, leads = Pile.wished(request.user, wish.told), _ticked(request, wish)
    if not leads:
        return refused(request, _("Please tick the leads to answer."), pile.address())
    form = doable.form(request.POST or None, lead=leads[0], by=request.user, auto_id="many_%s")
    each = _each(leads, doable.act, by=request.user, **form.cleaned_data) if form.is_valid() else Each()
    if each.did and not each.left:
        return done(request, _said(doable, each.did), pile.address(), undo=each.did)
    context = {"verb": verb, "doable": doable, "form": form, "pile": pile, "each": each}
    context |= {"leads": [lead for lead, _why in each.left] or leads, "said": _said(doable, each.did)}
    return render(request, "inbox/several.html", context, status=409 if each.left else 200)


def _said(doable: Doable, leads: list[Lead]) -> str:
    n = len(leads)
    return (
        f"{leads[0]}: {doable.said}"
        if n == 1
        else f"{doable.said} {ngettext('%(n)s lead', '%(n)s leads', n)}" % {"n": n}
    )


@require_POST
def undo_answers(request: PageRequest) -> HttpResponse:
    """Takes back the answers just given; the first of them is open again."""
    wish = Wish(request.POST)
    pile, leads = Pile.wished(request.user, wish.told), _ticked(request, wish)
    each = _each(leads, undo.undo, by=request.user)
    to = pile.address(leads[0].public_id if leads else None)
    if each.left or not leads:
        return refused(request, " ".join(f"{lead}: {why}" for lead, why in each.left) or _("Nothing to undo."), to)
    return done(request, _("%(leads)s: as before; nobody was told.") % {"leads": _names(each.did)}, to)


def _names(leads: list[Lead]) -> str:
    return ", ".join(str(lead) for lead in leads)
