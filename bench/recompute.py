"""Scores over N touches: counted again, corrected, and added to; against plain SQL and DuckDB on the same rows.

    python bench/recompute.py [--touches 200000] [--runs 3] [--write FILE]

Makes a database of its own beside DATABASE_URL's and drops it at the end. "Plain SQL" is the formula as one would write
it down, stored in an indexed table. DuckDB only computes, on the rows in memory. All three results are compared to
1e-9 before anything is reported. Touches are heavy-tailed over persons.
"""
# ruff: noqa: S608 - statements of constants, weights and numbers of our own

import argparse
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")

BATCH = 1000
KEY = "account_id, department_id, offering_id"
FILL = """
INSERT INTO accounts_source (code, name, kind, is_sample) VALUES ('bench', 'Bench', 'MA', false);
INSERT INTO accounts_account (kind, name, name_kana, name_en, key, industry, revenue_currency, prefecture, address,
    phone, relation, created_at, updated_at)
SELECT 'ENTITY', 'A' || i, '', '', 'a' || i, '', '', '', '', '', 'NONE', now(), now()
FROM generate_series(1, {accounts}) i;
INSERT INTO accounts_department (account_id, name, key, function)
SELECT id, 'D' || i, 'd' || i, 'OTHER' FROM accounts_account, generate_series(1, 4) i;
INSERT INTO accounts_person (name, last_name, first_name, name_kana, email, phone, mobile, created_at, updated_at)
SELECT 'P', '', '', '', '', '', '', now(), now() FROM generate_series(1, {accounts} * 20);
INSERT INTO accounts_affiliation (person_id, account_id, department_id, title, rank)
SELECT p.id, d.account_id, d.id, '', (ARRAY['STAFF', 'STAFF', 'MANAGER', 'UNKNOWN', 'DIRECTOR'])[1 + p.id %% 5]
FROM (SELECT id, row_number() OVER () AS n FROM accounts_person) p
JOIN (SELECT *, row_number() OVER () AS n FROM accounts_department) d ON d.n = 1 + p.n %% ({accounts} * 4);
INSERT INTO accounts_offering (code, name, category, currency, is_active)
SELECT 'o' || i, 'O' || i, '', '', true FROM generate_series(1, 4) i;
"""
TOUCHES = """
WITH people AS (SELECT *, row_number() OVER () AS n FROM accounts_affiliation),
offerings AS (SELECT array_agg(id) AS ids FROM accounts_offering)
INSERT INTO engagement_touch (account_id, department_id, person_id, offering_id, kind, direction, two_way, minutes,
    occurred_at, title, source_id, external_id, recorded_at)
SELECT p.account_id, p.department_id, CASE WHEN i %% 7 > 0 THEN p.person_id END,
    CASE WHEN i %% 3 > 0 THEN o.ids[1 + p.n %% 4] END,
    (ARRAY['MAIL_OPEN', 'MAIL_CLICK', 'PAGE_VIEW', 'PAGE_VIEW', 'PAGE_VIEW', 'FORM', 'DOWNLOAD', 'SEMINAR_ATTENDED',
        'EXHIBITION', 'MEETING'])[1 + i %% 10],
    CASE WHEN i %% 11 = 0 THEN 'OUTBOUND' ELSE 'INBOUND' END, false, CASE WHEN i %% 3 = 0 THEN i %% 60 ELSE 0 END,
    %(now)s - random() * random() * interval '700 days', '', s.id, {name} || i, now()
FROM (SELECT i, 1 + (power(random(), 3) * {accounts} * 20 - 0.5)::int AS n FROM generate_series(1, {many}) i) AS made
JOIN people p USING (n) CROSS JOIN offerings o CROSS JOIN accounts_source s WHERE s.code = 'bench' {returning}
"""
FORMULA = """
WITH weighed AS (
    SELECT t.*, k.decay, CASE WHEN t.minutes > 0 THEN t.minutes ELSE k.minutes END * k.per_minute
        * coalesce(r.weight, 1) AS points, power(2, t.age / k.half_life) AS forward
    FROM ({touches}) t JOIN kinds k USING (kind)
    LEFT JOIN ranks r ON r.person_id = t.person_id AND r.account_id = t.account_id
), capped AS (
    SELECT *, points * forward * least(1, {cap} / sum(points) OVER (PARTITION BY account_id, person_id,
        CASE WHEN person_id IS NULL THEN department_id END, day)) AS worth FROM weighed
)
SELECT account_id, department_id, offering_id, {sums}, count(DISTINCT person_id) AS persons, max(occurred_at) AS last
FROM capped GROUP BY account_id, department_id, offering_id
"""


