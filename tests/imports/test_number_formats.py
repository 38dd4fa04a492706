"""Numbers as files of any country write them: the amount is never another one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import mapping, values
from imports.fields import Field
from imports.mapping import MappingError
from imports.values import Formats, Unusable

MARKS = [(".", ","), (",", "."), (",", " "), (".", "'"), (".", "")]
AMOUNTS = st.decimals(0, 10**12, places=2)


def formats(**numbers: str) -> Formats:
    fields = (Field("amount", values.amount, ()),)
    return mapping.parse({"numbers": numbers}, kind="deals", fields=fields).formats


def written(amount: Decimal, decimal: str, thousands: str) -> str:
    return f"{amount:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)


@given(amount=AMOUNTS, marks=st.sampled_from(MARKS), sign=st.sampled_from(["", "+"]))
def test_an_amount_is_read_back_as_it_was_written(amount, marks, sign):
    decimal, thousands = marks
    cell = sign + written(amount, decimal, thousands)
    assert values.amount(cell, Formats(decimal=decimal, thousands=thousands)) == amount


@given(amount=AMOUNTS, sign=st.sampled_from(["-", "−", "▲", "△"]))
def test_a_loss_is_a_loss_whatever_its_sign(amount, sign):
    try:
        assert values.amount(f"{sign}{amount}", Formats()) == -amount
    except Unusable:
        assert sign == "−"


def test_a_decimal_comma_alone_is_not_taken_for_thousands():
    assert values.amount("1234,50", formats(decimal=",")) == Decimal("1234.50")
    assert values.amount("1.234,50", formats(decimal=",")) == Decimal("1234.50")


@pytest.mark.parametrize("mark", [",", "."])
def test_one_mark_cannot_be_both(mark):
    with pytest.raises(MappingError, match="decimal"):
        formats(decimal=mark, thousands=mark)


@given(st.integers(0, values.MAX_INTEGER), st.sampled_from(["", "人", "名"]))
def test_head_counts_are_read_with_and_without_their_counter(number, counter):
    assert values.whole_number(f"{number:,}{counter}", Formats()) == number


@pytest.mark.parametrize("cell", ["-1", "2147483648", "1.5", "百", "１人半"])
def test_what_is_no_head_count_is_refused(cell):
    with pytest.raises(Unusable):
        values.whole_number(cell, Formats())
