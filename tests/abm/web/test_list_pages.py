"""The list screens."""

import pytest

from accounts import doubts
from accounts.models import Doubt
from targets import lists
from targets.models import TargetEntry, TargetList
from tests import make
from tests.make import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client):
    user = make.user(Role.MARKETER)
    client.force_login(user)
    return user


def draft_of(user, name="Wanted"):
    return lists.create(name=name, by=user, now=NOW).versions.get()


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_take_as_many_queries_for_three_as_for_one(client, marketer, rows, django_assert_num_queries):
    for n in range(rows):
        draft_of(marketer, f"List {n}")
    with django_assert_num_queries(7):
        response = client.get("/lists/")
    assert text_of(response).count("List ") >= rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_entries_take_as_many_queries_for_three_as_for_one(client, marketer, rows, django_assert_num_queries):
    version = draft_of(marketer)
    lists.add_accounts(version, [make.account() for _ in range(rows)], by=marketer, now=NOW)
    with django_assert_num_queries(11):
        client.get(f"/lists/{version.list.public_id}/")


def test_a_marketer_starts_a_list(client, marketer):
    response = client.post("/lists/new/", {"name": "2026 H2", "purpose": "R&D"})
    made = TargetList.objects.get()
    assert (made.name, response.url) == ("2026 H2", f"/lists/{made.public_id}/")


def test_a_taken_name_stays_in_the_form_with_the_reason(client, marketer):
    draft_of(marketer, "2026 H2")
    response = client.post("/lists/new/", {"name": "2026 H2"})
    assert "There is already a list called" in text_of(response)
    assert TargetList.objects.count() == 1


def test_pasted_names_come_in_and_doubts_stay_in_the_box(client, marketer):
    make.account("ミナト精工株式会社")
    version = draft_of(marketer)
    response = client.post(
        f"/lists/versions/{version.public_id}/paste/", {"names": "ミナト精工\n未知商事", "tier": "1:many"}
    )
    assert "1 entry added." in text_of(response)
    assert "未知商事</textarea>" in text_of(response)
    assert version.entries.count() == 1


def test_both_heads_sign_on_the_page(client, marketer):
    version = draft_of(marketer)
    lists.add(version, account=make.account(), by=marketer, now=NOW)
    for role in (Role.SALES_MANAGER, Role.MARKETING_LEAD):
        client.force_login(make.user(role))
        client.post(f"/lists/versions/{version.public_id}/sign/")
    version.refresh_from_db()
    assert version.state == "ACTIVE"


def test_a_refused_signature_says_why_and_changes_nothing(client, marketer):
    version = draft_of(marketer)
    client.force_login(make.user(Role.SALES_MANAGER))
    response = client.post(f"/lists/versions/{version.public_id}/sign/", follow=True)
    assert "An empty list cannot be signed" in text_of(response)
    assert not version.signatures.exists()


def test_the_next_version_is_started_and_shows_what_changes(client, marketer):
    target_list = make.active_list(make.account("残る株式会社"))
    client.post(f"/lists/{target_list.public_id}/renew/")
    draft = target_list.versions.get(number=2)
    lists.add(draft, account=make.account("新顔株式会社"), by=marketer, now=NOW)
    page = text_of(client.get(f"/lists/{target_list.public_id}/"))
    assert "What changes against the version in force" in page
    assert page.index("新顔株式会社") < page.index("残る株式会社")


def test_an_entry_is_taken_off(client, marketer):
    version = draft_of(marketer)
    entry = lists.add(version, account=make.account(), by=marketer, now=NOW)
    client.post(f"/lists/entries/{entry.public_id}/remove/")
    assert not TargetEntry.objects.exists()


def test_an_account_is_put_on_a_draft_from_its_page(client, marketer):
    account = make.account()
    version = draft_of(marketer)
    department = make.department(account)
    client.post(
        f"/accounts/{account.public_id}/target/",
        {"version": version.pk, "department": department.pk, "tier": "1:1", "horizon": "NOW", "wanted_rank": 2},
    )
    entry = version.entries.get()
    assert (entry.account, entry.department, entry.tier, entry.wanted_rank) == (account, department, "1:1", 2)


