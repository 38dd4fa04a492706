"""Leads with a past from another system."""

from accounts.models import Account, Person
from funnel.models import Lead, LeadMove
from tests.imports.conftest import counts, field_refusals, notes, refusals

HEAD = (
    "リードID,会社名,部署名,氏名,メールアドレス,商材,担当者,作成日,"
    "MQL日,引き渡し日,回答期限,SAL日,却下日,却下理由,商談化日,受注日"
)
USERS = ["氏名,チーム", "佐藤,東京"]
SELF_SOURCED = "No hand-over is recorded: the lead came to sales by itself and stands outside the SAL rate."


def line(lead_id="L1", owner="佐藤", created="2026/1/5", **dates):
    names = ("mql", "handed", "due", "sal", "rejected", "reason", "pipeline", "won")
    told = ",".join(dates.get(name, "") for name in names)
    return f"{lead_id},みどり,設計部,山田太郎,taro@m.example,,{owner},{created},{told}"


ACCEPTED = line(mql="2026/1/6", handed="2026/1/7", due="2026/1/9", sal="2026/1/8")


def moves(lead):
    return list(LeadMove.objects.filter(lead=lead).values_list("move", flat=True))


def test_a_lead_that_has_not_moved_is_nurtured(twice):
    twice("leads", [HEAD, line()])
    lead = Lead.objects.get()
    assert (lead.stage, lead.account.name, lead.department.name) == ("NURTURE", "みどり", "設計部")
    assert [person.email for person in lead.persons.all()] == ["taro@m.example"]
    assert (lead.created_at.isoformat(), moves(lead)) == ("2026-01-04T15:00:00+00:00", [])


def test_dates_become_moves_marked_as_imported(loaded, twice):
    loaded("users", USERS)
    twice("leads", [HEAD, ACCEPTED])
    lead = Lead.objects.get()
    assert (lead.stage, lead.origin, lead.first_outcome) == ("SAL", "MARKETING", "ACCEPTED")
    assert (lead.first_assignee.name, lead.first_team.name) == ("佐藤", "東京")
    assert moves(lead) == ["qualify", "hand_over", "accept"]
    assert set(lead.moves.values_list("imported", flat=True)) == {True}


def test_an_answer_after_its_due_was_ignored_first(loaded, twice):
    loaded("users", USERS)
    twice("leads", [HEAD, ACCEPTED.replace("2026/1/9,2026/1/8", "2026/1/9,2026/2/8")])
    lead = Lead.objects.get()
    assert (moves(lead), lead.first_outcome) == (["qualify", "hand_over", "ignore", "accept"], "IGNORED")


def test_a_rejection_keeps_its_reason(loaded):
    loaded("users", USERS)
    rejected = line(mql="2026/1/6", handed="2026/1/7", due="2026/1/9", rejected="2026/1/8", reason="時期尚早")
    assert counts(loaded("leads", [HEAD, rejected])) == (1, 0, 0, 0)
    lead = Lead.objects.get()
    assert (lead.stage, lead.reject_reason.code) == ("REJECTED", "TIMING")


def test_without_a_hand_over_a_converted_lead_is_sales_own(loaded, twice):
    loaded("users", USERS)
    job = twice("leads", [HEAD, line(pipeline="2026/2/1")])
    lead = Lead.objects.get()
    assert (lead.stage, lead.origin, moves(lead)) == ("PIPELINE", "SALES", ["self_source", "register"])
    assert notes(job) == [(SELF_SOURCED, [2])]


def test_a_past_the_waterfall_does_not_allow_is_refused_for_its_lead_alone(loaded):
    loaded("users", USERS)
    good = [ACCEPTED.replace("L1", f"G{i}").replace("設計部", f"設計{i}部") for i in range(5)]
    bad = ACCEPTED.replace("2026/1/8", "2026/1/3").replace("L1", "BAD").replace("設計部", "第二設計部")
    job = loaded("leads", [HEAD, *good[:3], bad, *good[3:]])
    assert counts(job) == (5, 0, 0, 1)
    assert refusals(job)[0][0] == 5
    assert not Lead.objects.filter(external_id="BAD").exists()


def test_a_delivery_to_nobody_is_refused(loaded):
    job = loaded("leads", [HEAD, line(owner="誰か", mql="2026/1/6", handed="2026/1/7")])
    assert counts(job) == (0, 0, 0, 1)
    assert not Lead.objects.exists()


def test_a_known_lead_with_another_past_is_refused(loaded):
    loaded("users", USERS)
    loaded("leads", [HEAD, ACCEPTED])
    job = loaded("leads", [HEAD, ACCEPTED.replace("2026/1/6", "2026/1/5")])
    assert refusals(job) == [(2, "リードID", "This lead is here with another past, and a past is not rewritten.")]
    assert LeadMove.objects.count() == 3


def test_two_rows_about_one_lead_are_one_lead(loaded):
    job = loaded("leads", [HEAD, line(), line()])
    assert refusals(job) == [(3, "リードID", "An earlier row is about the same lead.")]
    assert Lead.objects.count() == 1


def test_a_mentioned_person_keeps_what_is_known(loaded):
    loaded("persons", ["会社名,氏名,メールアドレス,携帯電話,役職", "みどり,山田 太郎,taro@m.example,090,部長"])
    head = "リードID,会社名,氏名,メールアドレス,携帯電話,役職"
    loaded("leads", [head, "L1,みどり,タロウ,taro@m.example,080,課長"])
    taro = Person.objects.get()
    assert (taro.name, taro.mobile, taro.affiliations.get().title) == ("山田 太郎", "090", "部長")
    assert Account.objects.count() == 1


def test_an_unknown_offering_is_refused_for_its_field(loaded):
    job = loaded("leads", ["リードID,会社名,商材", "L1,みどり,無"])
    assert field_refusals(job) == [("商材", "無 is not known here.", [2])]
