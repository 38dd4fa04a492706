"""Companies from files: found again beyond doubt, never half a company, never one too many."""

import random

import pytest

from accounts.models import Account, AccountDomain, AccountName
from tests.imports.conftest import counts, field_refusals, refusals

HEAD = "会社ID,会社名,法人番号,業種,従業員数,親会社,URL"
ONE, OTHER = "8700110005901", "5070001000715"


def names():
    return sorted(Account.objects.values_list("name", flat=True))


def test_everything_told_is_kept_and_told_again_changes_nothing(twice):
    twice("accounts", [HEAD, f'A1,株式会社みどり,{ONE},化学,"1,200",,https://www.midori.example/'])
    midori = Account.objects.get()
    assert (midori.name, midori.key, midori.industry, midori.employees) == ("株式会社みどり", "みどり", "化学", 1200)
    assert list(midori.external_ids.values_list("source__code", "external_id")) == [("sfa", "A1")]
    assert list(midori.domains.values_list("domain", flat=True)) == ["midori.example"]


def test_free_mail_domains_are_nobodys(loaded):
    loaded("accounts", [HEAD, "A1,みどり,,,,,gmail.com"])
    assert not AccountDomain.objects.exists()


def test_a_changed_cell_is_an_update_and_a_blank_one_says_nothing(loaded):
    loaded("accounts", [HEAD, "A1,みどり,,化学,10,,", "A2,あおば,,,,,"])
    assert counts(loaded("accounts", [HEAD, "A1,みどり,,,20,,", "A2,あおば,,,,,"])) == (0, 1, 1, 0)
    midori = Account.objects.get(name="みどり")
    assert (midori.industry, midori.employees) == ("化学", 20)


def test_another_source_finds_the_company_by_its_number_or_its_unique_name(loaded):
    loaded("accounts", [HEAD, f"A1,株式会社みどり,{ONE},,,,", "A2,あおば株式会社,,,,,"])
    job = loaded("accounts", [HEAD, f"Z9,翠,{ONE},,,,", "Z8,㈱あおば,,,,,", "Z8,㈱あおば,,,,,"], source="crm")
    assert counts(job) == (0, 2, 1, 0)
    assert names() == ["あおば株式会社", "株式会社みどり"]
    assert AccountName.objects.get().name == "翠"


def test_two_companies_of_one_name_and_source_stay_two(twice):
    twice("accounts", [HEAD, "A1,みどり,,,,,", "A2,みどり,,,,,"])
    assert names() == ["みどり", "みどり"]


def test_a_name_two_companies_bear_is_refused_with_the_candidates(loaded):
    loaded("accounts", [HEAD, f"A1,みどり,{ONE},,,,", f"A2,みどり,{OTHER},,,,"])
    job = loaded("accounts", [HEAD, "Z1,みどり,,,,,"], source="crm")
    why = f"Several companies could be meant: みどり ({ONE}), みどり ({OTHER})."
    assert refusals(job) == [(2, "会社名", f"{why} Please decide in the review, then bring it in again.")]
    assert job.report["doubts"] == 1
    assert Account.objects.count() == 2


def test_one_name_with_another_number_or_legal_form_is_another_company(loaded):
    loaded("accounts", [HEAD, f"A1,株式会社みどり,{ONE},,,,"])
    job = loaded("accounts", [HEAD, f"Z1,株式会社みどり,{OTHER},,,,", "Z2,有限会社みどり,,,,,"], source="crm")
    assert counts(job) == (2, 0, 0, 0)


