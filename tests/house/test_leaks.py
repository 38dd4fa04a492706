"""Nothing of somebody else's: every address of pages and API, asked by those who see only a part of the rows.

Four sides, each with rows whose words begin with its letter: two sales teams and two partner firms. Every GET route is
asked with the ids of all sides, links found in pages are followed, lists are searched; no answer may hold a word or an
id that is not the asker's to see. A new route whose ids nobody has named here fails.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

from accounts import opt_outs
from accounts.consent import Erasure, OptOut
from accounts.identity import Doubt, Merge
from accounts.ledger import SourceCost
from accounts.models import Account, Contract, Offering, Person, WordRule
from audit import outbox, webhooks
from audit.models import Access, OutboxMessage, Webhook, WebhookDelivery
from engagement.models import Touch
from funnel import agreeing, leads, questions, transfers
from funnel.models import Deal, Feedback, Handoff, Lead, RoutingRule, Transfer
from funnel.terms import Policy, Proposal
from imports.drawers import DrawerInvitation, DrawerRound
from imports.models import ImportJob, MappingTemplate
from imports.samples import Sample, SamplePair
from targets.models import PlannedPerson, RevivalPlan, TargetEntry, TargetList, TargetListVersion, WaitingLine
from tests import make
from users import absences
from users.models import Absence, BusinessCalendar, Letter, Team, User
from users.roles import Role

pytestmark = pytest.mark.django_db
NOW = make.NOW
HOUR = timedelta(hours=1)
FIRMS = {"甲": "SALES", "乙": "SALES", "丙": "PARTNER", "丁": "PARTNER"}
SECRETS = "秘質動却感休"
"""After a side's letter: 秘 for whatever an account has, 質動却感休 for what is told about a lead or an absence."""

Ids = dict[str, list[str]]


def side(letter: str, marketer: User) -> None:
    """All that a team or firm has: an account with a person, four leads at different places, words everywhere."""
    team = make.team(f"{letter}の営業", FIRMS[letter])
    partner = team if team.kind == "PARTNER" else None
    user = make.user(Role.PARTNER if partner else Role.REP, f"user-{letter}", name=f"{letter}の担当", team=team)
    account = make.account(f"{letter}秘工業", owner=None if partner else user, partner=partner)
    make.active_list(account, name=f"{letter}秘一覧")
    person = make.person(account, f"{letter}秘太郎", email=f"{FIRMS[letter].lower()}-{ord(letter)}@secret.example")
    opt_outs.record(f"{FIRMS[letter].lower()}-{ord(letter)}-out@secret.example", by=marketer, now=NOW)
    handed = [_handed(account, f"{letter}秘{n}部", user, marketer, person) for n in range(4)]
    questions.ask(handed[1], by=user, now=NOW, question=f"{letter}質問")
    leads.accept(handed[2], by=user, now=NOW, next_action=f"{letter}動く", next_action_on=NOW.date())
    leads.reject(handed[3], by=user, now=NOW, reason="OTHER", note=f"{letter}却下")
    told = {"asked_at": NOW, "closes_at": NOW + timedelta(days=30)}
    asked = {"lead": handed[2], "account": account, "user": user, "team": team}
    Feedback.objects.create(**asked, **told, step=30)
    Feedback.objects.create(
        **asked, **told, step=60, answered_at=NOW, progress="PROPOSAL", quality=4, note=f"{letter}感想"
    )
    Deal.objects.create(
        source=make.source("sfa"), external_id=letter, account=account, owner=user, name=f"{letter}秘商談"
    )
    absences.arrange(
        user, by=user, now=NOW, first_on=NOW.date() + timedelta(days=9), last_on=NOW.date() + timedelta(days=9),
        note=f"{letter}休暇",
    )  # fmt: skip
    if partner:
        Policy.objects.create(partner=team, active_from=NOW)


def _handed(account: Account, name: str, user: User, marketer: User, person: Any) -> Lead:
    department = make.department(account, name)
    make.touch(account, at=NOW - HOUR, department=department, person=person, title=f"{name}の接触")
    made = leads.create(account=account, department=department, by=marketer, now=NOW)
    made.persons.add(person)
    leads.qualify(made, by=marketer, now=NOW, note="問い合わせ")
    leads.hand_over(made, assignee=user, by=marketer, now=NOW)
    return made


