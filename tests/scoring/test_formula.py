"""The formula, by hand."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scoring import formula
from scoring.enums import Decay
from scoring.formula import Kind, Seen, Weights

TOKYO = ZoneInfo("Asia/Tokyo")
NOON = datetime(2026, 11, 2, 3, tzinfo=UTC)  # 12:00 in Tokyo
WEIGHTS = Weights(
    kinds={
        "PAGE_VIEW": Kind(1.0, 1.0, Decay.WEB),
        "MAIL_CLICK": Kind(1.5, 2.0, Decay.MAIL),
        "SEMINAR_ATTENDED": Kind(1.0, 45.0, Decay.SEMINAR),
        "MEETING": Kind(1.5, 45.0, Decay.MEETING),
    },
    ranks={"MANAGER": 1.25, "STAFF": 1.0},
    half_lives={Decay.WEB: 14, Decay.MAIL: 21, Decay.SEMINAR: 45, Decay.MEETING: 90},
    cap=120,
)


def seen(number: int, kind: str = "PAGE_VIEW", minutes: float = 0, at: datetime = NOON, **fields: object) -> Seen:
    known = {"person": 1, "department": 1, "offering": None, "direction": "INBOUND", "rank": "STAFF", **fields}
    return Seen(id=number, kind=kind, minutes=minutes, at=at, **known)  # type: ignore[arg-type]


def score(*touches: Seen, at: datetime = NOON) -> float:
    return formula.total(formula.parts(touches, WEIGHTS, at=at, zone=TOKYO))


def test_a_touch_is_worth_minutes_times_kind_times_rank() -> None:
    assert WEIGHTS.points("MEETING", 30, "INBOUND", "MANAGER") == 30 * 1.5 * 1.25


def test_without_minutes_the_kind_s_own_count() -> None:
    assert WEIGHTS.points("MAIL_CLICK", 0, "INBOUND", "STAFF") == 2 * 1.5


def test_an_unknown_rank_weighs_one() -> None:
    assert WEIGHTS.points("PAGE_VIEW", 3, "INBOUND", "NOBODY") == 3


@pytest.mark.parametrize(("kind", "direction"), [("MEETING", "OUTBOUND"), ("MAIL_SENT", "INBOUND")])
def test_what_we_did_counts_nothing(kind: str, direction: str) -> None:
    assert WEIGHTS.points(kind, 60, direction, "STAFF") == 0
    assert score(seen(1, kind, 60, direction=direction)) == 0


@pytest.mark.parametrize(
    ("kind", "days"), [("PAGE_VIEW", 14), ("MAIL_CLICK", 21), ("SEMINAR_ATTENDED", 45), ("MEETING", 90)]
)
def test_each_kind_is_half_after_its_half_life(kind: str, days: int) -> None:
    touch = seen(1, kind, 10)
    assert score(touch, at=NOON + timedelta(days=days)) == score(touch) / 2


def test_a_touch_fades_from_its_own_moment() -> None:
    assert score(seen(1, minutes=10), at=NOON + timedelta(hours=12)) == pytest.approx(10 * 2 ** (-0.5 / 14))


def test_a_touch_after_the_moment_does_not_count() -> None:
    assert score(seen(1), at=NOON - timedelta(seconds=1)) == 0


def test_a_person_s_day_is_capped_and_shared_in_proportion() -> None:
    made = formula.parts([seen(1, minutes=180), seen(2, minutes=60)], WEIGHTS, at=NOON, zone=TOKYO)
    assert [(part.touch.id, part.points) for part in made] == [(1, 90), (2, 30)]


def test_the_cap_spans_departments_and_offerings() -> None:
    touches = [seen(1, minutes=120), seen(2, minutes=120, department=2, offering=7)]
    assert [part.points for part in formula.parts(touches, WEIGHTS, at=NOON, zone=TOKYO)] == [60, 60]


def test_two_persons_have_a_cap_each() -> None:
    assert score(seen(1, minutes=120), seen(2, minutes=120, person=2)) == 240


def test_the_day_ends_at_local_midnight() -> None:
    midnight = datetime(2026, 11, 1, 15, tzinfo=UTC)
    before, after = midnight - timedelta(minutes=1), midnight + timedelta(minutes=1)
    made = formula.parts(
        [seen(1, minutes=120, at=before), seen(2, minutes=120, at=after)], WEIGHTS, at=NOON, zone=TOKYO
    )
    assert [part.points for part in made] == [120, 120]


def test_nobody_is_one_person_per_department() -> None:
    same = [seen(1, minutes=120, person=None), seen(2, minutes=120, person=None)]
    assert score(*same) == 120
    assert score(same[0], seen(3, minutes=120, person=None, department=2)) == 240
    assert score(same[0], seen(4, minutes=120, person=None, department=None)) == 240


def test_breadth_grows_with_the_logarithm_of_persons() -> None:
    assert [formula.breadth(n) for n in (0, 1, 2, 4, 8)] == [1, 1, 1.25, 1.5, 1.75]


def test_what_is_kept_forward_reads_as_the_formula_says() -> None:
    landmark, later = datetime(2020, 1, 1, tzinfo=UTC), NOON + timedelta(days=30)
    kept = 10 / WEIGHTS.factor(Decay.WEB, landmark, NOON)
    assert kept * WEIGHTS.factor(Decay.WEB, landmark, later) == pytest.approx(
        score(seen(1, minutes=10), at=later), rel=1e-12
    )


def test_the_landmark_serves_for_thirty_eight_years() -> None:
    landmark = datetime(2020, 1, 1, tzinfo=UTC)
    kept = 1e4 / WEIGHTS.factor(Decay.WEB, landmark, landmark + timedelta(days=38 * 365))
    assert math.isfinite(kept)


def test_a_touch_long_before_any_landmark_is_worth_nothing() -> None:
    assert score(seen(1, minutes=60), at=NOON + timedelta(days=365 * 60)) == 0
