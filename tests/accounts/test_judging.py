"""Whom a person is asked about: what looks or sounds alike is proposed and never linked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.addresses import address_key, phone_key
from accounts.likeness import Lookalikes
from accounts.matching import Candidate, Index, Known, Outcome, Rule, judge
from accounts.names import parse


def known(ref, name, **facts):
    said = parse(name)
    return Known(ref, {said.key}, said.legal_form, form_leads=said.form_leads, **facts)


def said(name, **facts):
    told = parse(name)
    return Candidate(told.key, told.legal_form, site_keys=told.site_keys, form_leads=told.form_leads, **facts)


def asked(name, *companies, **facts):
    verdict = judge(said(name, **facts), Index(companies))
    refs = [verdict.known.ref] if verdict.known else [one.ref for one in verdict.candidates]
    return verdict.outcome.value, verdict.rule and verdict.rule.value, refs


def test_a_typo_is_proposed_and_not_linked():
    assert asked("株式会社みどり商事運輪", known(1, "株式会社みどり商事運輸")) == ("AMBIGUOUS", "FUZZY", [1])


def test_what_differs_in_a_number_is_not_alike():
    assert asked("みどり劣後ローン2号", known(1, "みどり劣後ローン1号")) == ("NEW", None, [])


def test_a_name_read_aloud_is_proposed():
    assert asked("TACHIBANA工業", known(1, "タチバナ工業")) == ("AMBIGUOUS", "READING", [1])


def test_neighbours_with_alike_names_are_asked_about_first_and_not_linked():
    neighbour = known(2, "みどり商事運輸", contacts={"港区1-1"})
    verdict = asked("みどり商事運輪", known(1, "みどり商事運論"), neighbour, contacts=frozenset({"港区1-1"}))
    assert verdict == ("AMBIGUOUS", "ALIKE_AND_CONTACT", [2, 1])


def test_a_shared_domain_alone_is_a_question():
    sister = known(1, "みなと銀行", contacts={"@minato.example"})
    assert asked("あおば証券", sister, contacts=frozenset({"@minato.example"})) == ("AMBIGUOUS", "DOMAIN", [1])


def test_an_address_tells_namesakes_apart():
    here, there = known(1, "みどり", contacts={"港区1-1"}), known(2, "みどり", contacts={"北区2-2"})
    assert asked("みどり", here, there) == ("AMBIGUOUS", "NAMESAKES", [1, 2])
    assert asked("みどり", here, there, contacts=frozenset({"北区2-2"})) == ("MATCHED", "KEY_AND_CONTACT", [2])


def test_the_form_on_the_other_side_at_another_address_is_a_question():
    here = known(1, "株式会社みどり", contacts={"港区1-1"})
    elsewhere = frozenset({"北区2-2"})
    assert asked("みどり株式会社", here, contacts=elsewhere) == ("AMBIGUOUS", "NAMESAKES", [1])
    assert asked("株式会社みどり", here, contacts=elsewhere) == ("MATCHED", "COMPANY_KEY", [1])
    assert asked("みどり株式会社", here) == ("MATCHED", "COMPANY_KEY", [1])


def test_a_branch_leads_to_the_one_company_named_before_it():
    assert asked("みどり商事青葉台支店", known(1, "みどり商事")) == ("MATCHED", "KEY_AND_SITE", [1])
    assert asked("みどり商事青葉台支店", known(1, "みどり商事"), known(2, "みどり商事")) == (
        "AMBIGUOUS", "KEY_AND_SITE", [1, 2]
    )  # fmt: skip


def test_a_name_given_up_before_it_was_said_is_a_question():
    company = Known(1, {"翠", "みどり"}, further={"みどり": date(2020, 3, 31)})
    for day, verdict in [(date(2019, 1, 1), "MATCHED"), (date(2021, 1, 1), "AMBIGUOUS"), (None, "MATCHED")]:
        assert asked("みどり", company, said_on=day)[0] == verdict


def test_another_corporate_number_is_not_even_proposed():
    other = known(1, "みどり商事運輸", corporate_number="8700110005901")
    assert asked("みどり商事運輪", other, corporate_number="5070001000715") == ("NEW", None, [])


names = st.sampled_from(
    ["みどり商事", "㈱みどり商事", "みどり商亊", "MIDORI商事", "みどり商事東京支店", "みどり商事青葉支店"]
)
numbers = st.sampled_from(["", "1", "2"])


@given(names, numbers, names, numbers)
def test_who_matches_whom_does_not_depend_on_who_was_known_first(one, number, other, other_number):
    pair = [(one, number), (other, other_number)]
    links = []
    for (asking, mine), (there, theirs) in (pair, pair[::-1]):
        verdict = judge(said(asking, corporate_number=mine), Index([known(1, there, corporate_number=theirs)]))
        links.append(verdict.outcome is Outcome.MATCHED and verdict.rule is not Rule.KEY_AND_SITE)
        assert not (mine and theirs and mine != theirs and verdict.outcome is Outcome.MATCHED)
    assert links[0] == links[1]


def test_lookalikes_come_best_first_and_without_the_key_itself():
    found = Lookalikes(["みどり商事運輸", "みどり商事運送", "あおば"]).of("みどり商事運輸")
    assert [(key, round(score)) for key, score in found] == [("みどり商事運送", 86)]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("東京都港区虎ノ門一丁目２番３号　みどりビル５階", "港区虎ノ門1-2-3"),
        ("〒105-0001 港区虎ノ門１－２－３", "港区虎ノ門1-2-3"),
        ("港区虎ノ門", ""),
    ],
)
def test_an_address_is_compared_by_its_block(address, key):
    assert address_key(address) == key


@pytest.mark.parametrize(
    ("phone", "key"), [("03-1234-5678", "0312345678"), ("+81 3 1234 5678", "0312345678"), ("内線 12", "")]
)
def test_a_phone_is_compared_by_its_digits(phone, key):
    assert phone_key(phone) == key
