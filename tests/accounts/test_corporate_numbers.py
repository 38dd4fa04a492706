"""法人番号: the check digit and what is forgiven."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.corporate_numbers import InvalidCorporateNumber, Problem, check_digit, parse

twelve_digits = st.text("0123456789", min_size=12, max_size=12)


@pytest.mark.parametrize(
    "written", ["8700110005901", "８７００１１０００５９０１", "T8700110005901", " 8700-110-005901"]
)
def test_one_number_however_it_is_written(written):
    assert parse(written) == "8700110005901"


@pytest.mark.parametrize("written", ["", "870011000590", "87001100059011", "870011000590a", "8.70E+12"])
def test_anything_but_thirteen_digits_is_refused(written):
    with pytest.raises(InvalidCorporateNumber) as refused:
        parse(written)
    assert refused.value.problem is Problem.LENGTH


@given(twelve_digits)
def test_exactly_one_first_digit_is_right(twelve):
    right = str(check_digit(twelve))
    assert parse(right + twelve) == right + twelve
    for wrong in set("0123456789") - {right}:
        with pytest.raises(InvalidCorporateNumber) as refused:
            parse(wrong + twelve)
        assert refused.value.problem is Problem.CHECK_DIGIT


@given(twelve_digits, st.integers(0, 11), st.integers(1, 8))
def test_a_mistyped_digit_is_noticed_unless_nine_stands_for_zero(twelve, place, shift):
    digit = (int(twelve[place]) + shift) % 10
    typo = twelve[:place] + str(digit) + twelve[place + 1 :]
    same_modulo_nine = {int(twelve[place]), digit} == {0, 9}
    assert (check_digit(typo) == check_digit(twelve)) is same_modulo_nine