def test_lists_are_closed_to_a_partner(client, marketer):
    version = draft_of(marketer)
    client.force_login(make.user(Role.PARTNER))
    assert client.get(f"/lists/{version.list.public_id}/").status_code == 403
    assert client.post(f"/lists/versions/{version.public_id}/sign/").status_code == 403


def test_a_line_in_doubt_waits_on_the_list_and_comes_in_once_decided(client, marketer):
    one, _other = make.account("青葉電機株式会社"), make.account("青葉電機株式会社")
    version = draft_of(marketer)
    client.post(f"/lists/versions/{version.public_id}/paste/", {"names": "青葉電機", "tier": "1:many"})
    doubt = Doubt.objects.get()
    assert f"/review/{doubt.public_id}/" in text_of(client.get(f"/lists/{version.list.public_id}/"))
    doubts.link(doubt, one, by=marketer, now=NOW)
    client.post(f"/lists/versions/{version.public_id}/take-in/")
    assert TargetEntry.objects.get().account == one
    assert "Which are meant?" not in text_of(client.get(f"/lists/{version.list.public_id}/"))


def paste(client, version, text):
    client.post(f"/lists/versions/{version.public_id}/paste/", {"names": text, "tier": "1:many"})
    return text_of(client.get(f"/lists/{version.list.public_id}/"))


def decide(client, line, **told):
    return text_of(client.post(f"/lists/lines/{line.public_id}/decide/", told, follow=True))


def test_a_typo_is_asked_back_and_one_click_takes_it(client, marketer):
    meant = make.account("みどり電機工業株式会社", prefecture="東京都")
    version = draft_of(marketer)
    page = paste(client, version, "みどり電気工業")
    assert ("Did you mean" in page, "Names look alike" in page, "東京都" in page) == (True, True, True)
    page = decide(client, version.waiting.get(), account=meant.public_id)
    assert ("1 entry added." in page, "Did you mean" in page) == (True, False)
    assert [entry.account for entry in version.entries.all()] == [meant]


def test_a_pasted_spear_is_aimed_made_or_left_out(client, marketer):
    account = make.account("みどり商事")
    it = make.department(account, "情報システム部", function="IT")
    version = draft_of(marketer)
    page = paste(client, version, "みどり商事\t情シス\nみどり商事\tDX室\nみどり商事\t未知")
    assert "みどり商事 has no department called “情シス”." in page
    first, second, third = version.waiting.all()
    decide(client, first, department=it.public_id), decide(client, second, decision="make")
    assert "Left out: みどり商事" in decide(client, third, decision="none")
    assert [entry.department.name for entry in version.entries.order_by("pk")] == ["情報システム部", "DX室"]
    assert not version.waiting.exists()


@pytest.mark.parametrize("told", [{}, {"account": "x"}, {"decision": "link"}, {"account": "\x00"}])
def test_a_choice_that_is_none_is_refused_and_changes_nothing(client, marketer, told):
    make.account("みどり電機工業株式会社")
    version = draft_of(marketer)
    paste(client, version, "みどり電気工業")
    assert "Please choose one of the candidates." in decide(client, version.waiting.get(), **told)
    assert (version.entries.count(), version.waiting.count()) == (0, 1)


@pytest.mark.parametrize(("role", "status"), [(Role.REP, 302), (Role.PARTNER, 403), (Role.ADMIN, 403)])
def test_a_line_is_decided_by_those_who_draw_up_lists(client, marketer, role, status):
    account = make.account("みどり電機工業株式会社")
    version = draft_of(marketer)
    paste(client, version, "みどり電気工業")
    client.force_login(make.user(role))
    line = version.waiting.get()
    assert client.post(f"/lists/lines/{line.public_id}/decide/", {"account": account.public_id}).status_code == status
    assert (version.entries.count(), version.waiting.count()) == (0, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_the_questions_take_as_many_queries_for_three_as_for_one(client, marketer, django_assert_num_queries, number):
    version = draft_of(marketer)
    names = ("みどり電機工業", "あさひ物流倉庫", "北斗計算機械")[:number]
    make.account("青葉"), [make.account(name) for name in names]
    lines = [f"{name[:3]}気{name[4:]}\n{name}\t情シス" for name in names]
    paste(client, version, "\n".join(lines))
    assert version.waiting.count() == 2 * number
    with django_assert_num_queries(14):
        client.get(f"/lists/{version.list.public_id}/")
