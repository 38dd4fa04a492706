"""The month × source cohort of SAL, ignore and conversion over N leads: live, from the rollup, and by DuckDB.

    python bench/metrics.py [--leads 100000] [--runs 5] [--write FILE]

Makes a database of its own beside DATABASE_URL's and drops it at the end. DuckDB gets the same rows in memory and the
same conditions; all three answers are compared before anything is timed.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")

KEYS = ["sal_rate", "ignore_rate", "pipeline_per_mql"]
COLUMNS = (
    "source_id", "handed_over_at", "due_at", "accepted_at", "rejected_at", "ignored_at", "pipeline_at", "withdrawn_at",
)  # fmt: skip
FILL = """
INSERT INTO funnel_lead (account_id, origin, stage, seq, on_list, tier, existing, because, external_id, first_outcome,
    next_action, source_id, handed_over_at, due_at, accepted_at, rejected_at, pipeline_at, withdrawn_at, created_at)
SELECT %(account)s, 'MARKETING', 'RECYCLED', 1, r < 0.4, CASE WHEN r < 0.4 THEN '1:few' ELSE '' END, q < 0.5, '{}', '',
    '', '', (ARRAY[%(sources)s])[1 + floor(power(q, 2) * 12)::int], at, at + interval '2 days',
    CASE WHEN r < 0.6 THEN at + (q * 4) * interval '1 day' END,
    CASE WHEN r BETWEEN 0.6 AND 0.8 THEN at + (q * 3) * interval '1 day' END,
    CASE WHEN r < 0.3 THEN at + (5 + q * 40) * interval '1 day' END,
    CASE WHEN r > 0.98 THEN at + interval '1 day' END, at
FROM (SELECT timestamptz '2024-04-01' + random() * interval '900 days' AS at, random() AS r, random() AS q
      FROM generate_series(1, %(leads)s)) AS made
"""
DUCK = """
WITH kept AS (
    SELECT *, date_trunc('month', (handed_over_at AT TIME ZONE 'Asia/Tokyo')) AS month,
           accepted_at <= handed_over_at + INTERVAL 30 DAY AND accepted_at <= $now AS accepted,
           pipeline_at <= handed_over_at + INTERVAL 30 DAY AND pipeline_at <= $now AS pipeline,
           (accepted_at IS NULL OR accepted_at > due_at) AND (rejected_at IS NULL OR rejected_at > due_at) AS ignored
    FROM leads
    WHERE due_at < $now AND handed_over_at <= $now AND NOT coalesce(
        withdrawn_at <= $now AND withdrawn_at <= due_at AND accepted_at IS NULL AND rejected_at IS NULL, false)
)
SELECT month, source_id, count(*), count(*) FILTER (accepted), count(*) FILTER (ignored), count(*) FILTER (pipeline)
FROM kept GROUP BY ALL
"""


def fill(leads: int) -> None:
    """Leads of 30 months, twelve sources with a heavy tail."""
    from django.db import connection

    from accounts.models import Account, Source

    account = Account.objects.create(name="Bench", key="bench")
    sources = [Source.objects.create(code=f"s{number}", name=f"S{number}").pk for number in range(12)]
    with connection.cursor() as cursor:
        cursor.execute(FILL % {"account": account.pk, "sources": ",".join(map(str, sources)), "leads": leads})
        cursor.execute("VACUUM ANALYZE funnel_lead")


def duck(now: Any) -> Callable[[], list[Any]]:
    """The same rows in DuckDB, and the same question."""
    import duckdb
    import pandas as pd

    from funnel.models import Lead

    frame = pd.DataFrame(Lead.objects.values_list(*COLUMNS), columns=COLUMNS)
    for name in COLUMNS[1:]:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    connection = duckdb.connect()
    connection.execute("CREATE TABLE leads AS SELECT * FROM frame")
    return lambda: connection.execute(DUCK, {"now": now}).fetchall()


def timed(ask: Callable[[], Any], runs: int) -> float:
    """The median of several runs, in milliseconds, after one to warm up."""
    ask()
    times = []
    for _ in range(runs):
        start = perf_counter()
        ask()
        times.append((perf_counter() - start) * 1000)
    return median(times)


def measure(leads: int, runs: int) -> dict[str, float]:
    """Median milliseconds per way of asking; refuses to time answers that differ."""
    from django.utils import timezone

    from funnel import metrics, rollups

    fill(leads)
    now = timezone.now()
    start = perf_counter()
    rollups.roll_up(now=now)
    rolled = (perf_counter() - start) * 1000
    ask = {
        "live": lambda: metrics.evaluate(KEYS, by=["month", "source"], as_of=now),
        "rollup": lambda: metrics.evaluate(KEYS, by=["month", "source"], stored=True),
        "duckdb": duck(now),
    }
    live, stored, theirs = (answer() for answer in ask.values())
    assert [row.numerator for row in live] == [row.numerator for row in stored]
    totals = [sum(line[i] for line in theirs) for i in (3, 4, 5)]
    assert totals == [sum(row.numerator for row in live if row.metric.key == key) for key in KEYS], totals
    return {name: timed(question, runs) for name, question in ask.items()} | {"roll up everything": rolled}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        found = measure(options.leads, options.runs)
    finally:
        teardown_databases(made, verbosity=0)
    title = f"# Metrics over {options.leads:,} leads, month × source (median of {options.runs})"
    lines = [title, "", "| way | ms |", "|---|---|"]
    text = "\n".join([*lines, *(f"| {name} | {ms:,.1f} |" for name, ms in found.items())]) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
