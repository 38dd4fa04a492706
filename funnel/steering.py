"""Changing who gets which leads, and what SYSTEM does by itself. Raises SteeringRefused, having changed nothing."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit import log
from funnel import rules
from funnel.enums import Target
from funnel.models import Automation, RoutingRule
from targets.enums import Tier
from users.models import User
from users.roles import Role

STEERS = frozenset({Role.MARKETING_LEAD, Role.SALES_MANAGER, Role.ADMIN})
CONDITIONS = (
    "name", "is_active", "prefectures", "industries", "tiers", "categories", "existing", "partner_account", "source",
    "target", "user", "team",
)  # fmt: skip
SWITCHES = ("routes", "requeues", "recycles", "reclaims_ghosts", "ghost_hours")


class SteeringRefused(Exception):
    """A rule that cannot be kept; the text says why."""


def may_steer(user: User) -> bool:
    """Whether this user may change the rules: who leads one of the sides, or administers."""
    return Role(user.role) in STEERS


def draft(rule: RoutingRule | None = None, **told: Any) -> RoutingRule:
    """The rule as it would be, not stored: for a dry run, and for what is stored next. Raises SteeringRefused."""
    made = RoutingRule(**{name: getattr(rule, name) for name in CONDITIONS}) if rule else RoutingRule()
    for name, value in told.items():
        setattr(made, name, value)
    made.user = made.user if made.target == Target.USER else None
    made.team = made.team if made.target == Target.TEAM else None
    _require_target(made)
    return made


def _require_target(rule: RoutingRule) -> None:
    if (rule.target == Target.USER and rule.user is None) or (rule.target == Target.TEAM and rule.team is None):
        raise SteeringRefused(_("Please choose who gets the leads."))
    if not set(rule.tiers) <= set(Tier):
        raise SteeringRefused(_("Please choose among the tiers."))
    if rule.user and not rules.may_receive(rule.user):
        raise SteeringRefused(_("%(name)s cannot receive leads.") % {"name": rule.user})


@transaction.atomic
def add(*, by: User, now: datetime, **told: Any) -> RoutingRule:
    """A new rule, asked after all others."""
    _require_right(by)
    rule = draft(**told)
    last = _locked().order_by("-position").first()
    rule.position = last.position + 1 if last else 1
    return _keep(rule, "routing.add", by, now)


@transaction.atomic
def change(rule: RoutingRule, *, by: User, now: datetime, **told: Any) -> RoutingRule:
    """Other conditions or another target; its place stays."""
    _require_right(by)
    stored = _locked().get(pk=rule.pk)
    wanted = draft(stored, **told)
    for name in CONDITIONS:
        setattr(stored, name, getattr(wanted, name))
    return _keep(stored, "routing.change", by, now)


@transaction.atomic
def move(rule: RoutingRule, *, by: User, now: datetime, up: bool) -> RoutingRule:
    """One place up or down; at the end of the list nothing happens."""
    _require_right(by)
    order = list(_locked())
    at = next(place for place, one in enumerate(order) if one.pk == rule.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(order):
        return order[at]
    order[at].position, order[other].position = order[other].position, order[at].position
    RoutingRule.objects.bulk_update([order[at], order[other]], ["position"])
    log.record("routing.move", order[at], by=by, at=now, detail={"position": order[at].position})
    return order[at]


@transaction.atomic
def remove(rule: RoutingRule, *, by: User, now: datetime) -> None:
    """Takes a rule away; the audit trail keeps what it said."""
    _require_right(by)
    log.record("routing.remove", rule, by=by, at=now, detail=_told(rule))
    rule.delete()


@transaction.atomic
def switch(*, by: User, now: datetime, **to: Any) -> Automation:
    """What SYSTEM does by itself from now on."""
    _require_right(by)
    row, _created = Automation.objects.select_for_update().get_or_create(pk=1)
    for name, value in to.items():
        setattr(row, name, value)
    row.save()
    log.record("automation.switch", row, by=by, at=now, detail={name: getattr(row, name) for name in SWITCHES})
    return row


def _require_right(by: User) -> None:
    if not may_steer(by):
        raise SteeringRefused(_("Only the leads of both sides and an administrator change how leads are routed."))


def _locked() -> Any:
    return RoutingRule.objects.select_for_update().order_by("position")


def _keep(rule: RoutingRule, act: str, by: User, now: datetime) -> RoutingRule:
    try:
        rule.full_clean(exclude=["position", "public_id"], validate_unique=False)
    except ValidationError as error:
        raise SteeringRefused(" ".join(error.messages)) from error
    rule.save()
    rule.refresh_from_db(fields=["public_id"])
    log.record(act, rule, by=by, at=now, detail=_told(rule))
    return rule


def _told(rule: RoutingRule) -> dict[str, Any]:
    plain = {name: getattr(rule, name) for name in CONDITIONS if name not in ("source", "user", "team")}
    return plain | {"source": rule.source_id, "user": rule.user_id, "team": rule.team_id, "position": rule.position}
