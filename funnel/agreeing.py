"""Agreeing on the clocks: one side proposes, both sign, and from its moment on the new policy counts.

A proposal is frozen by its first signature. With both it becomes a Policy, a row that never changes again: what
replaces it is the next version. A due that is already set keeps the policy it was set by.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import log, outbox
from funnel import rules
from funnel.policies import terms_before
from funnel.terms import CLOCKS, Policy, Proposal
from targets.enums import Side
from targets.rules import side_of
from users.enums import TeamKind
from users.models import User

MOST: dict[str, int] = dict.fromkeys(CLOCKS, 160) | {"give_up_days": 120}
"""No promise is longer: 160 business hours are four weeks, 120 business days half a year."""
FARTHEST = timedelta(days=366)


class AgreementRefused(Exception):
    """A proposal or signature that may not be; the text says why and what to do."""


@transaction.atomic
def propose(*, by: User, now: datetime, active_from: datetime | None, note: str = "", **terms: Any) -> Proposal:
    """Draws up new clocks for a `tier`, `source`, `partner` (none: for all). `terms`: these and the clocks, by name.

    What is not named stays as it is today. `active_from` None: as soon as both have signed.
    """
    _require_editor(by)
    proposal = Proposal(note=note.strip(), created_by=by, created_at=now)
    _take_over(proposal, terms)
    _write(proposal, active_from, now)
    log.record("policies.propose", proposal, by=by, at=now, detail=_told(proposal))
    return proposal


@transaction.atomic
def change(
    proposal: Proposal, *, by: User, now: datetime, active_from: datetime | None, note: str = "", **clocks: int
) -> Proposal:
    """Changes what nobody has signed yet; for whom it is stays."""
    _require_editor(by)
    proposal = _locked(proposal)
    if proposal.is_signed:
        raise AgreementRefused(_("One side has signed this. Please send it back before changing it."))
    proposal.note = note.strip()
    for name, value in clocks.items():
        setattr(proposal, name, value)
    _write(proposal, active_from, now)
    log.record("policies.change", proposal, by=by, at=now, detail=_told(proposal))
    return proposal


@transaction.atomic
def sign(proposal: Proposal, *, by: User, now: datetime) -> Policy | None:
    """Signs for the side of `by`. The second signature makes the policy and returns it."""
    side = side_of(by)
    if side is None:
        raise AgreementRefused(_("A marketing lead and a sales manager sign clocks."))
    proposal = _locked(proposal)
    if signer := proposal.signers[side]:
        raise AgreementRefused(_("%(name)s has already signed for this side.") % {"name": signer})
    _check(proposal, now)
    if side is Side.MARKETING:
        proposal.marketing_by, proposal.marketing_at = by, now
    else:
        proposal.sales_by, proposal.sales_at = by, now
    proposal.save()
    log.record("policies.sign", proposal, by=by, at=now, detail={"side": side})
    return _bring_into_force(proposal, by, now) if all(proposal.signers.values()) else None


def _bring_into_force(proposal: Proposal, by: User, now: datetime) -> Policy:
    """Stores the policy, in force from its moment, and not before the second signature."""
    last = Policy.objects.filter(**proposal.scope).order_by("-version").first()
    policy = Policy(
        **proposal.scope,
        **proposal.clocks,
        version=last.version + 1 if last else 1,
        active_from=max(proposal.active_from, now),
        marketing_by=proposal.marketing_by,
        marketing_at=proposal.marketing_at,
        sales_by=proposal.sales_by,
        sales_at=proposal.sales_at,
    )
    policy.save(force_insert=True)
    policy.refresh_from_db(fields=["public_id"])
    log.record("policies.agree", policy, by=by, at=now, detail={"proposal": proposal.pk, "version": policy.version})
    outbox.put("policy.signed", key=f"policy.signed:{policy.pk}", payload={"policy": policy.pk}, now=now)
    proposal.delete()
    return policy


@transaction.atomic
def send_back(proposal: Proposal, *, by: User, now: datetime) -> Proposal:
    """Takes the one signature off again, so that the proposal can be changed."""
    if side_of(by) is None:
        raise AgreementRefused(_("A marketing lead and a sales manager sign clocks."))
    proposal = _locked(proposal)
    if not proposal.is_signed:
        raise AgreementRefused(_("Nobody has signed this yet."))
    proposal.marketing_by = proposal.marketing_at = proposal.sales_by = proposal.sales_at = None
    proposal.save()
    log.record("policies.send_back", proposal, by=by, at=now)
    return proposal


@transaction.atomic
def withdraw(proposal: Proposal, *, by: User, now: datetime) -> None:
    """Takes a proposal back that nobody has signed."""
    _require_editor(by)
    proposal = _locked(proposal)
    if proposal.is_signed:
        raise AgreementRefused(_("One side has signed this. Please send it back first."))
    log.record("policies.withdraw", proposal, by=by, at=now, detail=_told(proposal))
    proposal.delete()


def _require_editor(by: User) -> None:
    if not rules.may_configure(by):
        raise AgreementRefused(_("Marketing leads, sales managers and administrators propose clocks."))


def _locked(proposal: Proposal) -> Proposal:
    found = Proposal.objects.select_for_update(of=("self",)).select_related("marketing_by", "sales_by")
    locked = found.filter(pk=proposal.pk).first()
    if locked is None:
        raise AgreementRefused(_("This proposal is already signed by both sides, or was withdrawn."))
    return locked


def _take_over(proposal: Proposal, terms: dict[str, Any]) -> None:
    """The scope; then the clocks as they are today for it; then what is proposed."""
    scope = {name: value for name, value in terms.items() if name not in CLOCKS}
    for name, value in scope.items():
        setattr(proposal, name, value)
    today = terms_before(proposal, proposal.created_at)
    for name in CLOCKS:
        setattr(proposal, name, terms.get(name, today.clocks[name]))


def _write(proposal: Proposal, active_from: datetime | None, now: datetime) -> None:
    proposal.active_from = active_from or now
    if proposal.active_from < now:
        raise AgreementRefused(_("Clocks cannot come into force in the past."))
    other = Proposal.objects.filter(**proposal.scope).exclude(pk=proposal.pk)
    if other.exists():
        raise AgreementRefused(
            _("Clocks for the same leads are already proposed. Please sign, change or withdraw them.")
        )
    _check(proposal, now)
    proposal.save()
    proposal.refresh_from_db(fields=["public_id"])


def _check(proposal: Proposal, now: datetime) -> None:
    """What holds when it is written must hold when it is signed."""
    for name, value in proposal.clocks.items():
        if not isinstance(value, int) or not 1 <= value <= MOST[name]:
            raise AgreementRefused(_("Each clock needs between 1 and %(most)s.") % {"most": MOST[name]})
    if proposal.partner and proposal.partner.kind != TeamKind.PARTNER:
        raise AgreementRefused(_("%(name)s is not a partner firm.") % {"name": proposal.partner})
    if proposal.active_from > now + FARTHEST:
        raise AgreementRefused(_("Please choose a day within a year."))
    last = Policy.objects.filter(**proposal.scope).order_by("-active_from").first()
    if last and last.active_from > max(proposal.active_from, now):
        day = f"{timezone.localtime(last.active_from):%Y-%m-%d}"
        raise AgreementRefused(
            _("The last version comes into force on %(day)s. Please choose a later day.") % {"day": day}
        )
    if terms_before(proposal, max(proposal.active_from, now)).clocks == proposal.clocks and last:
        raise AgreementRefused(_("This changes nothing: these clocks already count."))


def _told(proposal: Proposal) -> dict[str, Any]:
    scope = {"tier": proposal.tier, "source": proposal.source_id, "partner": proposal.partner_id}
    return scope | proposal.clocks | {"active_from": proposal.active_from.isoformat()}
