"""The formula in SQL, set-based. What it means stands in scoring.formula; the names are the same.

One text serves both passes: over all touches, and over the person-days on which new touches fall, where it gives the
difference the new ones make (a day's cap may take some of the older ones' share). A touch more than sixty half-lives
before the landmark is kept as if it were sixty: 1e-18 of its points, instead of an underflow the database refuses.
"""

# ruff: noqa: S608 - the pieces are constants of this file; every value is a parameter
from typing import Any

from django.conf import settings
from psycopg2.extras import Json

from scoring.enums import Decay
from scoring.models import ScoringRule

COLUMNS = ", ".join(Decay)
KEY = "account_id, department_id, offering_id"
COUNTED = "NOT EXISTS (SELECT FROM engagement_uncountedtouch u WHERE u.touch_id = t.id)"
LOCAL_DAY = "(t.occurred_at AT TIME ZONE %(zone)s)::date"
CAPPED = "sum(points) {only} OVER (PARTITION BY account_id, person_id, nobody_of, day)"
SHARE_OF_ALL = f"least(1, %(cap)s / {CAPPED.format(only='')})"
SHARE_GAINED = f"""{SHARE_OF_ALL} - CASE WHEN fresh THEN 0
            ELSE least(1, %(cap)s / {CAPPED.format(only="FILTER (WHERE NOT fresh)")}) END"""

RANK_THEN = f"""(
            SELECT coalesce(max(w.weight) FILTER (WHERE {LOCAL_DAY}
                BETWEEN coalesce(a.started_on, '-infinity') AND coalesce(a.ended_on, 'infinity')), max(w.weight))
            FROM accounts_affiliation a JOIN weights w ON w.rank = a.rank
            WHERE a.person_id = t.person_id AND a.account_id = t.account_id)"""

SUMS = """
WITH weights AS (
    SELECT key AS rank, value::text::float8 AS weight FROM jsonb_each(%(ranks)s::jsonb)
), kinds AS (
    SELECT key AS kind, (value->>'per_minute')::float8 AS per_minute, (value->>'minutes')::float8 AS minutes,
        value->>'decay' AS decay, (%(half_lives)s::jsonb->>(value->>'decay'))::float8 * 86400 AS half_life
    FROM jsonb_each(%(kinds)s::jsonb) WHERE (value->>'per_minute')::float8 > 0
), source AS ({{source}}
), weighed AS {{keep}} (
    SELECT t.account_id, t.department_id, t.offering_id, t.person_id, t.occurred_at, t.fresh, k.decay,
        {local_day} AS day, CASE WHEN t.person_id IS NULL THEN t.department_id END AS nobody_of,
        power(2, greatest(extract(epoch FROM t.occurred_at - %(landmark)s)::float8 / k.half_life, -60)) AS forward,
        CASE WHEN t.minutes > 0 THEN t.minutes::float8 ELSE k.minutes END
            * k.per_minute * coalesce({{rank}}, 1) AS points
    FROM source t JOIN kinds k ON k.kind = t.kind {{join}}
    WHERE t.direction = 'INBOUND'
), shared AS (
    SELECT *, points * forward * ({{share}}) AS worth FROM weighed
), per_person AS (
    SELECT {key}, person_id, bool_and(fresh) AS all_fresh, max(occurred_at) AS last_touch_at,
        {sums}
    FROM shared GROUP BY {key}, person_id
)
SELECT {key}, {totals}, {{persons}} AS persons, max(last_touch_at) AS last_touch_at
FROM per_person p GROUP BY {key}
""".format(
    local_day=LOCAL_DAY,
    key=KEY,
    sums=",\n        ".join(f"sum(worth) FILTER (WHERE decay = '{decay}') AS {decay}" for decay in Decay),
    totals=", ".join(f"coalesce(sum({decay}), 0) AS {decay}" for decay in Decay),
)

# Over everything, a hash of ranks: the affiliations are asked one by one only where a person's rank has changed.
RANKS = """LEFT JOIN (
        SELECT a.person_id, a.account_id, min(w.weight) AS least, max(w.weight) AS most
        FROM accounts_affiliation a JOIN weights w ON w.rank = a.rank GROUP BY a.person_id, a.account_id
    ) r ON r.person_id = t.person_id AND r.account_id = t.account_id"""