@pytest.fixture(autouse=True)
def at_a_standstill() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def marketer(db: None) -> User:
    return make.user(Role.MARKETER)


@pytest.fixture
def world(marketer: User) -> User:
    """All four sides, and what the office has; what happened has been told to everybody."""
    admin = make.user(Role.ADMIN, "admin")
    hook = webhooks.create(name="x", url="https://hook.example.com/", kinds=["lead.asked"], by=admin, now=NOW)
    for letter in FIRMS:
        side(letter, marketer)
    RoutingRule.objects.create(position=1, name="甲秘規則", target="PARTNER")
    agreeing.propose(by=admin, now=NOW, active_from=None, answer_hours=9, note="丁秘提案")
    ImportJob.objects.create(kind="accounts", source=make.source(), by=marketer, queued_at=NOW, file_name="丁秘.csv")
    webhooks.test(hook, by=admin, now=NOW)
    transfers.record(now=NOW)
    outbox.deliver(now=NOW + timedelta(minutes=1))
    return admin


# Which ids an address takes: by its name's longest beginning here, then by what the address calls them.

SUBJECTS = {
    "leads": "leads", "lead": "leads", "lead_found_at": "accounts", "inbox_open": "leads", "desk_hand_over": "leads",
    "accounts": "accounts", "account": "accounts", "departments": "departments", "persons": "persons",
    "person_origins": "persons", "person": "persons", "accesses": "accesses", "erasures": "erasures",
    "erasure": "erasures", "transfers": "transfers",
    "source": "costs",
    "opt_out": "opt_outs", "opt-outs": "opt_outs",
    "offerings": "offerings", "contracts": "contracts", "users": "users", "lists": "lists", "list": "lists",
    "list_paste": "versions",
    "list_decide": "lines",
    "list_take_in": "versions", "list_sign": "versions", "list_send_back": "versions", "list_remove": "entries",
    "entries": "entries", "handoffs": "handoffs", "feedback": "feedback", "deals": "deals", "touches": "touches",
    "absences": "absences", "absence": "absences", "calendars": "calendars", "calendar": "calendars",
    "calendar_use": "teams", "policies": "policies", "policy": "proposals", "policy-proposals": "proposals",
    "letters": "letters", "letter": "letters", "routing": "rules", "routing-rules": "rules", "imports": "imports",
    "import": "imports", "webhook": "webhooks", "webhooks": "webhooks", "deliveries": "deliveries",
    "webhook_replay_one": "deliveries", "outbox_replay": "messages", "import_forget": "templates",
    "import-templates": "templates", "review": "doubts", "doubts": "doubts", "review_unmerge": "merges",
    "merges": "merges", "word": "word_rules", "word-rules": "word_rules",
    "drawer_round": "rounds", "drawer_invite": "rounds", "drawer_remind": "rounds", "drawer_close": "rounds",
    "drawer_renew_link": "invitations", "drawer-rounds": "rounds",
    "sample": "samples", "sample_label": "pairs", "samples": "samples", "match-samples": "samples",
    "plan": "plans", "plan_drop": "planned", "plans": "plans",
}  # fmt: skip
WORDS = {
    "key": ["sal_rate", "leads_handed_over", "feedback_rate"], "pile": ["route", "rejected", "asked", "appealed"],
    "verb": ["accept"], "way": ["up"], "code": ["TIMING", "sfa"], "number": ["1"], "source": ["sfa"],
    "external_id": ["甲"], "username": ["user-甲"], "token": ["x"], "kind": ["accounts"],
    "of": ["persons"],
}  # fmt: skip
NAMED = {
    "team": "teams", "list": "lists", "webhook": "webhooks", "calendar_id": "calendars", "message_id": "messages",
    "kept_id": "accounts", "gone_id": "accounts", "cost": "costs", "line": "lines",
}  # fmt: skip
ASKED_WITH = ["", "?search=秘&count=exact", "?count=exact&limit=200"]
LEADS_AWAY = {"sign_out", "choose_language", "choose_theme", "choose_keys", "styleguide", "sign_in_as", "answer_link",
              "drawer_link"}  # fmt: skip


