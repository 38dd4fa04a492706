"""Which department of which account wants what, and when it is free to want it: one open lead per demand."""

from dataclasses import dataclass, field
from datetime import datetime

from abm.demo.lives import Life
from abm.demo.offerings import BY_CODE
from abm.demo.story import assignee_of
from abm.demo.world import World
from accounts.models import Account, Department, Offering
from funnel.enums import ENDED, Stage
from funnel.models import Lead
from targets.models import TargetEntry, TargetListVersion

SOURCES = (("ma", 35), ("seminar", 22), ("exhibition", 18), ("web", 15), ("cards", 10))
NO_DEPARTMENT, NO_OFFERING = 0.03, 0.04
TRIES = 40


@dataclass
class Demands:
    """Draws demands that are free at a moment; `busy` keeps until when a (department, offering) has its lead."""

    world: World
    busy: dict[tuple[int, int], datetime | None] = field(default_factory=dict)
    listed: dict[int, set[int]] = field(default_factory=dict)

    def begin(self, at: datetime, *, on_list: bool, accounts: list[Account] | None = None) -> Life:
        """A new lead of a free demand at `at`."""
        version = self._version_at(at)
        inside = self._listed(version)
        pool = accounts or [a for a in self.world.accounts if (a.pk in inside) == on_list]
        account, department, offering = self._draw(pool, at)
        lead = Lead(account=account, department=department, offering=offering, created_at=at)
        self._stand(lead, version, at)
        lead.source = self.world.sources[self.world.weighted(SOURCES)]
        known = self.world.persons.get(department.pk, []) if department else []
        persons = self.world.rng.sample(known, min(len(known), self.world.rng.randint(1, 3)))
        return Life(lead, assignee_of(self.world, account), persons)

    def next_trip(self, life: Life, at: datetime) -> Life:
        """The same demand again, should it be free."""
        before = life.lead
        lead = Lead(
            account=before.account, department=before.department, offering=before.offering, created_at=at,
            source=before.source,
        )  # fmt: skip
        self._stand(lead, self._version_at(at), at)
        return Life(lead, life.assignee, life.persons)

    def is_free(self, lead: Lead, at: datetime) -> bool:
        """Whether this demand has no open lead at `at`."""
        return self._free(lead.department_id, lead.offering_id, at)

    def keep(self, life: Life) -> None:
        """Remembers until when the demand has its lead: for ever, unless the lead has ended."""
        lead = life.lead
        if lead.department_id and lead.offering_id:
            ended = life.state.stage in ENDED
            self.busy[lead.department_id, lead.offering_id] = life.steps[-1].at if ended and life.steps else None

    def _free(self, department: int | None, offering: int | None, at: datetime) -> bool:
        if not department or not offering or (department, offering) not in self.busy:
            return True
        until = self.busy[department, offering]
        return until is not None and until < at

    def _draw(self, pool: list[Account], at: datetime) -> tuple[Account, Department | None, Offering | None]:
        rng = self.world.rng
        for _ in range(TRIES):
            account, product = rng.choice(pool), rng.choice(tuple(BY_CODE.values()))
            offering = self.world.offerings[product.code]
            fitting = [d for d in self.world.departments[account.pk] if d.function in product.functions]
            department = rng.choice(fitting or self.world.departments[account.pk])
            if self._free(department.pk, offering.pk, at):
                chance = rng.random()
                if chance < NO_DEPARTMENT:
                    return account, None, offering
                return account, department, None if chance < NO_DEPARTMENT + NO_OFFERING else offering
        return rng.choice(pool), None, None

    def _version_at(self, at: datetime) -> TargetListVersion:
        return next(v for v in reversed(self.world.versions) if v.activated_at and v.activated_at <= at)

    def _listed(self, version: TargetListVersion) -> set[int]:
        if version.pk not in self.listed:
            self.listed[version.pk] = {key[1] for key in self.world.entries if key[0] == version.pk}
        return self.listed[version.pk]

    def _stand(self, lead: Lead, version: TargetListVersion, at: datetime) -> None:
        """How the lead stands to the list in force and to us on that day."""
        entry = self._entry(lead, version)
        since = lead.account.relation_since
        lead.existing = since is not None and since <= at.date()
        if entry:
            lead.entry, lead.list_version, lead.on_list = entry, version, True
            lead.tier, lead.wanted_rank = entry.tier, entry.wanted_rank

    def _entry(self, lead: Lead, version: TargetListVersion) -> TargetEntry | None:
        entries, account = self.world.entries, lead.account_id
        spear = entries.get((version.pk, account, lead.department_id, lead.offering_id))
        return spear or entries.get((version.pk, account, None, None))


def is_over(life: Life) -> bool:
    """Whether this trip ended with a date to come back."""
    return life.state.stage is Stage.RECYCLED and life.lead.return_on is not None
