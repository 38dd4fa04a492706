"""Stage histories: in any order, with stages skipped or taken back, they become moves that replay."""

import pytest

from funnel import invariants
from funnel.enums import Stage
from funnel.models import Lead, LeadMove
from funnel.stage_history import way
from tests.imports.conftest import NOW, counts, refusals

HEAD = "OpportunityId,StageName,CreatedDate"
DEALS = ["商談ID,会社名,担当者,Status,Amount", "D1,みどり,佐藤,Open,100", "D2,みどり,佐藤,Closed Won,200"]
USERS = ["氏名,チーム", "佐藤,東京"]
LEADS = ["リードID,会社名,商談化日,商談ID", "L1,みどり,2026/2/1,D1"]


@pytest.fixture
def deals(loaded):
    loaded("accounts", ["会社名", "みどり"])
    loaded("users", USERS)
    loaded("deals", DEALS)


def story(lead):
    return list(lead.moves.values_list("move", flat=True))


def happened(lead):
    return [(move, f"{at:%m-%d}") for move, at in lead.moves.values_list("move", "at")]


def test_a_deal_without_a_lead_was_sales_own(deals, twice):
    job = twice("stage_history", [HEAD, "D1,Prospecting,2026-02-01 09:00"])
    lead = Lead.objects.get()
    assert counts(job) == (1, 0, 0, 0)
    assert (lead.stage, lead.origin, lead.deal.external_id, lead.assignee.name) == ("PIPELINE", "SALES", "D1", "佐藤")
    assert story(lead) == ["self_source", "register"]
    assert set(LeadMove.objects.values_list("imported", flat=True)) == {True}


def test_rows_in_any_order_are_taken_in_the_order_of_their_times(deals, twice):
    rows = ["D1,Closed Won,2026-03-02 09:00", "D1,Qualification,2026-02-01 09:00", "D1,Proposal/Price Quote,2026-02-10"]
    job = twice("stage_history", [HEAD, *rows])
    assert counts(job) == (2, 0, 1, 0)
    assert happened(Lead.objects.get()) == [("self_source", "02-01"), ("register", "02-01"), ("win", "03-02")]


def test_a_stage_that_goes_back_is_a_correction(deals, twice):
    rows = ["D1,Closed Won,2026-02-01", "D1,Closed Lost,2026-03-01", "D1,SQL,2026-03-05"]
    twice("stage_history", [HEAD, *rows])
    lead = Lead.objects.get()
    assert story(lead) == ["self_source", "register", "win", "reopen", "lose", "reopen", "unregister"]
    assert (lead.stage, lead.won_at, lead.lost_at, lead.pipeline_at) == ("SQL", None, None, None)
    assert list(invariants.check(now=NOW)) == []


def test_a_converted_lead_goes_on_with_its_deals_history(deals, loaded, twice):
    loaded("leads", LEADS)
    job = twice("stage_history", [HEAD, "D1,Prospecting,2026-02-01 10:00", "D1,Closed Lost,2026-03-01"])
    lead = Lead.objects.get()
    assert counts(job) == (1, 0, 1, 0)
    assert (lead.external_id, lead.stage, story(lead)) == ("L1", "LOST", ["self_source", "register", "lose"])


def test_a_lead_is_followed_by_its_own_number(deals, loaded, twice):
    loaded("leads", ["リードID,会社名", "L1,みどり"])
    head = "LeadId,NewValue,CreatedDate,担当者"
    rows = ["L1,Open - Not Contacted,2026-10-01,佐藤", "L1,Working - Contacted,2026-10-02 11:00,佐藤"]
    twice("stage_history", [head, *rows])
    lead = Lead.objects.get()
    assert (lead.stage, lead.origin, story(lead)) == ("SAL", "MARKETING", ["qualify", "hand_over", "accept"])
    assert (lead.first_outcome, lead.first_assignee.name) == ("ACCEPTED", "佐藤")
    assert list(invariants.check(now=NOW)) == []


def test_a_hand_over_to_nobody_is_refused(deals, loaded):
    loaded("leads", ["リードID,会社名", "L1,みどり"])
    job = loaded("stage_history", ["LeadId,NewValue,CreatedDate", "L1,MQL,2026-10-01", "L1,SAL,2026-10-02"])
    assert refusals(job) == [(3, "owner", "Nobody is named to whom it was handed over.")]
    assert Lead.objects.get().stage == "MQL"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("D9,Closed Won,2026-02-01", "No lead and no deal of a known company has this number."),
        ("D1,Closed Won,2027-02-01", "This lies in the future."),
        ("D1,Sideways,2026-02-01", "“Sideways” is none of"),
        ("D1,Closed Won,", "This is missing."),
    ],
)
def test_a_row_is_refused_alone_with_its_reason(deals, loaded, row, why):
    job = loaded("stage_history", [HEAD, "D2,Closed Won,2026-02-01", row])
    assert counts(job) == (1, 0, 0, 1)
    assert why in refusals(job)[0][2]
    assert Lead.objects.get().stage == "WON"


def test_what_the_waterfall_has_no_way_for_is_refused_and_the_rest_goes_on(deals, loaded):
    job = loaded("stage_history", [HEAD, "D1,SQL,2026-02-01", "D1,SAL,2026-02-02", "D1,Closed Won,2026-02-03"])
    assert refusals(job) == [(3, "StageName", "The waterfall has no way from “SQL” to “SAL”.")]
    assert Lead.objects.get().stage == "WON"


def test_a_past_is_not_rewritten(deals, loaded):
    loaded("stage_history", [HEAD, "D1,Closed Won,2026-02-05"])
    job = loaded("stage_history", [HEAD, "D1,Closed Lost,2026-02-01", "D1,Closed Won,2026-02-05"])
    assert counts(job) == (0, 0, 1, 1)
    assert Lead.objects.get().stage == "WON"


def test_a_later_file_goes_on_where_the_earlier_ended(deals, loaded, twice):
    loaded("stage_history", [HEAD, "D1,Prospecting,2026-02-01"])
    job = twice("stage_history", [HEAD, "D1,Prospecting,2026-02-01", "D1,Closed Lost,2026-02-05"])
    assert counts(job) == (1, 0, 1, 0)
    assert Lead.objects.get().stage == "LOST"


def test_other_words_are_given_by_the_mapping(deals, loaded):
    mapping = {
        "columns": {"OpportunityId": "external_id", "StageName": "stage", "CreatedDate": "at"},
        "values": {"stage": {"Discovery": "SQL", "Signed": "WON"}},
    }
    loaded("stage_history", [HEAD, "D1,Discovery,2026-02-01", "D1,Signed,2026-02-05"], mapping=mapping)
    assert story(Lead.objects.get()) == ["self_source", "confirm", "register", "win"]


@pytest.mark.parametrize("start", [s for s in Stage if s not in (Stage.WITHDRAWN, Stage.RECYCLED)])
def test_a_way_never_passes_an_end_that_is_not_told(start):
    for end in Stage:
        passed = [to for _, to in way(start, end) or []][:-1]
        assert not {Stage.WON, Stage.LOST, Stage.RECYCLED, Stage.DISQUALIFIED, Stage.REJECTED} & set(passed)


def test_a_chain_of_rows_takes_few_queries(deals, loaded, django_assert_max_num_queries):
    deals = [f"X{n},みどり,佐藤,Open,1" for n in range(60)]
    loaded("deals", [DEALS[0], *deals])
    with django_assert_max_num_queries(60):
        loaded("stage_history", [HEAD, *(f"X{n},Closed Won,2026-02-01" for n in range(60))])
    assert Lead.objects.filter(stage="WON").count() == 60