def everything() -> Ids:
    """By kind the ids of rows of all sides: of leads and what belongs to them, those whose words are secret."""
    kinds: dict[str, Any] = {
        "accounts": Account, "persons": Person, "offerings": Offering,
        "contracts": Contract, "users": User, "lists": TargetList, "versions": TargetListVersion,
        "entries": TargetEntry, "deals": Deal, "touches": Touch,
        "absences": Absence, "policies": Policy, "proposals": Proposal, "letters": Letter, "rules": RoutingRule,
        "imports": ImportJob, "templates": MappingTemplate,
        "doubts": Doubt, "merges": Merge, "opt_outs": OptOut,
        "accesses": Access, "erasures": Erasure, "transfers": Transfer, "costs": SourceCost,
        "webhooks": Webhook, "deliveries": WebhookDelivery, "teams": Team,
        "word_rules": WordRule, "samples": Sample, "pairs": SamplePair,
        "rounds": DrawerRound, "invitations": DrawerInvitation,
        "plans": RevivalPlan, "planned": PlannedPerson, "lines": WaitingLine,
    }  # fmt: skip
    first = {"calendars": BusinessCalendar, "messages": OutboxMessage}
    found = {name: model.objects.values_list("public_id", flat=True) for name, model in kinds.items()}
    found |= {name: model._default_manager.values_list("pk", flat=True)[:1] for name, model in first.items()}
    asked = Lead.objects.filter(question_at__isnull=False)
    found["leads"] = asked.values_list("public_id", flat=True)
    found["handoffs"] = asked.values_list("handoffs__public_id", flat=True)
    found["departments"] = asked.values_list("department__public_id", flat=True)
    found["feedback"] = Feedback.objects.answered().values_list("public_id", flat=True)
    return {name: [str(one) for one in rows] for name, rows in found.items()}


def routes() -> Iterator[tuple[str, str, list[str]]]:
    """Every address that may be read: its name, its form, and what it is called by."""
    yield from _below(get_resolver().url_patterns, "/")


def _below(patterns: list[Any], above: str) -> Iterator[tuple[str, str, list[str]]]:
    for pattern in patterns:
        form, names = normalize(pattern.pattern.regex.pattern)[0]
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, above + form)
        elif _reads(pattern) and pattern.name not in LEADS_AWAY:
            yield pattern.name or "", above + form, names


def _reads(pattern: URLPattern) -> bool:
    """Whether GET means something there, as far as it can be told; and there is a page at all."""
    actions = getattr(pattern.callback, "actions", None)
    return (not actions or "get" in actions) and ".*" not in pattern.pattern.regex.pattern


def kind_of(route: str, name: str) -> str:
    """Which rows a part of an address names; empty where a word is meant."""
    if name in WORDS:
        return ""
    fits = [known for known in SUBJECTS if route == known or route.startswith((f"{known}-", f"{known}_"))]
    return NAMED.get(name) or (SUBJECTS[max(fits, key=len)] if fits else "?")


def addresses(ids: Ids) -> Iterator[str]:
    """Every address with every id."""
    for route, form, names in routes():
        values = [ids[kind] if (kind := kind_of(route, name)) else WORDS[name] for name in names]
        for chosen in product(*values):
            yield form % dict(zip(names, chosen, strict=True))


def test_it_is_known_which_ids_every_address_takes() -> None:
    known = {*SUBJECTS.values(), *NAMED.values(), ""}
    assert {
        (route, name) for route, _, names in routes() for name in names if kind_of(route, name) not in known
    } == set()


def ids_of(*letters: str) -> set[str]:
    """Ids of those sides' leads, deliveries and feedback."""
    theirs = {"assignee__username__in": [f"user-{letter}" for letter in letters]}
    found = [*Lead.objects.filter(**theirs), *Handoff.objects.filter(**theirs)]
    return {str(row.public_id) for row in [*found, *Feedback.objects.filter(lead__in=Lead.objects.filter(**theirs))]}


