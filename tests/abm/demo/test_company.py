"""Who and what the demo company is made of."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.db.models import Count, F, Q

from abm.demo import staff
from abm.demo.companies import drafts
from abm.demo.offerings import PRODUCTS
from accounts.corporate_numbers import parse
from accounts.enums import Relation
from accounts.models import Account, Affiliation, Contract, Department, Offering, Person
from accounts.names import company_key
from audit.models import OutboxMessage
from engagement.models import Touch
from funnel import feedback, invariants, routing
from funnel.enums import DealStatus, MoveName, Stage
from funnel.models import CohortRollup, Deal, Feedback, Handoff, Lead, LeadMove
from funnel.querysets import HandoffQuerySet, LeadQuerySet
from funnel.terms import Proposal
from imports.drawers import DrawerRound
from scoring.models import Score, ScoringRule
from targets.enums import Side, VersionState
from targets.models import TargetList, TargetListVersion
from users import absences
from users.models import User
from users.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
ALL_STAGES = set(Stage)


def own_leads() -> LeadQuerySet:
    return Lead.objects.without_samples()


def test_no_invariant_is_broken(company: datetime) -> None:
    assert list(invariants.check(now=company)) == []


def test_every_role_can_sign_in() -> None:
    roles = {member.role for member in staff.MEMBERS}
    assert roles == set(Role) - {Role.SYSTEM}


@pytest.mark.parametrize("username", [staff.MAIN_REP, "sasakura", "matsunaga"])
def test_the_printed_password_opens_the_door(username: str) -> None:
    user = authenticate(username=username, password=staff.PASSWORD)
    assert user is not None
    assert user.get_username() == username


def test_nobody_signs_in_as_the_sfa_or_the_system() -> None:
    for user in User.objects.filter(is_service=True):
        assert not user.has_usable_password()


def test_every_company_has_a_valid_number_and_its_own_name() -> None:
    companies = Account.objects.exclude(industry="見本")
    assert [parse(account.corporate_number) for account in companies] == [a.corporate_number for a in companies]
    assert companies.values("key").distinct().count() == companies.count()


def test_a_full_company_knows_120_different_accounts() -> None:
    made = drafts(120)
    assert len({company_key(draft.name) for draft in made}) == 120
    assert len({draft.domain for draft in made}) == 120


def test_groups_have_a_holding_and_members() -> None:
    heads = Account.objects.annotate(members=Count("children")).filter(members__gt=0)
    assert {head.name for head in heads} <= {f"{stem}ホールディングス株式会社" for stem in ("青葉", "北斗", "銀嶺")}


def test_departments_are_trees_within_one_account() -> None:
    assert not Department.objects.filter(parent__isnull=False).exclude(parent__account=F("account")).exists()
    assert Department.objects.filter(parent__parent__isnull=False).exists()


def test_everybody_works_in_a_department_of_the_account() -> None:
    working = Affiliation.objects.filter(ended_on=None)
    assert not working.exclude(department__account=F("account")).exists()
    assert Person.objects.exclude(affiliations__in=working).count() == 0


def test_mails_are_of_reserved_domains() -> None:
    assert not Person.objects.exclude(Q(email="") | Q(email__endswith=".example")).exists()
    assert (
        not User.objects.filter(source=staff.USER_SOURCE).exclude(Q(email="") | Q(email__endswith=".example")).exists()
    )


def test_all_offerings_are_sold_and_customers_own_some() -> None:
    assert Offering.objects.count() == len(PRODUCTS) == 8
    customers = Account.objects.filter(relation=Relation.CUSTOMER)
    assert not customers.exclude(pk__in=Contract.objects.values("account")).exists()


def test_every_stage_has_leads() -> None:
    assert set(own_leads().values_list("stage", flat=True)) == ALL_STAGES


def test_nothing_happens_after_now(company: datetime) -> None:
    assert not LeadMove.objects.filter(at__gt=company).exists()
    assert not Touch.objects.filter(occurred_at__gt=company).exists()
    assert not Lead.objects.filter(
        Q(ghost_at__gt=company) | Q(first_touch_at__gt=company, source__is_sample=False)
    ).exists()


def test_a_deal_stands_behind_every_pipeline_lead() -> None:
    sold = own_leads().filter(stage__in=[Stage.PIPELINE, Stage.WON, Stage.LOST])
    assert not sold.filter(deal=None).exists()
    states = {Stage.PIPELINE: DealStatus.OPEN, Stage.WON: DealStatus.WON, Stage.LOST: DealStatus.LOST}
    assert all(states[Stage(lead.stage)] == lead.deal.status for lead in sold.select_related("deal"))
    assert Deal.objects.filter(amount__lte=0).count() == 0


def test_a_won_lead_left_a_contract_and_a_customer() -> None:
    won = own_leads().filter(stage=Stage.WON).select_related("deal", "account")
    assert won
    for lead in won:
        assert Contract.objects.get(source="sfa", external_id=lead.deal.external_id).account_id == lead.account_id
        assert lead.account.relation == Relation.CUSTOMER


def test_evidence_comes_before_the_qualification() -> None:
    by_rule = own_leads().filter(moves__move=MoveName.QUALIFY, moves__by__username="system")
    assert by_rule
    threshold = ScoringRule.objects.in_force().threshold
    for lead in by_rule:
        parts = lead.because["parts"]
        assert parts
        assert lead.score >= threshold
        found = Touch.objects.filter(pk__in=[part["touch"] for part in parts], account=lead.account_id)
        assert found.filter(occurred_at__lte=lead.mql_at).count() == len(parts)


def test_sales_confirm_only_after_a_talk() -> None:
    for move in LeadMove.objects.filter(move=MoveName.CONFIRM, imported=False).select_related("lead"):
        talks = Touch.objects.filter(account=move.account_id, two_way=True, occurred_at__lte=move.at)
        assert talks.filter(Q(department=move.lead.department_id) | Q(department=None)).exists()


def test_the_list_is_signed_by_both_and_its_next_version_waits() -> None:
    main = TargetList.objects.get(name="重点企業リスト")
    states = list(main.versions.order_by("number").values_list("state", flat=True))
    assert states == [VersionState.SUPERSEDED, VersionState.ACTIVE, VersionState.SIGNING]
    active, waiting = main.versions.get(number=2), main.versions.get(number=3)
    assert {signature.side for signature in active.signatures.all()} == set(Side)
    assert [signature.side for signature in waiting.signatures.all()] == [Side.MARKETING]


def test_a_second_list_is_unsigned() -> None:
    version = TargetListVersion.objects.get(list__name="新規開拓リスト（西日本）")
    assert version.state == VersionState.DRAFT
    assert version.entries.exists()


def test_listed_leads_keep_the_version_of_their_day() -> None:
    listed = own_leads().filter(on_list=True, mql_at__isnull=False).select_related("list_version", "entry")
    assert listed
    for lead in listed:
        assert lead.entry.account_id == lead.account_id
        assert lead.list_version.activated_at <= lead.mql_at


def test_scores_and_stored_counts_are_there() -> None:
    assert Score.objects.hot().exists()
    assert CohortRollup.objects.exists()


def test_no_message_of_the_past_is_still_to_be_sent() -> None:
    assert not OutboxMessage.objects.filter(delivered_at=None).exists()


def waiting_for(username: str) -> HandoffQuerySet:
    return Handoff.objects.awaiting_answer().filter(assignee__username=username)


def test_the_main_rep_has_at_least_twelve_leads_waiting() -> None:
    assert waiting_for(staff.MAIN_REP).count() >= 12


def test_one_lead_is_due_in_ten_minutes_and_one_in_eighty(company: datetime) -> None:
    left = sorted(handoff.due_at - company for handoff in waiting_for(staff.MAIN_REP))
    assert left[:2] == [timedelta(minutes=10), timedelta(minutes=80)]


def test_nothing_is_overdue_yet(company: datetime) -> None:
    assert not Handoff.objects.overdue(company).exists()


def test_the_main_rep_has_let_some_leads_pass() -> None:
    ignored = Lead.objects.filter(stage=Stage.IGNORED, assignee__username=staff.MAIN_REP)
    assert ignored.count() >= 3


@pytest.mark.parametrize("username", ["matsunaga", "okabe"])
def test_partners_have_leads_of_their_own_accounts(username: str) -> None:
    assert waiting_for(username).count() >= 2
    user = User.objects.get(username=username)
    assert not waiting_for(username).exclude(account__partner=user.team).exists()


def test_the_desk_has_leads_to_route_rejections_and_returns(company: datetime) -> None:
    assert own_leads().to_route().count() >= 9
    assert own_leads().rejected_waiting().count() >= 7
    assert own_leads().due_back(company.date()).exists()


def test_the_desk_has_questions_appeals_a_harvest_and_a_reason_to_name(company: datetime) -> None:
    assert own_leads().asked().count() == 3
    assert own_leads().appealed_waiting().count() == 2
    coming = {"return_on__gt": company.date(), "return_on__lte": company.date() + timedelta(days=35)}
    assert own_leads().resting().filter(**coming).count() >= 5
    assert Lead.objects.to_recode().filter(stage=Stage.REJECTED).exists()


def test_routing_has_rules_and_a_partner_conflict_to_decide(company: datetime) -> None:
    waiting = own_leads().to_route().select_related(*routing.LISTED)
    proposals = routing.propose(waiting, now=company)
    assert any(proposal.choice.rule and proposal.choice.rule.number for proposal in proposals)
    assert any(proposal.conflicts for proposal in proposals)


def test_somebody_is_away_with_a_deputy_who_is_there(company: datetime) -> None:
    assert absences.deputy_of(User.objects.get(username="manabe"), company) == User.objects.get(username="fujishiro")
    assert absences.deputy_of(User.objects.get(username=staff.MAIN_REP), company) is None


def test_new_clocks_wait_for_the_signature_of_sales() -> None:
    proposal = Proposal.objects.get()
    assert [side for side, signer in proposal.signers.items() if signer] == [Side.MARKETING]


def test_feedback_is_asked_for_told_by_some_and_still_open_for_the_main_rep(company: datetime) -> None:
    mine = Feedback.objects.of(User.objects.get(username="hayase"))
    assert mine.to_answer(company).exists()
    assert mine.answered().exists()
    assert Feedback.objects.filter(closes_at__lte=company, answered_at=None).exists()
    assert not Feedback.objects.filter(answered_at__gt=company).exists()


def test_the_daily_job_finds_nothing_left_to_ask_for(company: datetime) -> None:
    assert feedback.open_due(now=company, by=User.objects.system()) == {"asked": 0}


def test_reps_of_one_team_are_asked_for_their_cards(company: datetime) -> None:
    (asked,) = DrawerRound.objects.all()
    assert {one.user.username for one in asked.invitations.select_related("user")} == set(staff.REPS[staff.EAST])
    assert asked.due_on == company.date() + timedelta(days=14)
