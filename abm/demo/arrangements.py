"""What the demo company has arranged: who gets which leads, who is away, clocks one side has signed, a conflict; what
the night's search found to be twice, and a round for the cards in drawers."""

from datetime import timedelta

from abm.demo import companies, staff
from abm.demo.world import World
from accounts import duplicates
from funnel import agreeing, steering
from funnel.enums import Target
from funnel.models import Deal, Lead
from imports import rounds
from targets.enums import Tier
from users import absences

AWAY = (("manabe", "fujishiro", 0, 2), (staff.MAIN_REP, "isurugi", 14, 16))
"""Who, the deputy, and from which day to which from today on."""
FASTER = 8


def create(world: World) -> None:
    """Everything through the acts, as the people themselves would."""
    _route(world)
    _rest(world)
    _propose(world)
    _conflict(world)
    duplicates.look(by=world.users["system"], now=world.now)
    _ask_for_cards(world)


def _route(world: World) -> None:
    """A few rules in their order."""
    by = world.users["sasakura"]
    steering.add(by=by, now=world.now, name="代理店の担当先", partner_account=True, target=Target.PARTNER)
    steering.add(
        by=by, now=world.now, name="1:1は希望した人へ", tiers=[Tier.ONE_TO_ONE.value], target=Target.ENTRY_OWNER
    )
    west = {"prefectures": list(companies.WEST_PREFECTURES), "team": world.teams[staff.WEST]}
    steering.add(by=by, now=world.now, name="西日本", target=Target.TEAM, **west)


def _rest(world: World) -> None:
    for name, deputy, first, last in AWAY:
        user = world.users[name]
        days = [world.today + timedelta(days=n) for n in (first, last)]
        absences.arrange(
            user, by=user, now=world.now, first_on=days[0], last_on=days[1], deputy=world.users[deputy], note="休暇"
        )


def _propose(world: World) -> None:
    """Marketing wants quicker answers for the most wanted, and has signed; sales has not."""
    by = world.users["sasakura"]
    proposal = agreeing.propose(
        by=by, now=world.now, active_from=None, tier=Tier.ONE_TO_ONE, answer_hours=FASTER, note="1:1は当日中に回答"
    )
    agreeing.sign(proposal, by=by, now=world.now)


def _conflict(world: World) -> None:
    """A partner already talks with a company whose lead waits to be routed: found before the hand-over."""
    waiting = Lead.objects.to_route().without_samples().filter(account__partner=None)
    account = waiting.order_by("mql_at", "pk")[0].account
    world.deals += 1
    Deal.objects.create(
        source=world.sources["sfa"],
        external_id=f"OPP-{world.deals:05}",
        account=account,
        owner=world.users[staff.PARTNERS[staff.PARTNER_EAST]],
        name=f"{account} ご相談",
        stage_name="ヒアリング",
        currency="JPY",
    )


def _ask_for_cards(world: World) -> None:
    """Marketing asks the reps of one team for what lies in their drawers."""
    due, reps = world.today + timedelta(days=14), [world.users[name] for name in staff.REPS[staff.EAST]]
    rounds.start(name="展示会の名刺", due_on=due, people=reps, by=world.users["onoda"], now=world.now)