ALL = SUMS.format(
    keep="",
    rank=f"CASE WHEN r.least < r.most THEN {RANK_THEN} ELSE r.most END",
    join=RANKS,
    source="""
    SELECT t.*, true AS fresh FROM engagement_touch t
    WHERE t.id NOT IN (SELECT touch_id FROM engagement_uncountedtouch)""",
    share=SHARE_OF_ALL,
    persons="count(person_id)",
)

PERSON_DAYS = f"""
    SELECT t.*, t.id = ANY(%(ids)s) AS fresh FROM (
        SELECT DISTINCT t.account_id, t.person_id, CASE WHEN t.person_id IS NULL THEN t.department_id END AS nobody_of,
            {LOCAL_DAY} AS day
        FROM engagement_touch t WHERE t.id = ANY(%(ids)s)
    ) d CROSS JOIN LATERAL (
        SELECT * FROM engagement_touch t
        WHERE t.person_id = d.person_id AND t.account_id = d.account_id AND {{within}}
        UNION ALL
        SELECT * FROM engagement_touch t
        WHERE d.person_id IS NULL AND t.person_id IS NULL AND t.account_id = d.account_id
            AND t.department_id IS NOT DISTINCT FROM d.nobody_of AND {{within}}
    ) t WHERE {COUNTED}""".format(
    within="""t.occurred_at >= d.day::timestamp AT TIME ZONE %(zone)s
            AND t.occurred_at < (d.day + 1)::timestamp AT TIME ZONE %(zone)s"""
)

FIRST_SEEN = f"""count(*) FILTER (WHERE person_id IS NOT NULL AND all_fresh AND NOT EXISTS (
    SELECT FROM engagement_touch t JOIN kinds k ON k.kind = t.kind
    WHERE t.person_id = p.person_id AND t.account_id = p.account_id AND t.direction = 'INBOUND'
        AND t.department_id IS NOT DISTINCT FROM p.department_id AND t.offering_id IS NOT DISTINCT FROM p.offering_id
        AND t.id <> ALL(%(ids)s) AND {COUNTED}))"""

GAINED = SUMS.format(
    keep="MATERIALIZED",
    rank=RANK_THEN,
    join="",
    source=PERSON_DAYS,
    share=SHARE_GAINED,
    persons=FIRST_SEEN,
)

ADD = f"""
INSERT INTO scoring_score AS s ({KEY}, {COLUMNS}, persons, last_touch_at) {GAINED}
ON CONFLICT ({KEY}) DO UPDATE SET {", ".join(f"{decay} = s.{decay} + excluded.{decay}" for decay in Decay)},
    persons = s.persons + excluded.persons, last_touch_at = greatest(s.last_touch_at, excluded.last_touch_at)
RETURNING id"""

COMPUTE = f"CREATE TEMPORARY TABLE scoring_fresh ON COMMIT DROP AS {ALL}"

DROP_GONE = """
DELETE FROM scoring_score s WHERE NOT EXISTS (
    SELECT FROM scoring_fresh f WHERE f.account_id = s.account_id
        AND coalesce(f.department_id, 0) = coalesce(s.department_id, 0)
        AND coalesce(f.offering_id, 0) = coalesce(s.offering_id, 0))"""

# What is already right (but for the last bits of a double) is not written again.
STORE = f"""
INSERT INTO scoring_score AS s ({KEY}, {COLUMNS}, persons, last_touch_at)
SELECT {KEY}, {COLUMNS}, persons, last_touch_at FROM scoring_fresh
ON CONFLICT ({KEY}) DO UPDATE SET {", ".join(f"{decay} = excluded.{decay}" for decay in Decay)},
    persons = excluded.persons, last_touch_at = excluded.last_touch_at
WHERE {" OR ".join(f"abs(s.{decay} - excluded.{decay}) > 1e-12 * excluded.{decay}" for decay in Decay)}
    OR (s.persons, s.last_touch_at) IS DISTINCT FROM (excluded.persons, excluded.last_touch_at)"""


def parameters(rule: ScoringRule, ids: list[int] | None = None) -> dict[str, Any]:
    """What the statements count with."""
    return {
        "kinds": Json(rule.weights["kinds"]),
        "ranks": Json(rule.weights["ranks"]),
        "half_lives": Json(rule.weights["half_lives"]),
        "cap": rule.cap,
        "landmark": rule.landmark,
        "zone": settings.TIME_ZONE,
        "ids": ids,
    }
