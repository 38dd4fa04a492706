"""Many at once, over HTTP, and the broker killed meanwhile: small in tests, whole in `python -m bench.reliability`."""

import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.utils import timezone

from abm.api import tokens
from audit import webhooks
from audit.models import OutboxMessage, WebhookDelivery
from funnel import invariants, leads
from funnel.enums import MoveName
from funnel.models import Lead, LeadMove
from tests import make
from tests.receiver import Receiver
from tests.stories.outages import House
from users.models import Notification, User
from users.roles import Role

ACCEPT = {"next_action": "Call", "next_action_on": "2030-12-01"}
LIKELY, TRIES = 0.8, 8
Answer = tuple[int, dict[str, Any]]


def bearer(user: User) -> str:
    """A token of a service user that may do everything its role may."""
    now = timezone.now()
    return tokens.issue(user, name=f"load {user.pk}", scopes="read write", by=user, now=now)[1]


def call(method: str, address: str, secret: str, body: Any = None, **headers: str) -> Answer:
    """What the API says."""
    told = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(address, json.dumps(body).encode(), told, method=method)  # noqa: S310 (our own server)
    try:
        with urlopen(request, timeout=120) as answer:  # noqa: S310
            return answer.status, {**json.load(answer), "etag": answer.headers.get("ETag")}
    except HTTPError as refusal:
        return refusal.code, json.loads(refusal.read() or b"{}")


@dataclass
class Staff:
    """Service users with their tokens."""

    chief: User = field(default_factory=lambda: make.user(Role.MARKETING_LEAD, is_service=True))
    marketer: User = field(default_factory=lambda: make.user(Role.MARKETER, is_service=True))
    rep: User = field(default_factory=lambda: make.user(Role.REP, is_service=True))
    secrets: dict[int, str] = field(default_factory=dict)

    def secret(self, user: User) -> str:
        if user.pk not in self.secrets:
            self.secrets[user.pk] = bearer(user)
        return self.secrets[user.pk]

    def qualified(self, many: int) -> list[Lead]:
        """MQLs of as many companies."""
        now = timezone.now()
        made = [leads.create(account=make.account(), by=self.marketer, now=now) for _ in range(many)]
        for lead in made:
            leads.qualify_off_list(lead, by=self.chief, now=now, reason="Asked for it")
        return made

    def waiting(self, many: int) -> list[Lead]:
        """Handed over to the rep just now."""
        made = self.qualified(many)
        for lead in made:
            leads.hand_over(lead, assignee=self.rep, by=self.marketer, now=timezone.now())
        return made


def broken() -> list[Any]:
    """What the invariants' replay of all history finds."""
    return list(invariants.check(now=timezone.now()))


def accepts(address: str, staff: Staff, many: int, deciders: int = 50) -> Counter[tuple[int, ...]]:
    """R1: every lead is accepted by all deciders at the same moment. Counts leads by their winners, and what is left
    of the promise: (200s, 409s, moves, outbox messages)."""
    managers = [make.user(Role.SALES_MANAGER, is_service=True) for _ in range(deciders - 1)]
    secrets = [staff.secret(user) for user in (staff.rep, *managers)]
    found: Counter[tuple[int, ...]] = Counter()
    with ThreadPoolExecutor(deciders) as pool:
        for lead in staff.waiting(many):
            together = threading.Barrier(deciders)
            path = f"{address}/api/v1/leads/{lead.public_id}/accept/"

            def accept(secret: str, together: threading.Barrier = together, path: str = path) -> int:
                together.wait(timeout=60)
                return call("POST", path, secret, ACCEPT)[0]

            said = Counter(pool.map(accept, secrets))
            moves = LeadMove.objects.filter(lead=lead, move=MoveName.ACCEPT).count()
            told = OutboxMessage.objects.filter(topic="lead.accepted", subject=f"lead:{lead.pk}").count()
            found[said.pop(200, 0), said.pop(409, 0), sum(said.values()), moves, told] += 1
    return found


