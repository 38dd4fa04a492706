"""Revival plans: dormant persons put in somebody's hands until a day. Every refusal is a PlanRefused."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person
from audit import log
from targets import dormant, rules
from targets.dormant import Selection
from targets.models import PlannedPerson, RevivalPlan
from users import kinds, notices
from users.models import User
from users.roles import MARKETING, SALES

USUAL_TIME = timedelta(days=30)
MOST = 2000
"""More persons than this nobody speaks to; they are a list, not a plan."""
NAME_LENGTH = 160
GIVEN = gettext_noop("%(by)s gave you the plan “%(plan)s”: %(n)s persons to speak to again until %(due)s.")


class PlanRefused(Exception):
    """A plan act that may not be done; the text says why and what to do."""


def announce() -> None:
    """The one kind of event here that people make choices about."""
    inside = MARKETING | SALES
    kinds.announce("plan.given", gettext_noop("A revival plan is given to me"), at_once=inside, roles=inside)


@transaction.atomic
def start(
    selection: Selection, *, by: User, now: datetime, only: Collection[UUID] = (), part: str = "dormant", name: str = ""
) -> RevivalPlan:
    """Puts those dormant persons of the selection (or `only` these of them) into a new plan of `by`, due in 30 days.

    Whoever has opted out, was touched meanwhile, or is in another plan under way is left out, whoever asked for them.
    """
    _require_planner(by)
    last = _chosen(selection, part, only, now)
    today = timezone.localtime(now).date()
    plan = RevivalPlan.objects.create(
        name=_named(name) if name else _usual_name(selection, today), owner=by, due_on=today + USUAL_TIME,
        created_by=by, created_at=now,
    )  # fmt: skip
    places = dormant.places(selection).filter(person__in=last).order_by("person_id", "pk").distinct("person_id")
    PlannedPerson.objects.bulk_create(
        PlannedPerson(plan=plan, person_id=at.person_id, account_id=at.account_id, department_id=at.department_id,
                      added_at=now, last_touch_at=last[at.person_id])
        for at in places
    )  # fmt: skip
    log.record("plans.start", plan, by=by, at=now, detail={"persons": len(last)})
    return plan


def _chosen(selection: Selection, part: str, only: Collection[UUID], now: datetime) -> dict[int, datetime | None]:
    """Locks those who may be planned; person → when somebody touched them last."""
    if part not in ("dormant", "never"):
        raise PlanRefused(_("Only persons who are dormant and not yet planned can be put in a plan."))
    found = dormant.persons(part, selection, now=now)
    chosen = _lock((found.filter(public_id__in=only) if only else found).values_list("pk", flat=True)[: MOST + 1])
    if len(chosen) > MOST:
        raise PlanRefused(_("More than %(most)s persons are no plan. Please narrow the selection.") % {"most": MOST})
    last = {person.pk: person.touched_at for person in found.filter(pk__in=chosen)}  # type: ignore[attr-defined]
    if not last:
        raise PlanRefused(_("None of these persons can be put in a plan."))
    return last


def _lock(ids: Collection[int]) -> list[int]:
    """Two plans never take one person: the second waits here, and then sees whom the first took."""
    locked = Person.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    return list(locked.values_list("pk", flat=True))


@transaction.atomic
def change(plan: RevivalPlan, *, by: User, now: datetime, name: str, owner: User, due_on: date) -> RevivalPlan:
    """Names it anew, gives it to somebody (who is told), sets another day."""
    _require_planner(by)
    plan = _locked(plan)
    if not owner.is_active or owner.role not in MARKETING | SALES:
        raise PlanRefused(_("%(name)s cannot take a plan: please choose somebody of marketing or sales.")
                          % {"name": owner})  # fmt: skip
    given = owner.pk not in (plan.owner_id, by.pk)
    plan.name, plan.owner, plan.due_on = _named(name), owner, due_on
    plan.save(update_fields=["name", "owner", "due_on"])
    log.record("plans.change", plan, by=by, at=now, detail={"owner": owner.pk, "due_on": f"{due_on}"})
    if given:
        _tell(plan, by, now)
    return plan


@transaction.atomic
def drop(planned: PlannedPerson, *, by: User, now: datetime) -> None:
    """Takes a person out of a plan; they are dormant again."""
    _require_planner(by)
    plan = _locked(planned.plan)
    log.record("plans.drop", plan, by=by, at=now, account_id=planned.account_id, detail={"person": planned.person_id})
    planned.delete()


@transaction.atomic
def close(plan: RevivalPlan, *, by: User, now: datetime) -> RevivalPlan:
    """Ends it: whom nobody has touched is dormant again."""
    plan = _locked(plan)
    if plan.owner_id != by.pk:
        _require_planner(by)
    plan.closed_at = now
    plan.save(update_fields=["closed_at"])
    log.record("plans.close", plan, by=by, at=now)
    return plan


def _tell(plan: RevivalPlan, by: User, now: datetime) -> None:
    params = {"by": str(by), "plan": plan.name, "n": plan.persons.count(), "due": f"{plan.due_on}"}
    key = f"plan.given:{plan.pk}:{plan.owner_id}:{now.timestamp()}"
    link = f"lists/plans/{plan.public_id}/"
    notices.tell(plan.owner_id, key=key, text=GIVEN, params=params, link=link, now=now, kind="plan.given")


def _locked(plan: RevivalPlan) -> RevivalPlan:
    plan = RevivalPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.closed_at:
        raise PlanRefused(_("This plan is closed."))
    return plan


def _require_planner(by: User) -> None:
    if not rules.may_plan(by):
        raise PlanRefused(_("Marketing and sales managers put persons into plans."))


def _named(name: str) -> str:
    if not (name := name.strip()):
        raise PlanRefused(_("Please name the plan."))
    return name[:NAME_LENGTH]


def _usual_name(selection: Selection, today: date) -> str:
    narrowed = " · ".join(str(part) for part in (selection.account, selection.source) if part)
    return f"{narrowed or _('Dormant persons')} {today}"[-NAME_LENGTH:]
