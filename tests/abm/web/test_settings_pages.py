"""The settings: each part on a page of its own, for whom it concerns."""

from datetime import timedelta

import pytest
from django.utils import timezone

from funnel import leads
from funnel.models import RejectReason
from funnel.terms import Policy, Proposal
from tests import make
from users import absences
from users.models import Absence, BusinessCalendar
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = make.user(Role.ADMIN)
    client.force_login(user)
    return user


def text_of(answer) -> str:
    return answer.content.decode()


def day(n: int) -> str:
    return (timezone.localdate() + timedelta(days=n)).isoformat()


def away(user, n=3, **fields) -> Absence:
    on = timezone.localdate() + timedelta(days=n)
    return absences.arrange(user, by=user, now=timezone.now(), first_on=on, last_on=on, **fields)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("clocks", "Sales answers within"),
        ("reasons", "WRONG_DEPARTMENT"),
        ("calendars", "Standard"),
        ("people", "早瀬"),
    ],
)
def test_each_part_tells_what_was_agreed(client, admin, path, known):
    make.user(Role.REP, name="早瀬 彩")
    assert known in text_of(client.get(f"/settings/{path}/"))


def test_the_parts_stand_above_each_page_and_the_present_one_is_marked(client, admin):
    page = text_of(client.get("/settings/clocks/"))
    assert page.count('class="tab"') == 12
    assert '<a class="tab" href="/settings/clocks/" aria-current="page">' in page
    client.force_login(make.user(Role.PARTNER))
    assert "/settings/people/" not in text_of(client.get("/settings/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_people_take_as_many_queries_for_three_as_for_one(client, admin, rows, django_assert_num_queries):
    for _ in range(rows):
        make.user(Role.REP)
    with django_assert_num_queries(4):
        client.get("/settings/people/")


@pytest.mark.parametrize("rows", [1, 3])
def test_absences_take_as_many_queries_for_three_as_for_one(client, admin, rows, django_assert_num_queries):
    for _ in range(rows):
        away(make.user(Role.REP), deputy=make.user(Role.REP))
    with django_assert_num_queries(7):
        client.get("/settings/absences/")


def test_a_rep_arranges_the_own_absence_with_a_deputy(client):
    rep, deputy = make.user(Role.REP), make.user(Role.REP, name="代理 一郎")
    client.force_login(rep)
    data = {"user": rep.pk, "first_on": day(1), "last_on": day(2), "deputy": deputy.pk, "note": "出張"}
    assert client.post("/settings/absences/", data).status_code == 302
    made = Absence.objects.get()
    assert (made.user, made.deputy, made.note, made.first_on.isoformat()) == (rep, deputy, "出張", day(1))
    page = text_of(client.get("/settings/absences/"))
    assert "代理 一郎" in page
    assert "出張" in page


def test_a_manager_arranges_for_the_own_people_only(client):
    manager = make.user(Role.SALES_MANAGER)
    mine, other = make.user(Role.REP, manager=manager), make.user(Role.REP)
    client.force_login(manager)
    days = {"first_on": day(1), "last_on": day(1)}
    assert client.post("/settings/absences/", {"user": other.pk, **days}).status_code == 200
    assert not Absence.objects.exists()
    client.post("/settings/absences/", {"user": mine.pk, **days})
    assert Absence.objects.get().created_by == manager


def test_a_refusal_keeps_what_was_typed(client):
    rep = make.user(Role.REP)
    client.force_login(rep)
    page = text_of(client.post("/settings/absences/", {"user": rep.pk, "first_on": day(2), "last_on": day(1)}))
    assert "The last day cannot be before the first." in page
    assert f'value="{day(2)}"' in page


def test_an_absence_is_cancelled_by_whom_it_concerns(client):
    rep = make.user(Role.REP)
    made = away(rep)
    client.force_login(make.user(Role.REP))
    client.post(f"/settings/absences/{made.public_id}/cancel/")
    assert Absence.objects.kept().count() == 1
    client.force_login(rep)
    client.post(f"/settings/absences/{made.public_id}/cancel/")
    assert Absence.objects.kept().count() == 0


def test_a_partner_sees_and_chooses_only_its_own_firm(client):
    partner, ours = make.user(Role.PARTNER), make.user(Role.REP, name="自社 花子")
    away(ours)
    client.force_login(partner)
    assert "自社 花子" not in text_of(client.get("/settings/absences/"))


# clocks

ALL_CLOCKS = {
    "routing_hours": 4, "answer_hours": 8, "first_touch_hours": 24, "question_hours": 8, "disposition_hours": 8,
    "escalation_hours": 8, "give_up_days": 20,
}  # fmt: skip


def signed_in(client, role: Role):
    user = make.user(role)
    client.force_login(user)
    return user


def test_clocks_are_proposed_and_signed_by_both_sides_on_pages(client):
    lead = signed_in(client, Role.MARKETING_LEAD)
    client.post("/settings/clocks/new/", ALL_CLOCKS | {"active_on": day(0), "note": "もっと早く"})
    proposal = Proposal.objects.get()
    page = text_of(client.get("/settings/clocks/"))
    assert "<del>16</del> → <strong>8</strong>" in page
    assert "もっと早く" in page
    client.post(f"/settings/clocks/{proposal.public_id}/sign/")
    manager = signed_in(client, Role.SALES_MANAGER)
    client.post(f"/settings/clocks/{proposal.public_id}/sign/")
    policy = Policy.objects.get(version=2)
    assert (policy.answer_hours, policy.marketing_by, policy.sales_by) == (8, lead, manager)
    page = text_of(client.get("/settings/clocks/"))
    assert "Earlier versions" in page
    assert page.index("v2") < page.index("Earlier versions")


def test_a_day_to_come_begins_at_midnight(client):
    signed_in(client, Role.SALES_MANAGER)
    client.post("/settings/clocks/new/", ALL_CLOCKS | {"active_on": day(3), "tier": "1:1"})
    proposal = Proposal.objects.get()
    assert timezone.localtime(proposal.active_from).isoformat() == f"{day(3)}T00:00:00+09:00"
    assert proposal.tier == "1:1"


@pytest.mark.parametrize(
    "wrong", [{"answer_hours": 0}, {"answer_hours": 999}, {"active_on": "x"}, {"answer_hours": 16}]
)
def test_clocks_that_cannot_be_are_told_and_nothing_is_proposed(client, wrong):
    signed_in(client, Role.ADMIN)
    answer = client.post("/settings/clocks/new/", ALL_CLOCKS | {"active_on": day(0)} | wrong)
    assert (answer.status_code, Proposal.objects.count()) == (200, 0)


def test_a_proposal_is_changed_sent_back_and_withdrawn(client):
    signed_in(client, Role.SALES_MANAGER)
    client.post("/settings/clocks/new/", ALL_CLOCKS | {"active_on": day(0)})
    path = f"/settings/clocks/{Proposal.objects.get().public_id}/"
    client.post(path, ALL_CLOCKS | {"active_on": day(0), "answer_hours": 9})
    assert Proposal.objects.get().answer_hours == 9
    client.post(f"{path}sign/")
    client.post(f"{path}withdraw/")
    assert Proposal.objects.get().is_signed
    client.post(f"{path}send-back/")
    client.post(f"{path}withdraw/")
    assert not Proposal.objects.exists()


def test_whoever_may_not_propose_is_not_offered_it(client):
    signed_in(client, Role.REP)
    assert "/settings/clocks/new/" not in text_of(client.get("/settings/clocks/"))


# reasons

WORDS = {"label_ja": "遠すぎる", "label_en": "Too far", "disposition": "recycle"}


def test_a_reason_is_added_worded_and_moved_on_pages(client):
    signed_in(client, Role.SALES_MANAGER)
    client.post("/settings/reasons/new/", WORDS | {"code": "TOO_FAR"})
    client.post("/settings/reasons/TOO_FAR/", WORDS | {"label_en": "Far away"})
    client.post("/settings/reasons/TOO_FAR/place/", {"position": 0})
    made = RejectReason.objects.get(code="TOO_FAR")
    assert (made.label_en, made.is_active, made.position) == ("Far away", False, 0)


def test_other_is_only_worded(client):
    signed_in(client, Role.ADMIN)
    page = text_of(client.get("/settings/reasons/OTHER/"))
    assert 'name="label_ja"' in page
    assert 'name="is_active"' not in page


@pytest.mark.parametrize("wrong", [{"code": "x y"}, {"code": "TIMING"}, {"label_ja": ""}, {"disposition": "recode"}])
def test_a_reason_that_cannot_be_is_told(client, wrong):
    signed_in(client, Role.ADMIN)
    answer = client.post("/settings/reasons/new/", WORDS | {"code": "TOO_FAR"} | wrong)
    assert (answer.status_code, RejectReason.objects.count()) == (200, 17)


def test_a_rep_reads_reasons_and_changes_none(client):
    signed_in(client, Role.REP)
    assert "/settings/reasons/new/" not in text_of(client.get("/settings/reasons/"))
    client.post("/settings/reasons/TIMING/place/", {"position": 0})
    assert RejectReason.objects.get(code="TIMING").position == 6


# rejected as OTHER


def rejected_as_other(note="客先が移転中"):
    rep, marketer, now = make.user(Role.REP), make.user(Role.MARKETER), timezone.now()
    account = make.account(owner=rep)
    make.active_list(account, name=account.name)
    make.touch(account, at=now)
    lead = leads.create(account=account, by=marketer, now=now)
    leads.qualify(lead, by=marketer, now=now, note="問い合わせ")
    leads.hand_over(lead, assignee=rep, by=marketer, now=now)
    leads.reject(lead, by=rep, now=now, reason="OTHER", note=note)
    return lead


def test_the_true_reason_is_named_from_the_queue(client):
    lead = rejected_as_other()
    signed_in(client, Role.MARKETER)
    page = text_of(client.get("/desk/recoding/"))
    assert "客先が移転中" in page
    assert "100.0 %" in page
    data = {"reason": "TIMING", "next": "/desk/recoding/"}
    assert client.post(f"/leads/{lead.public_id}/recode/", data)["Location"] == "/desk/recoding/"
    lead.refresh_from_db()
    assert lead.reject_reason.code == "TIMING"
    assert "客先が移転中" not in text_of(client.get("/desk/recoding/"))


def test_the_queue_offers_nothing_to_a_sales_manager(client):
    rejected_as_other()
    signed_in(client, Role.SALES_MANAGER)
    assert "/recode/" not in text_of(client.get("/desk/recoding/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_takes_as_many_queries_for_three_as_for_one(client, rows, django_assert_num_queries):
    for _ in range(rows):
        rejected_as_other()
    signed_in(client, Role.MARKETING_LEAD)
    with django_assert_num_queries(10):
        client.get("/desk/recoding/")


# calendars

OSAKA = {
    "name": "Osaka", "weekdays": ["0", "1", "2", "3"], "hours": "10:00-12:00 13:00-19:00", "time_zone": "Asia/Tokyo",
    "holidays_country": "JP", "closed_days": "12-29\n12-30", "open_days": "",
}  # fmt: skip


def test_a_calendar_is_previewed_kept_and_used(client):
    signed_in(client, Role.SALES_MANAGER)
    page = text_of(client.post("/settings/calendars/new/", OSAKA | {"preview": "yes"}))
    assert "would be due on" in page
    assert not BusinessCalendar.objects.filter(name="Osaka").exists()
    client.post("/settings/calendars/new/", OSAKA)
    made = BusinessCalendar.objects.get(name="Osaka")
    assert (made.weekdays, made.hours, made.closed_days) == (
        [0, 1, 2, 3], [["10:00", "12:00"], ["13:00", "19:00"]], ["12-29", "12-30"],
    )  # fmt: skip
    client.post(f"/settings/calendars/{made.pk}/", OSAKA | {"open_days": "2026-12-30"})
    team = make.team()
    client.post(f"/settings/teams/{team.public_id}/calendar/", {"calendar": made.pk})
    team.refresh_from_db()
    assert (team.calendar, team.calendar.open_days) == (made, ["2026-12-30"])
    form = text_of(client.get(f"/settings/calendars/{made.pk}/"))
    assert "10:00-12:00\n13:00-19:00" in form
    assert "Used by East." in form


@pytest.mark.parametrize("how", [{}, {"preview": "yes"}])
@pytest.mark.parametrize(
    "wrong", [{"hours": "9-5"}, {"weekdays": []}, {"time_zone": "Mars"}, {"closed_days": "soon"}, {"name": "Standard"}]
)
def test_a_calendar_that_cannot_be_is_told(client, how, wrong):
    signed_in(client, Role.ADMIN)
    answer = client.post("/settings/calendars/new/", OSAKA | wrong | how)
    assert (answer.status_code, BusinessCalendar.objects.count()) == (200, 1)
    assert "would be due on" not in text_of(answer)


@pytest.mark.parametrize("rows", [1, 3])
def test_calendars_take_as_many_queries_for_three_as_for_one(client, rows, django_assert_num_queries):
    for number in range(rows):
        make.team(f"Team {number}")
    signed_in(client, Role.ADMIN)
    with django_assert_num_queries(5):
        client.get("/settings/calendars/")
