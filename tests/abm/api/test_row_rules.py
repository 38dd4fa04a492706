"""Who sees what: every list, row, search, count and nested person, for every role."""

from typing import Any

import pytest

from funnel import leads
from funnel.enums import Stage
from tests import make
from tests.funnel import people
from users.roles import Role

pytestmark = pytest.mark.django_db

EVERYBODY = ("marketer", "lead_marketer", "rep", "other_rep", "manager", "partner", "analyst", "admin")
MASKED = ("analyst", "admin")
CLEAR = tuple(name for name in EVERYBODY if name not in (*MASKED, "partner"))


@pytest.fixture
def company(world: people.World) -> people.World:
    """One account in the partner's care and one not; a person and a lead at each, the partner's handed to it."""
    ours, theirs = world.account, make.account("提携先", partner=world.partner.team, owner=world.other_rep)
    make.active_list(theirs, name="Partner's")
    far = make.user(Role.REP, "far_rep", team=make.team("West"))
    world.users["far_rep"] = far
    for account, assignee, name in ((ours, world.rep, "内田 一郎"), (theirs, world.partner, "外山 花子")):
        person = make.person(account, name)
        make.touch(account, at=people.NOW, person=person)
        lead = people.lead_at(world, Stage.MQL, account=account, department=None)
        lead.persons.add(person)
        leads.hand_over(lead, assignee=assignee, by=world.marketer, now=people.NOW)
    return world


def names(answer: Any, *path: str) -> set[str]:
    assert answer.status_code == 200, answer.content
    found = set()
    for row in answer.json()["results"]:
        for part in path:
            row = row[part] if row else None
        found.add(row)
    return found


@pytest.mark.parametrize("who", EVERYBODY)
def test_accounts(company, ask, who):
    expected = {"提携先"} if who == "partner" else {"青葉精機", "提携先"}
    assert names(ask(company.users[who]).get("/accounts/"), "name") == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        *[(who, {"内田 一郎", "外山 花子"}) for who in CLEAR],
        *[(who, set()) for who in MASKED],
        ("partner", {"外山 花子"}),
    ],
)
def test_persons(company, ask, who, expected):
    client = ask(company.users[who])
    assert names(client.get("/persons/"), "name") == expected
    assert client.get("/persons/?count=exact").json()["count"] == len(expected)
    assert names(client.get("/persons/?search=内田"), "name") == expected & {"内田 一郎"}


def test_a_partner_sees_whom_its_own_lead_is_about_though_the_account_is_not_in_its_care(company, ask):
    lead = make.account("よその会社").leads.create(created_at=people.NOW, assignee=company.partner)
    lead.persons.add(make.person(lead.account, "奥野 文"))
    answer = ask(company.partner).get(f"/leads/{lead.public_id}/")
    assert [person["name"] for person in answer.json()["persons"]] == ["奥野 文"]


@pytest.mark.parametrize("who", MASKED)
def test_masked_persons_show_nowhere(company, ask, who):
    client = ask(company.users[who])
    lead = client.get("/leads/").json()["results"][0]["id"]
    answers = [client.get(path) for path in ("/leads/", f"/leads/{lead}/", "/touches/", "/handoffs/", "/accounts/")]
    for answer in answers:
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "内田" not in text
        assert "外山" not in text
        assert "example.jp" not in text


def test_a_masked_person_is_not_found_by_id(company, ask):
    person = company.account.affiliations.get().person
    assert ask(company.analyst).get(f"/persons/{person.public_id}/").status_code == 404
    assert ask(company.partner).get(f"/persons/{person.public_id}/").status_code == 404
    assert ask(company.analyst).get(f"/touches/?person={person.public_id}").status_code == 400


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        *[(who, {"青葉精機", "提携先"}) for who in ("marketer", "lead_marketer", "manager", "analyst", "admin")],
        ("rep", {"青葉精機"}),
        ("other_rep", {"青葉精機", "提携先"}),
        ("far_rep", set()),
        ("partner", {"提携先"}),
    ],
)
def test_leads(company, ask, who, expected):
    client = ask(company.users[who])
    assert names(client.get("/leads/"), "account", "name") == expected
    assert client.get("/leads/?count=exact").json()["count"] == len(expected)
    assert names(client.get("/leads/?search=精機"), "account", "name") == expected & {"青葉精機"}


def test_a_lead_nobody_showed_is_not_there(company, ask):
    hidden = company.account.leads.get()
    for who in ("partner", "far_rep"):
        client, before = ask(company.users[who]), people.everything()
        assert client.get(f"/leads/{hidden.public_id}/").status_code == 404
        assert client.post(f"/leads/{hidden.public_id}/accept/", {}).status_code == 404
        assert people.everything() == before


@pytest.mark.parametrize("path", ["/handoffs/", "/touches/", "/departments/", "/contracts/"])
def test_a_partner_sees_only_its_own_accounts(company, ask, path):
    make.department(make.account("提携先2", partner=company.partner.team), "営業部")
    assert names(ask(company.partner).get(path), "account", "name") <= {"提携先", "提携先2"}


def test_a_partner_sees_no_lists_and_only_its_own_firm(company, ask):
    client = ask(company.partner)
    listed = ask(company.marketer).get("/lists/").json()["results"][0]["id"]
    assert names(client.get("/lists/"), "name") == set()
    assert client.get(f"/lists/{listed}/versions/1/entries/").status_code == 404
    assert names(client.get("/users/"), "name") == {"Partner"}


def test_a_partners_user_without_a_firm_sees_nothing(company, ask):
    client = ask(make.user(Role.PARTNER, team=None))
    for path in ("/accounts/", "/persons/", "/leads/", "/handoffs/", "/touches/", "/departments/", "/deals/"):
        assert names(client.get(path), "id") == set()


def test_notes_on_moves_are_for_those_who_see_persons(company, ask):
    lead = company.account.leads.get()
    ask(company.rep).post(f"/leads/{lead.public_id}/reject/", {"reason": "OTHER", "note": "内田様は退職"})
    for who, expected in (("marketer", "内田様は退職"), ("analyst", "")):
        moves = ask(company.users[who]).get(f"/leads/{lead.public_id}/").json()["moves"]
        assert moves[-1]["note"] == expected


def test_metrics_count_what_the_asker_sees(company, ask):
    counted = {}
    for who in ("marketer", "rep", "partner", "far_rep"):
        found = ask(company.users[who]).get("/metrics/leads_handed_over/").json()["results"]
        counted[who] = sum(row["numerator"] for row in found)
    assert counted == {"marketer": 2, "rep": 1, "partner": 1, "far_rep": 0}


def test_imports_are_for_marketing_and_those_who_made_them(company, ask):
    from imports.models import ImportJob

    ImportJob.objects.create(source=company.source, kind="accounts", by=company.rep, queued_at=people.NOW)
    seen = {who: len(names(ask(company.users[who]).get("/imports/"), "id")) for who in EVERYBODY}
    assert seen == {who: int(who in ("marketer", "lead_marketer", "rep", "admin")) for who in EVERYBODY}
