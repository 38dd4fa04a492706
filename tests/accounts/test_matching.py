"""The matcher: beyond doubt or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import NameKind
from accounts.matching import NEW, Candidate, Index, Known, Outcome, Rule, judge, match
from accounts.names import LegalForm

NUMBER, OTHER_NUMBER = "8700110005901", "5070001000715"


def known(ref, key, **facts):
    return Known(ref=ref, keys={key}, **facts)


def test_the_sources_own_id_decides_even_against_another_name():
    company = known(1, "みどり", external_ids={("sfa", "A1")})
    verdict = match(Candidate("あおば", source="sfa", external_id="A1"), Index([company]))
    assert (verdict.outcome, verdict.known, verdict.rule, verdict.evidence) == (
        Outcome.MATCHED, company, Rule.EXTERNAL_ID, "A1"
    )  # fmt: skip


def test_the_same_id_of_another_source_says_nothing():
    index = Index([known(1, "みどり", external_ids={("sfa", "A1")})])
    assert match(Candidate("あおば", source="ma", external_id="A1"), index) is NEW


def test_the_corporate_number_decides_whatever_the_name():
    company = known(1, "みどり", corporate_number=NUMBER)
    verdict = match(Candidate("翠", corporate_number=NUMBER), Index([company]))
    assert (verdict.known, verdict.rule) == (company, Rule.CORPORATE_NUMBER)


def test_a_key_only_one_company_has_is_enough():
    company = known(1, "みどり")
    verdict = match(Candidate("みどり"), Index([company, known(2, "あおば")]))
    assert (verdict.known, verdict.rule) == (company, Rule.COMPANY_KEY)


def test_two_companies_of_one_name_are_a_question_for_a_person():
    one, other = known(1, "みどり"), known(2, "みどり")
    verdict = match(Candidate("みどり"), Index([one, other]))
    assert (verdict.outcome, verdict.known, verdict.candidates) == (Outcome.AMBIGUOUS, None, (one, other))


def test_ruling_one_namesake_out_does_not_prove_the_other():
    one, other = known(1, "みどり", corporate_number=OTHER_NUMBER), known(2, "みどり")
    verdict = match(Candidate("みどり", corporate_number=NUMBER), Index([one, other]))
    assert (verdict.outcome, verdict.candidates) == (Outcome.AMBIGUOUS, (other,))


def test_another_corporate_number_is_another_company():
    index = Index([known(1, "みどり", corporate_number=OTHER_NUMBER)])
    assert match(Candidate("みどり", corporate_number=NUMBER), index) is NEW


def test_another_id_of_the_same_source_is_another_company():
    index = Index([known(1, "みどり", external_ids={("sfa", "A1")})])
    assert match(Candidate("みどり", source="sfa", external_id="A2"), index) is NEW
    assert match(Candidate("みどり", source="ma", external_id="A2"), index).outcome is Outcome.MATCHED


def test_another_legal_form_is_another_company_but_none_said_is_no_difference():
    index = Index([known(1, "みどり", legal_form=LegalForm.STOCK)])
    assert match(Candidate("みどり", legal_form=LegalForm.LIMITED), index) is NEW
    assert match(Candidate("みどり"), index).outcome is Outcome.MATCHED


def test_a_company_is_found_by_a_former_name_too():
    company = Known(ref=1, keys={"みどり", "旧みどり"})
    assert match(Candidate("旧みどり"), Index([company])).known is company


keys = st.sampled_from(["a", "b", "c"])
numbers = st.sampled_from(["", "1", "2"])
ids = st.sampled_from([("s", "1"), ("s", "2"), ("t", "1")])
companies = st.builds(
    Known,
    ref=st.integers(),
    keys=st.sets(keys, min_size=1),
    corporate_number=numbers,
    external_ids=st.sets(ids, max_size=2),
    legal_form=st.sampled_from([None, *LegalForm]),
)
candidates = st.builds(
    Candidate,
    key=keys,
    corporate_number=numbers,
    legal_form=st.sampled_from([None, *LegalForm]),
    source=st.just("s"),
    external_id=st.sampled_from(["", "1", "2", "3"]),
)


@given(candidates, st.lists(companies, max_size=6))
def test_a_name_never_overrules_a_number_an_id_or_a_legal_form(candidate, all_known):
    verdict = match(candidate, Index(all_known))
    if verdict.rule is Rule.COMPANY_KEY:
        assert not verdict.known.contradicts(candidate)
        assert [company for company in all_known if candidate.key in company.keys] == [verdict.known]


@given(candidates, st.lists(companies, max_size=6))
def test_two_different_corporate_numbers_meet_only_under_one_external_id(candidate, all_known):
    verdict = match(candidate, Index(all_known))
    numbers_said = {candidate.corporate_number, verdict.known.corporate_number if verdict.known else ""} - {""}
    assert len(numbers_said) < 2 or verdict.rule is Rule.EXTERNAL_ID


@given(candidates, st.lists(companies, max_size=6))
def test_the_order_in_which_companies_became_known_by_name_does_not_matter(candidate, all_known):
    unique = [company for company in all_known if not company.external_ids and not company.corporate_number]
    forward, backward = match(candidate, Index(unique)), match(candidate, Index(reversed(unique)))
    assert (forward.outcome, forward.known, set(forward.candidates)) == (
        backward.outcome, backward.known, set(backward.candidates)
    )  # fmt: skip


def rendered(kind, **facts):
    return Known(1, {"昴", "subaru"}, further={"subaru": None}, renderings={"subaru": kind}, **facts)


@pytest.mark.parametrize(
    ("kind", "asked", "outcome"),
    [
        (NameKind.ENGLISH, Candidate("subaru"), Outcome.MATCHED),
        (NameKind.ENGLISH, Candidate("subaru", legal_form=LegalForm.STOCK), Outcome.NEW),
        (NameKind.KANA, Candidate("subaru"), Outcome.NEW),
        (NameKind.KANA, Candidate("subaru", contacts=frozenset({"@subaru.example"})), Outcome.MATCHED),
    ],
)
def test_a_name_in_english_or_kana_links_only_as_such(kind, asked, outcome):
    verdict = match(asked, Index([rendered(kind, contacts={"@subaru.example"})]))
    assert (verdict.outcome, verdict.rule) == (outcome, Rule.FURTHER_NAME if outcome is Outcome.MATCHED else None)


def test_what_a_rendering_does_not_link_is_proposed():
    verdict = judge(Candidate("subaru", legal_form=LegalForm.STOCK), Index([rendered(NameKind.ENGLISH)]))
    assert (verdict.outcome, verdict.rule, verdict.score) == (Outcome.AMBIGUOUS, Rule.READING, 95.0)


def test_who_bears_the_name_goes_before_who_is_only_called_so_in_kana():
    own = Known(2, {"subaru"})
    assert match(Candidate("subaru"), Index([rendered(NameKind.KANA), own])).known is own


@pytest.mark.parametrize("typo", ["みどり商事運輪", "みどり商事運輸部", "みどり商亊運輸"])
def test_what_is_only_alike_is_asked_and_never_linked(typo):
    verdict = judge(Candidate(typo), Index([Known(1, {"みどり商事運輸"})]))
    assert (verdict.outcome, verdict.rule, 80 <= verdict.score < 95) == (Outcome.AMBIGUOUS, Rule.FUZZY, True)