def fill(touches: int) -> None:
    """Twenty touches an account on average, most of them from few persons."""
    from django.db import connection
    from django.utils import timezone

    size = {"accounts": max(touches // 200, 10), "many": touches, "name": "'b'", "returning": ""}
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(**size), {})
        cursor.execute(TOUCHES.format(**size), {"now": timezone.now() - timedelta(days=1)})
        cursor.execute("VACUUM ANALYZE")


def lookups() -> tuple[Any, list[tuple[Any, ...]]]:
    """The rule in force, and its kinds as rows."""
    from scoring.models import ScoringRule

    rule = ScoringRule.objects.in_force()
    lives = rule.weights["half_lives"]
    rows = [
        (name, kind["per_minute"], kind["minutes"], kind["decay"], lives[kind["decay"]])
        for name, kind in rule.weights["kinds"].items()
    ]
    return rule, rows


def formula(rule: Any, touches: str) -> str:
    """The formula over a relation of inbound touches with `day` and `age` (days since the landmark)."""
    decays = ("web", "mail", "seminar", "meeting")
    sums = ", ".join(f"coalesce(sum(worth) FILTER (WHERE decay = '{d}'), 0) AS {d}" for d in decays)
    return FORMULA.format(touches=touches, cap=rule.cap, sums=sums)


def plain() -> Callable[[], object]:
    """Plain SQL: lookup tables, one statement, an indexed table."""
    from django.conf import settings
    from django.db import connection

    rule, kinds = lookups()
    touches = f"""SELECT {KEY}, person_id, kind, minutes::float8 AS minutes, occurred_at,
        (occurred_at AT TIME ZONE '{settings.TIME_ZONE}')::date AS day,
        extract(epoch FROM occurred_at - '{rule.landmark.isoformat()}')::float8 / 86400 AS age
        FROM engagement_touch WHERE direction = 'INBOUND'"""
    whens = " ".join(f"WHEN '{rank}' THEN {weight}" for rank, weight in rule.weights["ranks"].items())
    cursor = connection.cursor()
    cursor.execute(
        "CREATE TEMP TABLE kinds (kind text, per_minute float8, minutes float8, decay text, half_life float8)"
    )
    cursor.executemany("INSERT INTO kinds VALUES (%s, %s, %s, %s, %s)", kinds)
    cursor.execute(f"""CREATE TEMP TABLE ranks AS
        SELECT person_id, account_id, max(CASE rank {whens} END)::float8 AS weight
        FROM accounts_affiliation GROUP BY 1, 2""")
    cursor.execute(f"CREATE TABLE plain AS {formula(rule, touches)} LIMIT 0")
    cursor.execute(f"CREATE UNIQUE INDEX ON plain ({KEY}) NULLS NOT DISTINCT")
    cursor.execute("ANALYZE kinds, ranks")

    def ask() -> None:
        cursor.execute("TRUNCATE plain")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(f"INSERT INTO plain {formula(rule, touches)}")
        cursor.execute("RESET work_mem")

    return ask


def duck() -> Callable[[], Any]:
    """The same in DuckDB, on rows it holds in memory."""
    import duckdb
    import pandas as pd
    from django.conf import settings
    from django.db import connection

    rule, kinds = lookups()

    def frame(sql: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])

    touch = frame(f"""SELECT {KEY}, person_id, kind, minutes::float8 AS minutes, occurred_at::text AS occurred_at,
        (occurred_at AT TIME ZONE '{settings.TIME_ZONE}')::date AS day,
        extract(epoch FROM occurred_at - '{rule.landmark.isoformat()}')::float8 / 86400 AS age
        FROM engagement_touch WHERE direction = 'INBOUND'""")
    for name in ("department_id", "offering_id", "person_id"):
        touch[name] = touch[name].astype("Int64")
    kind = pd.DataFrame(kinds, columns=["kind", "per_minute", "minutes", "decay", "half_life"])
    rank = frame("SELECT person_id, account_id, weight FROM ranks")
    duck = duckdb.connect()
    for name, rows in {"touch": touch, "kinds": kind, "ranks": rank}.items():
        duck.register("rows", rows)
        duck.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
    return lambda: duck.execute(formula(rule, "SELECT * FROM touch")).fetchall()


