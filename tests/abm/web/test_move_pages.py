"""Every move has its page: what it asks, who may be chosen, where a question is shown and with which clock."""

from datetime import timedelta

import pytest
from django.utils import timezone

from abm.web.moves import DOABLE
from funnel import leads, questions
from funnel.enums import MoveName, Stage
from funnel.models import Lead, LeadMove
from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db
BY_THE_CLOCK_OR_ELSEWHERE = {MoveName.IGNORE, MoveName.SELF_SOURCE, MoveName.UNDO}


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def people():
    team = make.team("営業一課")
    roles = {
        "marketer": Role.MARKETER,
        "leader": Role.MARKETING_LEAD,
        "rep": Role.REP,
        "other": Role.REP,
        "manager": Role.SALES_MANAGER,
    }
    sales = {Role.REP, Role.SALES_MANAGER}
    return {name: make.user(role, name, team=team if role in sales else None) for name, role in roles.items()}


@pytest.fixture
def lead(people) -> Lead:
    """Handed to the rep an hour ago."""
    now = timezone.now() - timedelta(hours=1)
    account = make.account("ミナト精工株式会社")
    make.active_list(account)
    make.touch(account, at=now - timedelta(hours=1))
    made = leads.create(account=account, by=people["marketer"], now=now)
    leads.qualify(made, by=people["marketer"], now=now, note="問い合わせ")
    leads.hand_over(made, assignee=people["rep"], by=people["marketer"], now=now)
    return made


def post(client, user, lead, verb, **told):
    client.force_login(user)
    response = client.post(f"/leads/{lead.public_id}/{verb}/", told)
    lead.refresh_from_db()
    return response


def test_every_move_a_person_makes_has_a_page():
    assert set(MoveName) - set(DOABLE) == BY_THE_CLOCK_OR_ELSEWHERE


@pytest.mark.parametrize("verb", DOABLE, ids=str)
def test_every_page_opens_for_marketing_and_sales(client, people, lead, verb):
    for name in ("marketer", "manager"):
        client.force_login(people[name])
        assert client.get(f"/leads/{lead.public_id}/{verb}/").status_code == 200


def test_a_question_goes_from_the_inbox_to_the_desk_and_back(client, people, lead):
    client.force_login(people["rep"])
    assert 'data-key="q"' in text_of(client.get("/inbox/"))
    post(client, people["rep"], lead, "ask", question="どちらの工場ですか")
    page = text_of(client.get("/inbox/"))
    assert "Your question waits for marketing; the clock stands still." in page
    assert 'data-key="q"' not in page
    client.force_login(people["marketer"])
    desk = text_of(client.get("/desk/?tab=asked"))
    assert "どちらの工場ですか" in desk
    assert "1 question" in desk
    assert "どちらの工場ですか" in text_of(client.get(f"/leads/{lead.public_id}/answer/"))
    post(client, people["marketer"], lead, "answer", answer="大田です")
    assert lead.question_at is None
    assert "どちらの工場ですか" not in text_of(client.get("/desk/?tab=asked"))


def test_a_question_is_text_and_no_markup(client, people, lead):
    questions.ask(lead, by=people["rep"], now=timezone.now(), question="<b>x</b>")
    client.force_login(people["marketer"])
    for page in ("/desk/?tab=asked", f"/leads/{lead.public_id}/", f"/leads/{lead.public_id}/answer/"):
        assert "&lt;b&gt;x&lt;/b&gt;" in text_of(client.get(page))


def test_an_analyst_reads_no_question(client, people, lead):
    questions.ask(lead, by=people["rep"], now=timezone.now(), question="田中様はどちらに")
    client.force_login(make.user(Role.ANALYST))
    for page in (f"/leads/{lead.public_id}/", f"/leads/{lead.public_id}/answer/"):
        assert "田中様はどちらに" not in text_of(client.get(page))


def test_an_empty_question_changes_nothing(client, people, lead):
    before = LeadMove.objects.count()
    assert post(client, people["rep"], lead, "ask", question="").status_code == 200
    assert LeadMove.objects.count() == before


def test_a_manager_reassigns(client, people, lead):
    post(client, people["manager"], lead, "reassign", assignee=people["other"].pk, cause="WORKLOAD")
    assert (lead.assignee, lead.stage) == (people["other"], Stage.MQL)


def test_only_the_other_side_is_offered_as_the_second_person(client, people, lead):
    post(client, people["rep"], lead, "reject", reason="NOT_TARGET")
    client.force_login(people["marketer"])
    page = text_of(client.get(f"/leads/{lead.public_id}/disqualify/"))
    assert f'value="{people["manager"].pk}"' in page
    assert f'value="{people["rep"].pk}"' not in page
    post(client, people["marketer"], lead, "disqualify", reason="NOT_TARGET", second_person=people["manager"].pk)
    assert lead.stage == Stage.DISQUALIFIED


def test_both_leaders_reopen_what_was_disqualified(client, people, lead):
    post(client, people["rep"], lead, "reject", reason="NOT_TARGET")
    post(client, people["marketer"], lead, "disqualify", reason="NOT_TARGET", second_person=people["manager"].pk)
    post(client, people["leader"], lead, "reopen", reason="合併した", second_person=people["manager"].pk)
    assert lead.stage == Stage.NURTURE


def test_marketing_argues_and_the_manager_decides(client, people, lead):
    post(client, people["rep"], lead, "reject", reason="NO_NEED")
    post(client, people["marketer"], lead, "appeal", argument="見積の依頼があった")
    client.force_login(people["manager"])
    assert "Upheld: back to routing" in text_of(client.get(f"/leads/{lead.public_id}/appeal/"))
    post(client, people["manager"], lead, "appeal", verdict="UPHELD")
    assert lead.stage == Stage.MQL


def test_buttons_nobody_looks_for_are_left_out(client, people, lead):
    client.force_login(people["marketer"])
    page = text_of(client.get(f"/leads/{lead.public_id}/"))
    assert "Recall…" in page
    assert "Answer…" not in page


def test_a_lead_shows_its_flags(client, people, lead):
    questions.ask(lead, by=people["rep"], now=timezone.now(), question="?")
    client.force_login(people["rep"])
    assert "Question open" in text_of(client.get(f"/leads/{lead.public_id}/"))
