"""One of everything there is a page for, for whoever walks all pages."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import doubts, merging, opt_outs, sources, teaching
from accounts.consent import Erasure
from accounts.enums import CostKind
from audit import webhooks
from audit.models import OutboxMessage
from funnel import agreeing, leads
from funnel.models import Feedback, RoutingRule, Transfer
from imports import drafts, jobs, rounds
from imports.models import MappingTemplate
from imports.samples import Sample
from targets import plans
from targets.dormant import Selection
from targets.models import WaitingLine
from tests import make
from users import absences
from users.models import Letter
from users.roles import Role


def one_of_everything() -> SimpleNamespace:
    """One of everything: a lead with the rep, its list, a file, a message that failed."""
    marketer, rep, now = make.user(Role.MARKETER), make.user(Role.REP), timezone.now()
    account = make.account(owner=rep)
    wanted = make.active_list(account)
    department = make.department(account)
    make.touch(account, department=department, at=now)
    lead = leads.create(account=account, department=department, by=marketer, now=now)
    leads.qualify(lead, by=marketer, now=now, note="問い合わせ")
    leads.hand_over(lead, assignee=rep, by=marketer, now=now)
    file = SimpleUploadedFile("a.csv", "会社名\nミナト精工\n".encode())
    job = jobs.queue(file, file_name="a.csv", kind="accounts", source="sfa", by=marketer, now=now, wake=False)
    draft, started = (drafts.draft(file, file_name="a.csv", by=marketer, now=now) for _ in range(2))
    drafts.start(started, by=marketer, now=now, wake=False)
    failed = OutboxMessage.objects.create(topic="x", key="x:1", created_at=now, available_at=now, failed_at=now)
    when = {"asked_at": now, "closes_at": now + timedelta(days=30)}
    asked = Feedback.objects.create(lead=lead, account=account, user=rep, step=30, **when)
    letter = Letter.objects.create(user=rep, key="x", channel="MAIL", created_at=now, available_at=now, failed_at=now)
    version = wanted.versions.get()
    spear = {"account": account, "text": "甲\t乙", "department": "乙"}
    line = WaitingLine.objects.create(version=version, by=marketer, at=now, **spear)
    away = now.date() + timedelta(days=9)
    absence = absences.arrange(rep, by=rep, now=now, first_on=away, last_on=away)
    proposal = agreeing.propose(by=make.user(Role.ADMIN), now=now, active_from=None, answer_hours=12)
    admin = make.user(Role.ADMIN)
    webhook = webhooks.create(name="x", url="https://hook.example.com/", kinds=[], by=admin, now=now)
    delivery = webhooks.test(webhook, by=admin, now=now)
    rule = RoutingRule.objects.create(position=1, name="All", target="PARTNER")
    twin, same = make.account("双子"), make.account("同一")
    doubt = doubts.raise_pair(account, twin, rule="FUZZY", score=90, by=admin, now=now)
    merge = merging.merge(twin, same, by=admin, now=now)
    person = make.person(account)
    opt_out = opt_outs.record("nobody@example.jp", by=admin, now=now)
    word_rule = teaching.teach(naming="TITLE", text="隊長", meaning="MANAGER", by=marketer, now=now)
    sample = Sample.objects.create(by=admin, at=now, looked_at=1)
    sample.pairs.create(position=1, stratum="LINKED", rule="COMPANY_KEY", weight=1, facts={"name": "甲"}, account=twin)
    round_ = rounds.start(name="引き出し", due_on=away, people=[rep], by=marketer, now=now)
    plan = plans.start(Selection(), by=marketer, now=now)
    flat = {"kind": CostKind.FLAT, "amount": Decimal(1), "first_on": away}
    erasure = Erasure.objects.create(person=make.person(account), at=now, by=marketer, ground="x")
    given = {"account": account, "partner": make.team("代理店", "PARTNER"), "at": now, "data": ["NAME"]}
    Transfer.objects.create(person=person, **given)
    cost = sources.add_cost(make.source(), **flat, by=admin, now=now)
    return SimpleNamespace(
        sample=sample, plan=plan, round=round_, person=person, opt_out=opt_out, cost=cost, erasure=erasure,
        webhook=webhook, delivery=delivery, rule=rule, twin=twin, doubt=doubt, merge=merge,
        absence=absence, proposal=proposal, rep=rep, account=account, lead=lead, list=wanted, version=version,
        entry=version.entries.get(), job=job, failed=failed, feedback=asked, letter=letter,
        draft=draft, template=MappingTemplate.objects.get(), word_rule=word_rule, line=line,
    )  # fmt: skip
