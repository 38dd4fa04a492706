"""Offerings and deals from files."""

from datetime import date
from decimal import Decimal

from accounts.models import Account, Contract, Offering
from funnel.models import Deal
from tests.imports.conftest import counts, field_refusals, notes, refusals

HEAD = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
DAY_FIRST = {
    "columns": {
        "opportunity_id": "external_id",
        "sales_agent": "owner",
        "product": "offering",
        "account": "account",
        "deal_stage": ["status", "stage_name"],
        "engage_date": "opened_on",
        "close_date": "closed_on",
        "close_value": "amount",
    },
    "values": {"offering": {"GXPro": "GX Pro"}, "status": {"Won": "WON", "Lost": "LOST", "*": "OPEN"}},
    "dates": ["%d-%m-%y", "%m/%d/%Y"],
    "constants": {"currency": "USD"},
}
WON = "D1,Zane Levy,GXPro,Hatfan,Won,20-10-16,01-03-17,1054"
NO_COMPANY = "The deal names no company; it is kept and counts in no company's figures."


def known_world(loaded):
    loaded("accounts", ["Company", "Hatfan Inc."])
    loaded("offerings", ["Product,Series,Sales Price", "GX Pro,GX,4821"])
    loaded("users", ["Sales Agent,Manager", "Zane Levy,Summer Sewald"])


def test_a_deal_finds_its_company_offering_and_owner(loaded, twice):
    known_world(loaded)
    twice("deals", [HEAD, WON], mapping=DAY_FIRST)
    deal = Deal.objects.get()
    assert (deal.account.name, deal.offering.code, deal.owner.name) == ("Hatfan Inc.", "GX Pro", "Zane Levy")
    assert (deal.status, deal.stage_name, deal.amount, deal.currency) == ("WON", "Won", Decimal(1054), "USD")
    assert (deal.opened_on, deal.closed_on) == (date(2016, 10, 20), date(2017, 3, 1))


def test_the_same_deals_in_another_date_format_change_nothing(loaded):
    known_world(loaded)
    loaded("deals", [HEAD, WON], mapping=DAY_FIRST)
    us_dates = WON.replace("20-10-16", "10/20/2016").replace("01-03-17", "3/1/2017")
    assert counts(loaded("deals", [HEAD, us_dates], mapping=DAY_FIRST)) == (0, 0, 1, 0)


def test_a_won_deal_is_a_contract_and_its_company_a_customer(loaded):
    known_world(loaded)
    loaded("deals", [HEAD, WON, WON.replace("D1", "D2").replace("Won", "Lost")], mapping=DAY_FIRST)
    contract, account = Contract.objects.get(), Account.objects.get()
    assert (contract.account, contract.offering.code, contract.amount) == (account, "GX Pro", 1054)
    assert (account.relation, account.relation_since) == ("CUSTOMER", date(2017, 3, 1))


def test_a_corrected_amount_corrects_the_contract(loaded):
    known_world(loaded)
    loaded("deals", [HEAD, WON], mapping=DAY_FIRST)
    assert counts(loaded("deals", [HEAD, WON.replace("1054", "999")], mapping=DAY_FIRST)) == (0, 1, 0, 0)
    assert (Deal.objects.get().amount, Contract.objects.get().amount) == (999, 999)


def test_deals_without_a_company_are_kept_and_counted(twice):
    job = twice("deals", [HEAD, "D1,,,,Engaging,03-11-16,,", "D2,,,,Won,03-11-16,04-11-16,5"], mapping=DAY_FIRST)
    assert notes(job) == [(NO_COMPANY, [2, 3])]
    assert Deal.objects.filter(account=None).count() == 2
    assert not Contract.objects.exists()


def test_a_company_nobody_has_told_of_refuses_the_deal(loaded):
    job = loaded("deals", [HEAD, "D1,,,Nowhere,Won,,,5"], mapping=DAY_FIRST)
    assert refusals(job) == [(2, "account", "No company is called Nowhere.")]
    assert (Deal.objects.count(), Account.objects.count()) == (0, 0)


def test_an_unknown_offering_or_owner_is_refused_for_its_field(loaded):
    job = loaded("deals", [HEAD, "D1,Nobody,Nothing,,Engaging,,,5"], mapping=DAY_FIRST)
    assert field_refusals(job) == [
        ("product", "Nothing is not known here.", [2]),
        ("sales_agent", "Nobody is not known here.", [2]),
    ]
    assert Deal.objects.get().amount == 5


def test_an_open_deal_has_no_closing_day_yet(loaded):
    loaded("deals", [HEAD, "D1,,,,Engaging,03-11-16,31-12-26,5"], mapping=DAY_FIRST)
    assert Deal.objects.get().closed_on is None


def test_a_stage_no_word_is_known_for_refuses_the_row(loaded):
    job = loaded("deals", ["商談ID,会社名,状態", "D1,,検討"])
    assert refusals(job)[0][:2] == (2, "状態")
    assert not Deal.objects.exists()


def test_the_first_of_two_rows_about_one_deal_counts(twice):
    job = twice("deals", [HEAD, WON.replace("Hatfan", ""), "D1,,,,Won,,,7"], mapping=DAY_FIRST)
    assert (job.created, Deal.objects.get().amount) == (1, 1054)


def test_offerings_are_known_by_code_whatever_the_width_and_case(twice, loaded):
    twice("offerings", ["商品コード,商品名,価格", 'GX-1,標準版,"1,000"', "GX-2,上級版,"])
    assert counts(loaded("offerings", ["商品コード,商品名", "ｇｘ-1,標準版（新）"])) == (0, 1, 0, 0)
    assert sorted(Offering.objects.values_list("code", "name", "list_price")) == [
        ("GX-1", "標準版（新）", Decimal(1000)), ("GX-2", "上級版", None)
    ]  # fmt: skip


def test_a_deal_told_twice_in_one_file_is_one_contract(loaded):
    known_world(loaded)
    job = loaded("deals", [HEAD, WON.replace(",1054", ","), WON], mapping=DAY_FIRST)
    assert counts(job) == (1, 1, 0, 0)
    assert Contract.objects.get().amount == 1054
