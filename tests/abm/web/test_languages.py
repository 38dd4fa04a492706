"""No English on a Japanese page and no Japanese on an English one: every text a page shows, but for data and codes."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.enums import RunState
from audit.models import OutboxMessage, TaskRun
from funnel import leads, overdue
from imports import jobs, load
from targets import lists
from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db

KEYS = ("company", "department", "person", "offering", "team", "source", "note", "user", "list", "title", "columns")
VALUES = {
    "ja": "ミナト精工|設計部|高橋 誠|図面検索|東日本|セミナー|質問|早瀬 彩|重点|図面|会社名,従業員数",
    "en": "Minato|Design|Mai Takahashi|Drawings|East|Seminar|A talk|Aya Hayase|Top|Drawings|Company,Employees",
}
DATA = {language: dict(zip(KEYS, values.split("|"), strict=True)) for language, values in VALUES.items()}
WORDS = "ABM SAL MQL SQL SFA MA CSV TSV Excel API JSON ID PC JPY JP utf- sfa seminar- Ctrl Asia Tokyo Standard East"
WORDS += " Slack Teams Webhook"
SHARED = set(WORDS.split())
"""Latin words that are Japanese business words, names or codes. A longer list needs a reason."""
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+")
LATIN = re.compile(r"[A-Za-z][A-Za-z’'-]+")
SILENT = {"script", "style", "code", "kbd", "time"}
SPOKEN = {"title", "placeholder", "aria-label", "data-label", "alt"}


class Texts(HTMLParser):
    """Every text a person sees or hears, without codes, keys, and what says that it is in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in {"meta", "link", "input", "br", "hr", "img", "use", "path", "rect", "circle", "line"}:
            self.open.append(tag in SILENT or ("lang" in given and tag != "html"))
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self.open and tag not in {"use", "path", "rect", "circle", "line", "input"}:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self.open):
            self.found.append(data.strip())


def texts_of(page: str) -> list[str]:
    parser = Texts()
    parser.feed(page)
    return parser.found


def strangers(page: str, language: str) -> list[str]:
    """Words of the other language."""
    found = texts_of(page)
    if language == "en":
        return [word for text in found for word in JAPANESE.findall(text)]
    data = " ".join(DATA["ja"].values())
    clean = (re.sub(r"\S+@\S+|https?://\S+", "", text) for text in found)
    return [word for text in clean for word in LATIN.findall(text) if word not in SHARED and word not in data]


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pages(language: str, settings) -> dict[Role, list[str]]:
    """A small company with one of everything, and the addresses each role walks."""
    settings.LANGUAGE_CODE = language
    data, now = DATA[language], timezone.now()
    team = make.team(data["team"])
    at_work = {
        role: make.user(role, role.lower(), name=data["user"], language=language, team=team)
        for role in (Role.MARKETER, Role.MARKETING_LEAD, Role.REP, Role.SALES_MANAGER, Role.ADMIN, Role.ANALYST)
    }
    marketer, rep, manager = at_work[Role.MARKETER], at_work[Role.REP], at_work[Role.SALES_MANAGER]
    lead_of_marketing = at_work[Role.MARKETING_LEAD]
    source = make.source("sfa", name=data["source"])
    account = make.account(data["company"], owner=rep, relation="CUSTOMER")
    listed = lists.create(name=data["list"], by=marketer, now=now - timedelta(days=30))
    version = listed.versions.get()
    lists.add_accounts(version, [account], by=marketer, now=now - timedelta(days=30))
    for signer in (lead_of_marketing, manager):
        lists.sign(version, by=signer, now=now - timedelta(days=30))
    draft = lists.start_next(listed, by=marketer, now=now)
    found = []
    for n in range(5):
        then = now - timedelta(days=9 - n)
        department = make.department(account, f"{data['department']}{n}")
        person = make.person(account, data["person"], department)
        offering = make.offering(f"o{n}", name=data["offering"])
        make.touch(account, department=department, person=person, at=then, source=source, title=data["title"])
        make.touch(account, department=department, kind="CALL", user=rep, at=then, source=source)
        lead = leads.create(account=account, department=department, offering=offering, by=marketer, now=then)
        leads.qualify(lead, by=marketer, now=then, note=data["note"])
        found.append(lead)
    for lead in found[:4]:
        then = now - timedelta(days=4)
        leads.hand_over(lead, assignee=rep, by=marketer, now=then)
    then = now - timedelta(days=3, hours=22)
    leads.accept(found[0], by=rep, now=then, next_action=data["note"], next_action_on=then.date())
    leads.reject(found[1], by=rep, now=then, reason="TIMING")
    overdue.ignore_overdue(now=now, by=make.system())
    waiting = leads.create(account=account, offering=offering, by=marketer, now=now)
    leads.qualify(waiting, by=marketer, now=now, note=data["note"])
    leads.hand_over(waiting, assignee=rep, by=marketer, now=now)
    file = SimpleUploadedFile("a.csv", f"{data['columns']}\n{data['company']},x\n,5\n".encode())
    wish = {"file_name": "1.2", "kind": "accounts", "source": "sfa", "wake": False}
    job = jobs.queue(file, by=marketer, now=now, **wish)
    load.run(job, now=now)
    TaskRun.objects.create(task="imports.run", state=RunState.FAILED, started_at=now, error="1")
    OutboxMessage.objects.create(topic="1", key="1", created_at=now, available_at=now, failed_at=now)
    every_lead = [f"/leads/{lead.public_id}/" for lead in [*found, waiting]]
    verbs = [f"{every_lead[-1]}{verb}/" for verb in ("accept", "reject")] + [f"{every_lead[0]}recycle/"]
    account_page = f"/accounts/{account.public_id}/"
    list_page = f"/lists/{listed.public_id}/"
    return {
        Role.REP: ["/inbox/", *every_lead, *verbs, "/notices/"],
        Role.SALES_MANAGER: ["/inbox/", "/funnel/", *[f"/funnel/?by={by}" for by in ("tier", "existing", "month")]],
        Role.MARKETER: ["/desk/", "/desk/?tab=rejected", "/desk/?tab=back", "/accounts/", "/accounts/?search=zzz",
                        account_page, f"{account_page}target/", "/lists/", "/lists/new/", list_page,
                        f"{list_page}?version=1", f"/lists/versions/{draft.public_id}/paste/", "/imports/",
                        f"/imports/{job.public_id}/", "/metrics/", "/metrics/golden/", "/rows/sal_rate/",
                        "/rows/win_rate/", "/rows/white_cells/", "/nothing/"],
        Role.ADMIN: [
            "/operations/", "/operations/letters/", "/settings/", "/settings/messages/", "/settings/absences/",
            "/settings/clocks/", "/settings/reasons/",
        ],
        Role.ANALYST: [account_page, every_lead[0], "/inbox/"],
    }  # fmt: skip


def test_every_page_speaks_one_language(client, pages, language):
    from users.models import User

    found = {}
    for role, addresses in pages.items():
        client.force_login(User.objects.get(username=role.lower()))
        for address in addresses:
            words = strangers(client.get(address).content.decode(), language)
            if words:
                found[re.sub(r"[0-9a-f-]{36}", "…", address)] = sorted(set(words))
    assert found == {}


def test_sign_in_speaks_the_language_of_the_browser(client, db, language):
    page = client.get("/login/", headers={"Accept-Language": language}).content.decode()
    assert strangers(page, language) == []
