"""The account screens."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Department
from audit import outbox
from funnel.models import Deal
from tests import make
from tests.make import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(client):
    user = make.user(Role.REP)
    client.force_login(user)
    return user


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_accounts_take_as_many_queries_for_three_as_for_one(client, rep, rows, django_assert_num_queries):
    for _ in range(rows):
        make.account(owner=make.user())
    with django_assert_num_queries(7):
        client.get("/accounts/")


def test_search_overlooks_legal_form_and_width(client, rep):
    make.account("ミナト精工株式会社")
    make.account("青葉電機株式会社")
    page = text_of(client.get("/accounts/", {"search": "㈱ﾐﾅﾄ精工"}))
    assert "ミナト精工株式会社" in page
    assert "青葉電機" not in page


def test_filters_narrow_to_mine_and_to_wanted(client, rep):
    mine = make.account("私の会社", owner=rep)
    make.account("他の会社")
    make.active_list(mine)
    for wish in ({"owner": "me"}, {"wanted": "yes"}):
        page = text_of(client.get("/accounts/", wish))
        assert "私の会社" in page
        assert "他の会社" not in page


def test_a_nul_byte_in_the_search_is_no_error(client, rep):
    assert client.get("/accounts/?search=%00").status_code == 200


@pytest.mark.parametrize("path", ["/accounts/persons/", ""])
def test_rank_and_function_stand_with_the_words_they_were_read_from(client, rep, path):
    account = make.account("ミナト精工株式会社")
    places = make.person(account, in_department=make.department(account, "生産技術部", function="OTHER")).affiliations
    places.update(title="部長代理", rank="MANAGER")
    page = text_of(client.get(path or f"/accounts/{account.public_id}/"))
    assert "Manager, from “部長 + 代理”" in page
    assert '<span class="soft">Other</span>' in page or ">Other</td>" in page
    Department.objects.update(function="PRODUCTION_ENGINEERING")
    assert "from “生産技術”" in text_of(client.get(path or f"/accounts/{account.public_id}/"))


def test_an_account_shows_what_we_know_of_it(client, rep):
    account = make.account("ミナト精工株式会社", industry="精密機器")
    department = make.department(account, "設計部")
    make.person(account, "高橋 誠", in_department=department, last_name="高橋", first_name="誠")
    make.touch(account, department=department, title="設計データ管理セミナー", at=NOW - timedelta(days=3))
    page = text_of(client.get(f"/accounts/{account.public_id}/"))
    for known in ("精密機器", "設計部", "高橋", "設計データ管理セミナー", "On no list in force"):
        assert known in page


def test_an_analyst_sees_no_person(client, rep):
    account = make.account()
    make.touch(account, person=make.person(account, "高橋 誠"))
    client.force_login(make.user(Role.ANALYST))
    page = text_of(client.get(f"/accounts/{account.public_id}/"))
    assert "高橋" not in page
    assert "Persons are not shown to your role." in page


def test_a_partner_sees_only_accounts_in_its_care(client):
    partner = make.user(Role.PARTNER)
    own, other = make.account(partner=partner.team), make.account()
    client.force_login(partner)
    assert client.get(f"/accounts/{own.public_id}/").status_code == 200
    assert client.get(f"/accounts/{other.public_id}/").status_code == 404


def test_a_page_of_one_account_takes_a_fixed_number_of_queries(client, rep, django_assert_num_queries):
    account = make.account()
    for n in range(3):
        department = make.department(account, f"部{n}")
        make.touch(account, person=make.person(account, in_department=department), department=department)
    with django_assert_num_queries(34):
        client.get(f"/accounts/{account.public_id}/")


@pytest.mark.parametrize(("stage_name", "shown"), [("", "進行中"), ("見積提出", "見積提出")])
def test_a_deal_without_an_sfa_stage_tells_how_it_stands(client, stage_name, shown):
    client.force_login(make.user(Role.REP, language="ja"))
    account = make.account()
    sfa = make.source("sfa", kind="SFA")
    Deal.objects.create(source=sfa, external_id="006-1", account=account, currency="JPY", stage_name=stage_name)
    page = text_of(client.get(f"/accounts/{account.public_id}/"))
    assert shown in page
    assert "OPEN" not in page


def test_the_threshold_is_held_against_the_warmest_demand_not_the_whole_company(client, rep):
    account, now = make.account(), timezone.now()
    for name, minutes in (("設計部", 40), ("製造部", 30)):
        make.touch(account, department=make.department(account, name), minutes=minutes, at=now)
    outbox.deliver(now=now, lane=outbox.SCORES)
    page = text_of(client.get(f"/accounts/{account.public_id}/"))
    assert "Warmest demand: <strong>設計部" in page
    assert "the whole company 70.0" in page
