"""Chart geometry: zero is zero, the longest bar fills the plot, what was lost is drawn, nothing leaves the box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.web import charts
from abm.web.charts import Cell, Item, Point

FUNNEL = [Item("MQL", 1000, "1,000"), Item("SAL", 930, "930"), Item("Pipeline", 650, "650")]


def test_a_waterfall_starts_every_bar_at_zero_and_fills_the_plot_with_the_first() -> None:
    drawn = charts.waterfall(FUNNEL)
    assert [(bar.x, bar.width) for bar in drawn.bars] == [(0, 1000), (0, 930), (0, 650)]


def test_a_waterfall_draws_what_each_step_lost_to_the_one_above() -> None:
    drawn = charts.waterfall(FUNNEL)
    assert [(bar.lost_x, bar.lost_width) for bar in drawn.bars] == [(1000, 0), (930, 70), (650, 280)]


def test_a_step_larger_than_the_one_above_has_lost_nothing() -> None:
    drawn = charts.waterfall([Item("SAL", 1, "1"), Item("SQL", 4, "4")])
    assert [(bar.width, bar.lost_width) for bar in drawn.bars] == [(250, 0), (1000, 0)]


@pytest.mark.parametrize("draw", [charts.waterfall, charts.parts])
def test_nothing_to_draw_gives_no_bars(draw: object) -> None:
    assert draw([]).bars == ()  # type: ignore[operator]


def test_a_waterfall_of_zeros_has_empty_bars() -> None:
    assert [bar.width for bar in charts.waterfall([Item("MQL", 0, "0"), Item("SAL", 0, "0")]).bars] == [0, 0]


def test_parts_stand_right_and_left_of_one_zero() -> None:
    drawn = charts.parts([Item("behaviour", 6, "+6.0"), Item("mix", -2, "−2.0")])
    assert drawn.zero == 250
    assert [(bar.x, bar.width, bar.negative) for bar in drawn.bars] == [(250, 750, False), (0, 250, True)]


def test_parts_that_only_add_start_at_the_left_edge() -> None:
    drawn = charts.parts([Item("sal", 20.8, "+20.8"), Item("conversion", 4.2, "+4.2")])
    assert drawn.zero == 0
    assert [bar.x for bar in drawn.bars] == [0, 0]


@given(st.lists(st.floats(-1e6, 1e6), max_size=12))
def test_parts_never_leave_the_plot(values: list[float]) -> None:
    for bar in charts.parts([Item("x", value, "") for value in values]).bars:
        assert -0.001 <= bar.x <= bar.x + bar.width <= 1000.001


def test_a_whisker_is_drawn_in_thousandths() -> None:
    drawn = charts.whisker(0.93, 0.912, 0.944, before=0.62)
    assert (drawn.low, drawn.value, drawn.before) == (912, 930, 620)
    assert drawn.width == pytest.approx(32)


def test_a_trend_spaces_its_points_evenly_and_counts_from_zero() -> None:
    drawn = charts.trend([Point("4月", 0.5, "50 %"), Point("5月", 1.0, "100 %")])
    assert [(dot.x, dot.y) for dot in drawn.dots] == [(250, 500), (750, 0)]
    assert drawn.line == "M250.0 500.0 L750.0 0.0"
    assert [tick.label for tick in drawn.ticks] == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]


def test_a_trend_leaves_out_the_month_without_a_value_but_keeps_its_place() -> None:
    drawn = charts.trend([Point("4月", 0.5, ""), Point("5月", None, "–"), Point("6月", 0.5, "")])
    assert [round(dot.x) for dot in drawn.dots] == [167, 833]
    assert drawn.labels == ("4月", "5月", "6月")


def test_the_band_runs_over_the_high_bounds_and_back_under_the_low() -> None:
    drawn = charts.trend([Point("4月", 0.5, "", 0.4, 0.6), Point("5月", 0.5, "", 0.4, 1.0)])
    assert drawn.band == "250.0,400.0 750.0,0.0 750.0,600.0 250.0,600.0"


def test_a_trend_without_intervals_has_no_band() -> None:
    assert charts.trend([Point("4月", 0.5, ""), Point("5月", 0.6, "")]).band == ""


def test_the_table_behind_a_trend_pairs_this_year_with_last() -> None:
    now, last = [Point("4月", 0.9, "90 %"), Point("5月", 0.9, "90 %")], [Point("4月", 0.6, "60 %")]
    assert charts.trend(now, last).rows == ((now[0], last[0]), (now[1], None))


@pytest.mark.parametrize(
    ("most", "steps"),
    [(0, [0, 1]), (5, [0, 1, 2, 3, 4, 5]), (7, [0, 2, 4, 6, 8]), (1, [0, 0.2, 0.4, 0.6, 0.8, 1.0])],
)
def test_steps_of_an_axis_are_round(most: float, steps: list[float]) -> None:
    assert charts.round_steps(most) == pytest.approx(steps)


@given(st.floats(1e-6, 1e12))
def test_the_top_of_an_axis_is_never_below_the_highest_value(most: float) -> None:
    steps = charts.round_steps(most)
    assert steps[-1] >= most * 0.998
    assert 3 <= len(steps) <= 7


def test_heat_is_spread_over_six_levels() -> None:
    drawn = charts.heat_map("team", ["a", "b", "c"], {"east": [Cell("0", 0.0), Cell("5", 0.5), Cell("10", 1.0)]})
    assert [cell.css for cell in drawn.rows[0][1]] == ["heat-0", "heat-3", "heat-5"]


def test_a_small_n_carries_no_heat_and_does_not_stretch_the_scale() -> None:
    cells = [Cell("0", 0.0), Cell("50", 0.5), Cell("100", 1.0, few=True), Cell("–", None)]
    drawn = charts.heat_map("team", list("abcd"), {"east": cells})
    assert [cell.css for cell in drawn.rows[0][1]] == ["heat-0", "heat-5", "heat-few", "heat-few"]


def test_equal_values_are_all_pale() -> None:
    drawn = charts.heat_map("team", ["a", "b"], {"east": [Cell("1", 1.0), Cell("1", 1.0)]})
    assert [cell.level for cell in drawn.rows[0][1]] == [0, 0]
