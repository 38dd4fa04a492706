"""Who should get a qualified lead, and why; delivering many at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext
from django_stubs_ext import StrOrPromise

from funnel import leads, rules, workload
from funnel.choosing import Candidate, Choice, Demand, Rule, Step, choose
from funnel.conflicts import Claims, Conflict
from funnel.enums import Target
from funnel.models import Lead, RoutingRule
from funnel.refusals import MoveRefused
from users.models import User

STEPS: dict[str, StrOrPromise] = {
    "protected": gettext_lazy("The account is in a partner's care: only its people."),
    "rule": gettext_lazy("Rule %(number)s “%(name)s” fits%(because)s."),
    "last_entry_owner": gettext_lazy("Who wants the account on the list."),
    "last_account_owner": gettext_lazy("Who owns the account."),
    "last_partner": gettext_lazy("The partner's people."),
    "load": gettext_lazy("Of %(n)s, %(name)s has the fewest open: %(open)s."),
    "turn": gettext_lazy("Of %(n)s, %(equals)s have the fewest open (%(open)s); it is the turn of %(name)s."),
    "only": gettext_lazy("%(name)s."),
    "cannot": gettext_lazy("%(name)s cannot take leads any more."),
    "away": gettext_lazy("%(name)s is away, without a deputy who is there."),
    "deputy": gettext_lazy("%(name)s is away; %(deputy)s stands in."),
    "other_side": gettext_lazy("%(name)s is of another side."),
    "empty": gettext_lazy("Nobody there can take leads."),
    "nobody": gettext_lazy("nobody owns this account"),
}
MOST = 200
"""How many leads a dry run looks at."""
LISTED = ("entry__owner", "account__owner", "account__partner", "offering")
"""What a proposal reads of a lead: for `select_related`."""


@dataclass(frozen=True)
class Proposal:
    """Who should get the lead, how the rules got there, and what stands against it."""

    lead: Lead
    assignee: User | None
    choice: Choice
    conflicts: list[Conflict]

    @property
    def is_only_one(self) -> bool:
        """Whether the rules left nobody else to choose from."""
        return self.choice.steps[-1].code == "only"

    @property
    def why(self) -> list[str]:
        """The steps in words."""
        return [in_words(step) for step in self.choice.steps]


@dataclass
class Routed:
    """Leads delivered, and those left with the reason."""

    delivered: list[Lead] = field(default_factory=list)
    left: list[tuple[Lead, str]] = field(default_factory=list)


def in_words(step: Step) -> str:
    """A step for whoever asks why."""
    told: dict[str, Any] = dict(step.params)
    because = pgettext("between items", ", ").join(told.get("because", ()))
    return str(STEPS[step.code]) % (told | {"because": f" ({because})" if because else ""})


def stored_rules() -> list[Rule]:
    """The active rules in their order."""
    found = RoutingRule.objects.filter(is_active=True)
    return [as_rule(row, number) for number, row in enumerate(found, 1)]


def as_rule(row: RoutingRule, number: int) -> Rule:
    """A stored rule as the pure choice knows it."""
    return Rule(
        Target(row.target),
        number,
        row.name,
        frozenset(row.prefectures),
        frozenset(row.industries),
        frozenset(row.tiers),
        frozenset(row.categories),
        row.existing,
        row.partner_account,
        row.source_id,
        row.user_id,
        row.team_id,
    )


def demand_of(lead: Lead) -> Demand:
    """What rules ask about a lead, as it stands today."""
    account = lead.account
    return Demand(
        account.prefecture,
        account.industry,
        lead.tier,
        lead.offering.category if lead.offering else "",
        lead.existing,
        lead.source_id,
        account.partner_id,
        lead.entry.owner_id if lead.entry else None,
        account.owner_id,
    )


def propose(
    waiting: Iterable[Lead], *, now: datetime, using: Iterable[Rule] | None = None, to_others: bool = False
) -> list[Proposal]:
    """A proposal for each lead, as if they were delivered one after the other: each one adds to a person's load.

    `using`: other rules than those stored, for a dry run. `to_others`: the present assignee is left out.
    """
    found = list(waiting)
    stored = list(stored_rules() if using is None else using)
    people = _known(found, now)
    claims = Claims.load(lead.account_id for lead in found)
    users = User.objects.select_related("team").in_bulk([one.id for one in people.values() if one.can_receive])
    made = []
    for lead in found:
        left_out = lead.assignee_id if to_others else None
        known = {pk: one for pk, one in people.items() if pk != left_out}
        choice = choose(demand_of(lead), stored, known)
        assignee = users.get(choice.person or 0)
        made.append(Proposal(lead, assignee, choice, claims.against(lead, assignee) if assignee else []))
        if assignee:
            one = people[assignee.pk]
            people[assignee.pk] = replace(one, open=one.open + 1, last_at=now)
    return made


def dry_run(day: date, *, now: datetime, rules: Iterable[RoutingRule] | None = None) -> list[Proposal]:
    """What rules would do with the leads that waited for routing on a day, at today's loads; at most MOST.

    `rules`: in their order, instead of those stored.
    """
    begins = timezone.make_aware(datetime.combine(day, time()))
    ends = begins + timedelta(days=1)
    delivered_before = Q(handed_over_at__lt=begins) | Q(withdrawn_at__lt=begins)
    waited = Lead.objects.without_samples().filter(mql_at__lt=ends).exclude(delivered_before)
    found = waited.select_related(*LISTED, "department", "first_assignee").order_by("mql_at", "pk")[:MOST]
    using = None if rules is None else [as_rule(row, n) for n, row in enumerate(rules, 1) if row.is_active]
    return propose(found, now=now, using=using)


def _known(waiting: list[Lead], now: datetime) -> dict[int, Candidate]:
    """All who can take leads, and the leads' owners who cannot: these are told as passed over."""
    people = workload.candidates(now=now)
    for lead in waiting:
        for owner in (lead.entry.owner if lead.entry else None, lead.account.owner):
            if owner and owner.pk not in people:
                people[owner.pk] = Candidate(owner.pk, owner.name, can_receive=rules.may_receive(owner))
    return people


def hand_over_proposed(waiting: Iterable[Lead], *, by: User, now: datetime) -> Routed:
    """Delivers each lead to its proposed decider; one that cannot be is left where it is, with the reason."""
    routed = Routed()
    for proposal in propose(waiting, now=now):
        lead = proposal.lead
        if proposal.assignee is None:
            routed.left.append((lead, proposal.why[-1]))
            continue
        try:
            leads.hand_over(lead, assignee=proposal.assignee, by=by, now=now)
        except MoveRefused as why:
            routed.left.append((lead, str(why)))
        else:
            routed.delivered.append(lead)
    return routed
