"""Partner conflicts: would this hand-over set two sides (ours and a partner's, or two partners') on one account?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Account
from funnel.enums import DealStatus, Stage
from funnel.models import Deal, Lead
from users.models import User
from users.roles import Role


class Code(StrEnum):
    """What stands against a hand-over; also the names of the guards that ask."""

    PROTECTED = "not_protected"
    LEAD = "no_lead_elsewhere"
    DEAL = "no_deal_elsewhere"


TEXTS: dict[str, StrOrPromise] = {
    Code.PROTECTED: _("%(account)s is in the care of %(side)s."),
    Code.LEAD: _("%(side)s already works on a lead of %(account)s."),
    Code.DEAL: _("%(side)s already has an open deal with %(account)s."),
}
OURS: StrOrPromise = _("our own sales")


@dataclass(frozen=True)
class Conflict:
    """One conflict. `str()` is fit for the user."""

    code: Code
    account: Account
    side: str

    def __str__(self) -> str:
        return str(TEXTS[self.code]) % {"account": self.account, "side": self.side or OURS}


@dataclass(frozen=True)
class Claim:
    """Somebody's open business with an account: a lead (by id) or a deal. `firm` None: ours."""

    code: Code
    firm: int | None
    side: str
    lead_id: int | None = None


@dataclass
class Claims:
    """The open business of some accounts: read once, asked for one lead or for a whole pile."""

    of_account: dict[int, list[Claim]] = field(default_factory=dict)

    @classmethod
    def load(cls, account_ids: Iterable[int]) -> "Claims":
        """Two queries, however many accounts."""
        ids, claims = set(account_ids), cls()
        for lead in _with_sales(ids):
            claims._add(lead.account_id, Code.LEAD, lead.assignee, lead.pk)
        deals = Deal.objects.filter(account__in=ids, status=DealStatus.OPEN, owner__isnull=False)
        for deal in deals.select_related("owner__team"):
            claims._add(deal.account_id or 0, Code.DEAL, deal.owner, None)
        return claims

    def _add(self, account_id: int, code: Code, user: User | None, lead_id: int | None) -> None:
        if user is not None:
            claim = Claim(code, firm_of(user), str(user.team) if firm_of(user) else "", lead_id)
            self.of_account.setdefault(account_id, []).append(claim)

    def against(self, lead: Lead, assignee: User) -> list[Conflict]:
        """What stands against giving this lead to this user; each kind once per side."""
        account, firm = lead.account, firm_of(assignee)
        found = []
        if account.partner_id and account.partner_id != firm:
            found.append(Conflict(Code.PROTECTED, account, str(account.partner)))
        others = [claim for claim in self.of_account.get(account.pk, ()) if claim.firm != firm]
        claims = {(claim.code, claim.side) for claim in others if claim.lead_id != lead.pk}
        return [*found, *(Conflict(code, account, side) for code, side in sorted(claims))]


def _with_sales(account_ids: set[int]) -> Iterable[Lead]:
    """Leads somebody is working on, or still has to answer."""
    working = Q(stage__in=[Stage.IGNORED, Stage.SAL, Stage.SQL, Stage.PIPELINE]) | Q(
        stage=Stage.MQL, handoffs__outcome=""
    )
    found = Lead.objects.filter(working, account__in=account_ids, assignee__isnull=False)
    return found.select_related("assignee__team")


def firm_of(user: User) -> int | None:
    """The partner firm a user works for; None for our own people."""
    return user.team_id if user.role == Role.PARTNER else None


def find(lead: Lead, assignee: User) -> list[Conflict]:
    """What stands against giving one lead to one user."""
    return Claims.load([lead.account_id]).against(lead, assignee)