def forbidden(letters: str, secrets: str, ids: set[str]) -> re.Pattern[str]:
    return re.compile("|".join([f"[{letters}](?:[{secrets}]|の担当)", *sorted(ids)]))


def rep() -> re.Pattern[str]:
    """A rep sees all accounts and colleagues, but nothing told about others' leads, nor that they are there."""
    return re.compile("|".join(["[乙丙丁][質動却感休]", *sorted(ids_of("乙", "丙", "丁"))]))


def partner() -> re.Pattern[str]:
    """A partner's user sees nothing of anybody else."""
    return forbidden("甲乙丁", SECRETS, ids_of("甲", "乙", "丁"))


def nobody() -> re.Pattern[str]:
    """A partner's user without a firm."""
    return forbidden("甲乙丙丁", SECRETS, ids_of(*FIRMS))


def masked() -> re.Pattern[str]:
    """Who looks after operations sees no persons, nor what was written about leads."""
    return re.compile("秘太郎|secret.example|[甲乙丙丁][質却感]")


VIEWERS = {
    "user-甲": (Role.REP, rep),
    "user-丙": (Role.PARTNER, partner),
    "firmless": (Role.PARTNER, nobody),
    "admin": (Role.ADMIN, masked),
}


@pytest.mark.parametrize("who", VIEWERS)
def test_no_answer_holds_what_is_not_the_askers(client: Client, world: User, who: str) -> None:
    role, of = VIEWERS[who]
    user = User.objects.filter(username=who).first() or make.user(role, who, team=None)
    client.force_login(user)
    never, leaks, links = of(), [], {}
    paths = list(addresses(everything()))
    asked = {path + how for path in paths for how in (ASKED_WITH if path.count("/") == 4 and "/v1/" in path else [""])}
    for path in sorted(asked):
        body = words_of(client.get(path))
        leaks += [(path, found) for found in set(never.findall(body))]
        links |= {shape(link): link.replace("&amp;", "&") for link in LINK.findall(body)}
    for path in sorted(links.values()):
        leaks += [(path, found) for found in set(never.findall(words_of(client.get(path))))]
    assert leaks == []


LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*\?[^"#]+)"')


def shape(link: str) -> str:
    """Links of a chart or a table differ in their values only: one of them is followed."""
    return re.sub("=[^&]*", "", link)


def words_of(answer: HttpResponse) -> str:
    """What an answer says; a refusal may repeat the asker's own words, a missing page says nothing."""
    assert answer.status_code < 500
    if answer.status_code >= 300:
        return ""
    return b"".join(answer).decode() if answer.streaming else answer.content.decode()


API = ("leads", "handoffs", "feedback", "accounts", "persons", "deals", "touches", "departments", "absences")
NUMBERS = ["/api/v1/metrics/leads_handed_over/", "/api/v1/metrics/sal_rate/rows/", "/rows/leads_handed_over/"]
COUNTED = {
    "user-甲": ["/counts/", "/inbox/", "/feedback/", *(f"/api/v1/{kind}/?count=exact" for kind in API[:3]), *NUMBERS],
    "user-丙": [
        *("/counts/", "/inbox/", "/feedback/", "/accounts/", "/notices/"),
        *(f"/api/v1/{kind}/?count=exact" for kind in API),
        *NUMBERS,
    ],
}


@pytest.mark.parametrize("who", COUNTED)
def test_no_number_changes_by_what_others_have(client: Client, marketer: User, who: str) -> None:
    side(who[-1], marketer)
    client.force_login(User.objects.get(username=who))
    before = [plain(client.get(path)) for path in COUNTED[who]]
    for letter in set(FIRMS) - {who[-1]}:
        side(letter, marketer)
    assert [plain(client.get(path)) for path in COUNTED[who]] == before


def plain(answer: HttpResponse) -> tuple[int, str]:
    """Without what is drawn afresh for every answer."""
    text = words_of(answer)
    return answer.status_code, re.sub(r'csrf[^>]*value="[^"]*"|"X-CSRFToken": "[^"]*"|nonce="[^"]*"', "", text)
