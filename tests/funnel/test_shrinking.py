"""Few cases are drawn to the team's rate, and not ranked."""

from hypothesis import given
from hypothesis import strategies as st

from funnel.shrinking import RANKED_FROM, Standing, Tally, standings

tallies = st.integers(0, 60).flatmap(lambda n: st.builds(Tally, st.integers(0, n), st.just(n), st.floats(0, 1)))


def test_a_newcomer_stands_near_the_team_and_has_no_place():
    assert standings({"new": Tally(1, 1, 0.5)}) == {"new": Standing(11 / 21, None)}


def test_the_ranked_are_in_the_order_of_their_shrunken_rates():
    found = standings({"a": Tally(18, 20, 0.5), "b": Tally(85, 100, 0.5), "c": Tally(19, 19, 0.5)})
    assert [found[key].place for key in "abc"] == [2, 1, None]


def test_equals_share_a_place():
    found = standings({"a": Tally(10, 20, 0.5), "b": Tally(10, 20, 0.5), "c": Tally(1, 20, 0.5)})
    assert [found[key].place for key in "abc"] == [1, 1, 3]


def test_without_anybody_to_compare_with_there_is_no_rate():
    assert standings({"a": Tally(0, 0, None)}) == {"a": Standing(None, None)}


@given(st.dictionaries(st.integers(), tallies, max_size=8))
def test_a_shrunken_rate_lies_between_ones_own_and_the_teams(told):
    for key, standing in standings(told).items():
        k, n, prior = told[key]
        own = k / n if n else prior
        assert min(own, prior) - 1e-9 <= standing.rate <= max(own, prior) + 1e-9
        assert (standing.place is None) == (n < RANKED_FROM)
