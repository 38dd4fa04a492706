"""Building the demo company, as one act; refused where it could mix with real data."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from abm.demo import (
    arrangements,
    companies,
    evidence,
    feedback,
    golden,
    history,
    lists,
    live,
    offerings,
    people,
    staff,
    tables,
    touches,
)
from abm.demo.demands import Demands
from abm.demo.lives import write as write_lives
from abm.demo.models import DemoCompany
from abm.demo.world import World, year_starts
from accounts.enums import Relation
from accounts.models import Account, Contract, Person
from audit.models import OutboxMessage
from engagement.models import Touch
from funnel import rollups
from funnel.models import Lead, RejectReason
from funnel.terms import Policy
from scoring import recompute
from users.models import User


class DemoRefused(Exception):
    """The demo company may not be built or wiped here; the text says why."""


@transaction.atomic
def build(*, now: datetime, scale: float = 1.0) -> Mapping[str, int]:
    """Builds the whole company relative to `now`, the same for the same `now`; returns what it made.

    Raises DemoRefused where the database holds anything already, and changes nothing.
    """
    if DemoCompany.objects.exists():
        raise DemoRefused(_("The demo company is already here."))
    refuse_real_data()
    world = World(now=now, scale=scale)
    for part in (staff, offerings, companies, people):
        part.create(world)
    world.reasons = {reason.code: reason for reason in RejectReason.objects.all()}
    lists.create(world)
    _sign_contracts(world)
    _leads(world)
    feedback.create(world)
    arrangements.create(world)
    system = world.users["system"]
    _analyze()
    recompute.run(by=system, now=now)
    rollups.roll_up(now=now, everything=True)
    _mark(world)
    OutboxMessage.objects.filter(delivered_at=None).update(delivered_at=now)
    return {
        str(model._meta.verbose_name_plural): model._default_manager.count()
        for model in (Account, Person, User, Lead, Touch)
    }


def refuse_real_data() -> None:
    """Raises DemoRefused when there is any account or user that no demo company knows of."""
    mark = DemoCompany.objects.first()
    ours, last = (mark.user_ids, mark.last_account_id) if mark else ([], 0)
    users = User.objects.exclude(username="system").exclude(pk__in=ours).count()
    accounts = Account.objects.filter(pk__gt=last).count()
    if users or accounts:
        raise DemoRefused(
            _("This database holds data of your own (%(accounts)d accounts, %(users)d users). The demo company never"
              " mixes with it: please use an empty database.") % {"accounts": accounts, "users": users}
        )  # fmt: skip


def _sign_contracts(world: World) -> None:
    """What existing customers own: one to three offerings, each for a department that uses it."""
    made: list[Contract] = []
    for account in world.accounts:
        if account.relation == Relation.CUSTOMER:
            for product in world.rng.sample(offerings.PRODUCTS, world.rng.randint(1, 3)):
                made.append(_contract(world, account, product, len(made)))
    Contract.objects.bulk_create(made)


def _contract(world: World, account: Account, product: offerings.Product, number: int) -> Contract:
    fitting = [d for d in world.departments[account.pk] if d.function in product.functions]
    since = account.relation_since or year_starts(world.fiscal_year - 1)
    began = min(since + timedelta(days=world.rng.randrange(1, 400)), world.today - timedelta(days=30))
    return Contract(
        account=account,
        department=world.rng.choice(fitting) if fitting else None,
        offering=world.offerings[product.code],
        started_on=began,
        amount=Decimal(product.price),
        currency="JPY",
        margin=Decimal(product.price * 35 // 100),
        source="sfa",
        external_id=f"CON-{number + 1:05}",
    )


def _leads(world: World) -> None:
    """Tells all lives, then stores touches before leads: a lead's reasons name its touches."""
    demands = Demands(world)
    made = history.lives(world, demands) + live.lives(world, demands)
    touches.write([touch for life in made for touch in life.touches] + touches.background(world), now=world.now)
    evidence.weigh(world, made)
    policy = Policy.objects.get(version=1, tier="", source=None, partner=None)
    write_lives(made + golden.lives(world), policy.pk, now=world.now)
    won = {life.lead.account_id: life.lead.account for life in made if life.contract}
    Account.objects.bulk_update(won.values(), ["relation", "relation_since"])


def _analyze() -> None:
    """Lets the planner know the tables are no longer empty: the recompute is ten times as fast."""
    names = ", ".join(connection.ops.quote_name(name) for name in tables.of_the_product())
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")


def _mark(world: World) -> None:
    people_here = [user.pk for user in world.users.values()]
    last = max(account.pk for account in [*world.accounts, *world.samples])
    DemoCompany.objects.create(built_at=world.now, user_ids=people_here, last_account_id=last)