def random_moves(address: str, staff: Staff, many: int, threads: int = 16, seed: int = 2026) -> Counter[int]:
    """R2: random moves by random people on few leads, from many threads; counts answers by status."""
    draw = random.Random(seed)
    manager, other = (make.user(role, is_service=True) for role in (Role.SALES_MANAGER, Role.REP))
    people, reps = [staff.chief, staff.marketer, staff.rep, manager, other], [staff.rep, other]
    found = staff.waiting(max(4, many // 16)) + staff.qualified(max(4, many // 16))
    offering, source = make.offering(), make.source("sfa")

    def body(verb: str) -> dict[str, Any]:
        day = str(timezone.localdate() + timedelta(days=30))
        return {
            **ACCEPT, "reason": draw.choice(["NO_NEED", "TIMING", "WRONG_OWNER"]),
            "assignee": str(draw.choice(reps).public_id),
            "cause": "WRONG_OWNER" if verb == MoveName.REASSIGN else "By mistake", "question": "Why?", "answer": "So.",
            "argument": "Look again.", "verdict": draw.choice(["", "UPHELD", "DENIED"]), "fixed": "Phone", "note": "n",
            "return_on": day, "return_score": 20, "bant": ["need", "budget"], "deal_system": source.code,
            "deal_id": f"d{draw.random()}", "amount": {"amount": "100000", "currency": "JPY"}, "close_on": day,
            "closed_on": str(timezone.localdate()), "offering": str(offering.public_id), "revisit_on": day,
            "second_person": str(draw.choice([manager, staff.chief]).public_id),
            "duplicate_of": str(draw.choice(found).public_id),
        }  # fmt: skip

    for user in people:
        staff.secret(user)

    def open_to(lead: Lead, by: User) -> list[str]:
        """The moves this person may make now; somebody else may be quicker."""
        said = call("GET", f"{address}/api/v1/leads/{lead.public_id}/", staff.secret(by))[1]
        moves = [move["move"] for move in said.get("allowed_moves", []) if not move["stopped_by"]]
        return [move for move in moves if move != MoveName.MERGE_DUPLICATE]  # never of two companies

    def move(_: int) -> int:
        """Mostly a legal one, of the first lead and person found who have any; sometimes whatever it is."""
        lead, by = draw.choice(found), draw.choice(people)
        legal: list[str] = []
        for _try in range(TRIES if draw.random() < LIKELY else 0):
            if legal := open_to(lead, by):
                break
            lead, by = draw.choice(found), draw.choice(people)
        verb = draw.choice(legal or list(MoveName))
        return call("POST", f"{address}/api/v1/leads/{lead.public_id}/{verb}/", staff.secret(by), body(verb))[0]

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(move, range(many)))


@dataclass
class Effects:
    """What R4 found: effects wanted, lost, doubled; events out of order; seconds until nothing waited any more."""

    wanted: int
    lost: int
    doubled: int
    out_of_order: int
    slowest: float
    back_after: float
    statuses: set[int]
    kills: int


def broker_kills(house: House, address: str, staff: Staff, receiver: Receiver, many: int, kills: int) -> Effects:
    """R4: hand-overs and accepts over HTTP while the broker is killed again and again. Per lead four effects: two
    notices in the app, two events at the webhook."""
    kinds = ["lead.handed_over", "lead.accepted"]
    hook = webhooks.create(name="load", url=receiver.url, kinds=kinds, by=make.user(Role.ADMIN), now=timezone.now())
    made, done, killed = staff.qualified(many), count(1), count(1)
    every, lock, slowest = max(1, 2 * many // kills), threading.Lock(), [0.0]

    def act(path: str, secret: str, body: Any) -> int:
        started = time.monotonic()
        status = call("POST", f"{address}/api/v1/{path}", secret, body)[0]
        slowest[0] = max(slowest[0], time.monotonic() - started)
        if next(done) % every == 0 and next(killed) <= kills:
            with lock:
                house.kill_broker()
                time.sleep(0.3)
                house.broker.start()
                house.keep_alive()
        return status

    handing = {"assignee": str(staff.rep.public_id)}
    marketer, rep = staff.secret(staff.marketer), staff.secret(staff.rep)
    with ThreadPoolExecutor(6) as pool:
        statuses = {*pool.map(lambda lead: act(f"leads/{lead.public_id}/hand_over/", marketer, handing), made)}
        statuses |= {*pool.map(lambda lead: act(f"leads/{lead.public_id}/accept/", rep, ACCEPT), made)}
    back = _seconds_until_nothing_waits(house)
    heard = Counter(request.headers["webhook-id"] for request in receiver.heard)
    notices = Counter(Notification.objects.filter(user__in=[staff.rep, staff.marketer]).values_list("user", "key"))
    wanted = {str(pk) for pk in hook.deliveries.values_list("public_id", flat=True)}
    lost = 2 * many - len(wanted & set(heard)) + 2 * many - len(notices)
    doubled = sum(heard.values()) - len(heard) + sum(notices.values()) - len(notices)
    order = [json.loads(request.body)["data"] for request in receiver.heard]
    swapped = sum(later["seq"] < earlier["seq"] for earlier, later in _neighbours(order))
    return Effects(4 * many, lost, doubled, swapped, slowest[0], back, statuses, min(kills, next(killed) - 1))


def _neighbours(order: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    last: dict[str, dict[str, Any]] = {}
    pairs = []
    for event in order:
        if before := last.get(event["lead"]):
            pairs.append((before, event))
        last[event["lead"]] = event
    return pairs


def _seconds_until_nothing_waits(house: House, most: float = 120) -> float:
    started = time.monotonic()
    while time.monotonic() - started < most:
        house.keep_alive()
        waits = OutboxMessage.objects.filter(delivered_at=None).exists()
        if not waits and not WebhookDelivery.objects.filter(sent_at=None).exists():
            break
        time.sleep(0.2)
    return time.monotonic() - started


def without_broker(house: House, address: str, staff: Staff, many: int) -> tuple[Counter[int], float, float]:
    """R7: accepts while no broker answers; answers by status, the slowest, and seconds until all is told afterwards."""
    made, slowest = staff.waiting(many), 0.0
    house.kill_broker()
    found: Counter[int] = Counter()
    for lead in made:
        started = time.monotonic()
        path = f"{address}/api/v1/leads/{lead.public_id}/accept/"
        found[call("POST", path, staff.secret(staff.rep), ACCEPT)[0]] += 1
        slowest = max(slowest, time.monotonic() - started)
    house.broker.start()
    return found, slowest, _seconds_until_nothing_waits(house)


def one_key(address: str, staff: Staff, keys: int, parallel: int = 20) -> Counter[tuple[int, int]]:
    """R9: the same request with one Idempotency-Key from many threads; counts leads by (distinct answers, effects)."""
    found: Counter[tuple[int, int]] = Counter()
    secret = staff.secret(staff.rep)
    with ThreadPoolExecutor(parallel) as pool:
        for number, lead in enumerate(staff.waiting(keys)):
            together = threading.Barrier(parallel)
            path = f"{address}/api/v1/leads/{lead.public_id}/accept/"

            def ask(_: int, together: threading.Barrier = together, path: str = path, key: str = f"k{number}") -> str:
                together.wait(timeout=60)
                return json.dumps(call("POST", path, secret, ACCEPT, Idempotency_Key=key))

            answers = set(pool.map(ask, range(parallel)))
            found[len(answers), LeadMove.objects.filter(lead=lead, move=MoveName.ACCEPT).count()] += 1
    return found


def one_state(address: str, staff: Staff, rounds: int) -> Counter[tuple[int, ...]]:
    """R10: two change what both have seen; counts rounds by their two statuses."""
    account, secret = make.account(), staff.secret(staff.marketer)
    path, found = f"{address}/api/v1/accounts/{account.public_id}/", Counter[tuple[int, ...]]()
    with ThreadPoolExecutor(2) as pool:
        for number in range(rounds):
            seen, together = call("GET", path, secret)[1]["etag"], threading.Barrier(2)

            def change(name: str, seen: str = seen, together: threading.Barrier = together) -> int:
                together.wait(timeout=60)
                return call("PATCH", path, secret, {"industry": name}, If_Match=seen)[0]

            found[tuple(sorted(pool.map(change, [f"a{number}", f"b{number}"])))] += 1
    return found