def test_a_number_that_belongs_to_another_company_is_refused_for_its_field(loaded):
    loaded("accounts", [HEAD, f"A1,みどり,{ONE},,,,", "A2,あおば,,,,,", f"A3,しらゆり,{OTHER},,,,"])
    job = loaded("accounts", [HEAD, f"A2,あおば,{ONE},,5,,", f"A3,しらゆり,{ONE},,6,,"])
    assert counts(job) == (0, 2, 0, 0)
    assert field_refusals(job) == [
        ("法人番号", "This corporate number belongs to みどり.", [2]),
        ("法人番号", "This company already has another corporate number.", [3]),
    ]
    assert Account.objects.get(name="あおば").corporate_number is None
    assert Account.objects.get(name="しらゆり").corporate_number == OTHER


def test_a_number_learned_later_is_kept(loaded):
    loaded("accounts", [HEAD, "A1,みどり,5.07E+12,,,,"])
    assert counts(loaded("accounts", [HEAD, f"A1,みどり,{ONE},,,,"])) == (0, 1, 0, 0)
    assert Account.objects.get().corporate_number == ONE


def test_its_own_source_renames_a_company_and_the_former_name_still_finds_it(twice, loaded):
    loaded("accounts", [HEAD, "A1,みどり商店,,,,,"])
    twice("accounts", [HEAD, "A1,翠ホールディングス,,,,,"])
    account = Account.objects.get()
    former = AccountName.objects.get()
    assert (account.name, former.name, former.kind) == ("翠ホールディングス", "みどり商店", "FORMER")
    assert counts(loaded("accounts", ["会社名", "みどり商店"], source="crm")) == (0, 0, 1, 0)


def test_two_rows_about_one_company_the_first_writes_and_the_second_fills_blanks(twice):
    job = twice("accounts", [HEAD, f"A1,みどり,{ONE},化学,,,", f"A2,翠,{ONE},鉄鋼,30,,"])
    assert counts(job) == (1, 1, 0, 0)
    account = Account.objects.get()
    assert (account.name, account.industry, account.employees) == ("みどり", "化学", 30)


def test_an_unknown_id_without_a_name_is_refused(loaded):
    job = loaded("accounts", [HEAD, "A1,,,,,,"])
    assert refusals(job) == [(2, "会社ID", "No company has the id A1 here; load the companies first.")]


def test_groups_are_linked_by_name_or_id_whatever_the_order(twice):
    twice("accounts", [HEAD, "A1,子会社,,,,㈱おや,", "A2,おや株式会社,,,,,", "A3,まご,,,,A1,"])
    assert {a.name: a.parent and a.parent.name for a in Account.objects.all()} == {
        "子会社": "おや株式会社", "おや株式会社": None, "まご": "子会社"
    }  # fmt: skip


def test_a_parent_unknown_or_below_refuses_its_field(loaded):
    job = loaded("accounts", [HEAD, "A1,い,,,,ろ,", "A2,ろ,,,,い,", "A3,は,,,,は,", "A4,に,,,,ほ,"])
    assert counts(job) == (4, 0, 0, 0)
    assert field_refusals(job) == [
        ("親会社", "い is not known as a possible parent.", [3]),
        ("親会社", "は is not known as a possible parent.", [4]),
        ("親会社", "ほ is not known as a possible parent.", [5]),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_any_number_of_batches_gives_the_same_companies(loaded, monkeypatch, seed):
    rows = [f"A{i},社{i % 40},,業{i % 7},,社{(i * 3) % 40}," for i in range(60)]
    random.Random(seed).shuffle(rows)
    monkeypatch.setattr("imports.load.BATCH", 7 + seed * 20)
    assert counts(loaded("accounts", [HEAD, *rows])) == (60, 0, 0, 0)
    monkeypatch.setattr("imports.load.BATCH", 1000)
    assert counts(loaded("accounts", [HEAD, *rows])) == (0, 0, 60, 0)


def test_a_thousand_rows_take_few_queries(queue, django_assert_max_num_queries):
    from imports import load
    from tests.imports.conftest import NOW

    job = queue("accounts", [HEAD, *(f"A{i},社{i},,業,,,x{i}.example" for i in range(1000))])
    with django_assert_max_num_queries(60):
        load.run(job, now=NOW)
