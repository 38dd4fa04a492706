"""Persons: the mail address decides, all else is for a person to confirm."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from accounts.person_matching import PersonRule, PersonSaid, compare

HANA = PersonSaid(last="青木", first="花", email="hana@midori.example", account=1, phone="0312345678", born="19800401")


def verdict(one, other):
    found = compare(one, other)
    return found.outcome.value, found.rule, found.score


def test_the_same_mail_address_is_the_same_person():
    assert verdict(HANA, PersonSaid(email="HANA@midori.example")) == ("MATCHED", PersonRule.MAIL, 0)


def test_the_same_name_at_the_same_company_is_a_question():
    other = PersonSaid(last="青木", first="花", account=1)
    assert verdict(HANA, other) == ("AMBIGUOUS", PersonRule.NAME_AND_ACCOUNT, 4)


def test_the_same_name_elsewhere_says_nothing():
    assert verdict(HANA, PersonSaid(last="青木", first="花", account=2)) == ("NEW", None, 4)


def test_a_phone_alone_says_nothing_and_with_the_name_it_asks():
    phone = PersonSaid(phone="0312345678")
    assert verdict(HANA, phone) == ("NEW", None, 4)
    assert verdict(HANA, replace(phone, last="花", first="青木")) == ("AMBIGUOUS", PersonRule.TOGETHER, 8)


def test_one_slip_in_figures_counts_half():
    assert verdict(HANA, PersonSaid(last="青木", first="花", phone="0312345679")) == (
        "AMBIGUOUS",
        PersonRule.TOGETHER,
        6,
    )


texts = st.sampled_from(["", "青木", "花", "0312345678", "0312345679"])
people = st.builds(
    PersonSaid, last=texts, first=texts, email=texts, account=st.sampled_from([None, 1]), phone=texts, born=texts
)


@given(people, people)
def test_it_does_not_matter_who_is_named_first(one, other):
    assert verdict(one, other) == verdict(other, one)


@given(people, people)
def test_nothing_but_a_mail_address_links(one, other):
    assert (compare(one, other).rule is PersonRule.MAIL) == bool(one.email and one.email == other.email)