def differences(theirs: list[tuple[Any, ...]]) -> float:
    """The largest difference between our scores and another way's, as a share; fails where a score is missing."""
    from scoring.models import Score

    columns = ("account_id", "department_id", "offering_id", "web", "mail", "seminar", "meeting")
    ours = {row[:3]: row[3:] for row in Score.objects.values_list(*columns)}
    assert len(ours) == len(theirs), (len(ours), len(theirs))
    gaps = (abs(a - b) / max(a, b, 1) for row in theirs for a, b in zip(ours[row[:3]], row[3:7], strict=True))
    return max(gaps)


def new_touches(number: int) -> list[int]:
    """A day's thousand touches, recorded and waiting."""
    from django.db import connection
    from django.utils import timezone

    from accounts.models import Account

    size = {"accounts": Account.objects.count(), "many": BATCH, "name": f"'n{number}-'", "returning": "RETURNING id"}
    sql = TOUCHES.format(**size).replace("random() * random() * interval '700 days'", "random() * interval '1 day'")
    with connection.cursor() as cursor:
        cursor.execute(sql, {"now": timezone.now()})
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute("INSERT INTO engagement_uncountedtouch SELECT unnest(%s)", [ids])
    return ids


def timed(ask: Callable[[], object]) -> float:
    """Seconds."""
    start = perf_counter()
    ask()
    return perf_counter() - start


def measure(touches: int, runs: int) -> dict[str, float]:
    """Median seconds per way; refuses to report results that differ by more than 1e-9."""
    from django.db import connection
    from django.utils import timezone

    from scoring import recompute
    from scoring.models import Score
    from users.models import User

    fill(touches)
    by, now = User.objects.system(), timezone.now()
    run = lambda: recompute.run(by=by, now=now)  # noqa: E731
    floor, theirs = plain(), duck()
    times: dict[str, list[float]] = {name: [] for name in ("plain", "first", "again", "add", "duckdb")}
    for number in range(runs):
        Score.objects.all().delete()
        times["plain"].append(timed(floor))
        times["first"].append(timed(run))
        times["again"].append(timed(run))
        times["duckdb"].append(timed(theirs))
        if number == 0:
            assert differences(theirs()) < 1e-9
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM plain")
                assert differences(cursor.fetchall()) < 1e-9
    for number in range(runs):
        ids = new_touches(number)
        times["add"].append(timed(lambda ids=ids: recompute.add(ids, now=now)))  # type: ignore[misc]
    floor()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM plain")
        assert differences(cursor.fetchall()) < 1e-9
    return {name: median(seconds) for name, seconds in times.items()}


WAYS = {
    "plain": "plain SQL, stored",
    "first": "recompute, everything written",
    "again": "recompute, nothing to correct",
    "duckdb": "DuckDB, computed only",
    "add": f"{BATCH:,} new touches added",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touches", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        found = measure(options.touches, options.runs)
    finally:
        teardown_databases(made, verbosity=0)
    lines = [f"# Scores over {options.touches:,} touches (median of {options.runs})", "", "| way | s | × plain |"]
    lines += ["|---|---|---|"]
    lines += [f"| {WAYS[name]} | {s:.3f} | {s / found['plain']:.2f} |" for name, s in found.items()]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
