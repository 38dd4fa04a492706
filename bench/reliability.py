"""The reliability promises R1, R2, R4, R7, R8, R9, R10, R11 at full size, against real servers and processes.

    python -m bench.reliability [--only R1,R4] [--share 1.0] [--write docs/reliability.md]

PostgreSQL and Valkey are throwaway ones unless DATABASE_URL and REDIS_URL name others; the database is one of its own.
gunicorn, the worker and beat run as in production. `--share 0.1` runs a tenth of everything.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ["ABM_OUTWARD_HOSTS"] = "127.0.0.1"
os.environ.setdefault("ABM_LOG_LEVEL", "ERROR")

Found = tuple[str, str, bool]


class Bench:
    """A house with a company in it."""

    def __init__(self, house: Any, address: str, receiver: Any, share: float) -> None:
        from tests.stories import load

        self.house, self.address, self.receiver, self.share = house, address, receiver, share
        self.load, self.staff = load, load.Staff()

    def size(self, full: int) -> int:
        return max(2, round(full * self.share))

    def r1(self) -> Found:
        many = self.size(200)
        found = self.load.accepts(self.address, self.staff, many)
        said = "; ".join(f"{n} leads: {a[0]} × 200, {a[1]} × 409, {a[3]} move, {a[4]} event" for a, n in found.items())
        return f"50 simultaneous accepts × {many} leads", said, found == {(1, 49, 0, 1, 1): many}

    def r2(self) -> Found:
        many = self.size(2000)
        found = self.load.random_moves(self.address, self.staff, many)
        broken = self.load.broken()
        said = ", ".join(f"{n} × {status}" for status, n in sorted(found.items()))
        kept = not broken and max(found) < 500 and sum(found.values()) == many
        return f"{many} random moves, 16 threads", f"{said}; replay differs for {len(broken)}", kept

    def r4(self) -> Found:
        many, kills = self.size(250), self.size(30)
        got = self.load.broker_kills(self.house, self.address, self.staff, self.receiver, many, kills)
        said = (
            f"{got.lost} lost, {got.doubled} doubled, {got.out_of_order} out of order; "
            f"slowest act {got.slowest:.1f} s; "
            f"all told {got.back_after:.0f} s after the last act"
        )
        kept = not got.lost and not got.doubled and not got.out_of_order and got.back_after <= 60
        return f"{got.kills} broker kills, {got.wanted} effects", said, kept and got.statuses <= {200, 201}

    def r7(self) -> Found:
        many = self.size(50)
        found, slowest, back = self.load.without_broker(self.house, self.address, self.staff, many)
        said = f"{found[200]} × 200, slowest {slowest:.2f} s; all told {back:.0f} s after it is back"
        return f"{many} accepts without a broker", said, found == {200: many} and back <= 60

    def r8(self) -> Found:
        from django.db import transaction
        from django.utils import timezone

        from audit.models import OutboxMessage
        from funnel import leads

        many, heard = self.size(200), len(self.receiver.heard)
        waiting, made = self.staff.waiting(many), {"next_action": "Call", "next_action_on": timezone.localdate()}
        before = OutboxMessage.objects.count()
        for lead in waiting:
            with transaction.atomic():
                leads.accept(lead, by=self.staff.rep, now=timezone.now(), **made)
                transaction.set_rollback(True)
        left = OutboxMessage.objects.count() - before
        return f"{many} acts rolled back", f"{left} messages, {len(self.receiver.heard) - heard} sent", left == 0

    def r9(self) -> Found:
        many = self.size(20)
        found = self.load.one_key(self.address, self.staff, many)
        said = "; ".join(f"{n} keys: {a[0]} answer, {a[1]} effect" for a, n in found.items())
        return f"20 in parallel × {many} Idempotency-Keys", said, found == {(1, 1): many}

    def r10(self) -> Found:
        many = self.size(50)
        found = self.load.one_state(self.address, self.staff, many)
        said = "; ".join(f"{n} × {a[0]} and {a[1]}" for a, n in found.items())
        return f"2 changes × {many} rounds with one ETag", said, found == {(200, 412): many}

    def r11(self) -> Found:
        from tests.imports import killing

        many, kills, draw = self.size(5000), 5, random.Random()
        with self.house.asleep(), killing.files_in(self.house.folder):
            killing.again(killing.queued("clean", many))
            clean, found = killing.standing("clean"), Counter[str]()
            for number in range(kills):
                found.update(self._killed_once(f"torn{number}", many, draw, clean))
        said = ", ".join(f"{times} × {what}" for what, times in sorted(found.items()))
        return f"{kills} imports of {many:,} cards, killed at random, thrice repeated", said, set(found) == KEPT_IMPORTS

    def _killed_once(self, mark: str, many: int, draw: random.Random, clean: Any) -> Iterator[str]:
        from tests.imports import killing

        job = killing.queued(mark, many)
        before = killing.standing(mark)
        killing.killed_after(job, draw.randrange(many), of=many, and_seconds=draw.uniform(0, 0.5))
        yield "nothing or all left by the killed" if killing.standing(mark) in (before, clean) else "HALF LEFT"
        repeated = [killing.again(job), *(killing.again(killing.queued(mark, many)) for _time in range(2))]
        whole = [(one.created, one.unchanged) for one in repeated] == [(many, 0), (0, many), (0, many)]
        yield "one clean import" if whole and killing.standing(mark) == clean else "ANOTHER OUTCOME"


def measure(only: list[str], share: float) -> str:
    """Rows of the table; raises when a promise is broken, after all were tried."""
    from tests.receiver import Receiver, _handler
    from tests.stories.outages import House
    from tests.stories.test_fifty_accepts import until_ready

    receiver, lines = Receiver(), []
    with tempfile.TemporaryDirectory(prefix="abm-bench-") as name:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        house = House(Path(name))
        try:
            house.worker()
            house.beat()
            bench = Bench(house, until_ready(house.web()), receiver, share)
            for key in only:
                lines.append(line(key, getattr(bench, key.lower())))
                print(lines[-1], flush=True)
        finally:
            house.close()
            server.shutdown()
    return "\n".join(lines) + "\n"


def line(key: str, promise: Callable[[], Found]) -> str:
    """The promise's row: what was done, found and kept, seconds, and how busy the machine was meanwhile."""
    started = time.monotonic()
    size, found, kept = promise()
    seconds, load = time.monotonic() - started, os.getloadavg()[1]
    return f"| {key} | {size} | {found} | {'yes' if kept else '**NO**'} | {seconds:,.0f} | {load:.0f} |"


def put_into(page: str, table: str) -> str:
    """The page with the rows just measured in place of those of the same promises."""
    fresh = {row.split("|")[1]: row for row in table.splitlines()}
    return "".join(fresh.get(_key(row), row.rstrip("\n")) + "\n" for row in page.splitlines())


def _key(row: str) -> str:
    return row.split("|")[1] if row.startswith("| R") else ""


ALL = ["R1", "R2", "R4", "R7", "R8", "R9", "R10", "R11"]
KEPT_IMPORTS = {"nothing or all left by the killed", "one clean import"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(ALL))
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    from abm.local.servers import running

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that a stopped run leaves no servers behind
    with tempfile.TemporaryDirectory(prefix="abm-bench-") as name, running(Path(name) / "var", throwaway=True):
        Path(name).chmod(0o755)
        import django

        django.setup()
        from django.test.utils import setup_databases, teardown_databases

        made = setup_databases(verbosity=0, interactive=False)
        try:
            table = measure(options.only.split(","), options.share)
        finally:
            teardown_databases(made, verbosity=0)
        if options.write:
            options.write.write_text(put_into(options.write.read_text("utf-8"), table), encoding="utf-8")
    sys.exit("NO**" in table)


if __name__ == "__main__":
    main()
