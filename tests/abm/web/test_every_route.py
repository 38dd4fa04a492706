"""Every page × every role: what each may open, and what happens when it tries. A new route without a row fails."""

from types import SimpleNamespace

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from abm.web.urls import urlpatterns
from tests import make
from tests.abm.web.everything import one_of_everything
from users.roles import Role

ROLES = (Role.MARKETER, Role.MARKETING_LEAD, Role.REP, Role.SALES_MANAGER, Role.PARTNER, Role.ANALYST, Role.ADMIN)
ANYBODY = {
    "answer_link",
    "drawer_link",
    "healthz",
    "styleguide",
    "sign_in",
    "sign_in_as",
    "choose_language",
    "choose_theme",
    "choose_keys",
    None,
}
"""Without sign-in; told why in tests/house/test_routes.py. None: the style guide's dialog."""

TABLE = """
GET  home                       302 302 302 302 302 302 302
POST sign_out                   302 302 302 302 302 302 302
GET  inbox                      403 403 200 200 200 403 403
GET  inbox_lines                403 403 200 200 200 403 403
GET  inbox_several              403 403 200 200 302 403 403
POST inbox_undo                 403 403 302 302 302 403 403
GET  counts                     200 200 200 200 200 200 200
GET  inbox_open                 403 403 200 200 404 403 403
GET  lead_found                 403 403 200 200 200 403 403
GET  lead_found_at              403 403 200 200 404 403 403
GET  lead                       200 200 200 200 404 200 200
GET  lead_move                  200 200 200 200 404 200 200
POST lead_move                  409 409 302 302 404 409 409
GET  feedback                   403 403 200 200 200 403 403
GET  feedback_answer            403 403 200 200 404 403 403
POST feedback_answer            403 403 302 409 404 403 403
GET  desk                       200 200 403 200 403 403 403
POST desk_hand_over             302 302 403 302 403 403 403
POST desk_hand_over_proposed    302 302 403 302 403 403 403
POST desk_start_trips           302 302 403 302 403 403 403
GET  desk_recoding              200 200 403 200 403 403 403
GET  accounts                   200 200 200 200 200 200 200
GET  persons                    200 200 200 200 200 200 200
GET  words                      200 200 403 403 403 403 200
GET  word_teach                 200 200 403 403 403 403 200
POST word_take_back             302 302 403 403 403 403 302
GET  account                    200 200 200 200 404 200 200
GET  account_target             200 200 200 200 404 200 200
GET  lists                      200 200 200 200 403 200 403
GET  dormant                    200 200 200 200 403 200 403
POST dormant_count              302 302 302 302 403 302 403
GET  dormant_persons            200 200 200 200 403 200 403
GET  dormant_export             200 200 403 403 403 403 403
POST dormant_plan               302 302 302 302 403 302 403
GET  plans                      200 200 200 200 403 200 403
GET  plan                       200 200 200 200 403 200 403
POST plan_close                 302 302 302 302 403 302 403
POST plan_drop                  302 302 302 302 403 404 403
GET  list_new                   200 200 200 200 403 200 403
GET  list                       200 200 200 200 403 200 403
POST list_renew                 302 302 302 302 403 302 403
GET  list_paste                 200 200 200 200 403 200 403
POST list_take_in               302 302 302 302 403 302 403
POST list_decide                302 302 302 302 403 302 403
POST list_sign                  302 302 302 302 403 302 403
POST list_send_back             302 302 302 302 403 302 403
POST list_remove                302 302 302 302 403 302 403
GET  behaviour                  200 200 200 200 200 200 200
GET  funnel                     200 200 200 200 403 200 200
GET  feedback_rates             200 200 200 200 200 200 200
GET  rows                       200 200 200 200 200 200 200
GET  metrics                    200 200 200 200 200 200 200
GET  golden                     200 200 200 200 200 200 200
GET  persons_export             200 200 403 403 403 403 403
GET  person_correct             200 200 200 200 404 404 404
GET  person_everything          403 200 403 403 404 404 404
GET  person_erase               403 200 403 403 404 404 404
GET  settings_sources           200 200 403 403 403 403 200
GET  source                     200 200 403 403 403 403 200
POST source_cost_add            200 200 403 403 403 403 200
POST source_cost_remove         302 302 403 403 403 403 302
GET  settings_access            403 200 403 403 403 403 200
GET  erasure                    403 200 403 403 403 403 200
GET  transfers                  403 200 403 403 403 403 200
GET  transfers_export           403 200 403 403 403 403 403
GET  leak_report                403 200 403 403 403 403 200
GET  leak_report_export         403 200 403 403 403 403 403
GET  opt_outs                   200 200 200 200 403 403 403
GET  opt_out_lift               200 200 200 200 403 403 403
GET  person_opt_out             200 200 200 200 404 404 404
GET  person_origins             200 200 200 200 404 404 404
GET  imports                    200 200 403 403 403 403 200
GET  drawer_rounds              200 200 403 403 403 403 200
GET  drawer_new                 200 200 403 403 403 403 200
GET  drawer_round               200 200 403 403 403 403 200
GET  drawer_invite              200 200 403 403 403 403 200
POST drawer_remind              302 302 403 403 403 403 302
POST drawer_close               302 302 403 403 403 403 302
POST drawer_renew_link          302 302 403 403 403 403 302
GET  drawer_mine                200 200 200 200 200 200 200
GET  import                     200 200 403 403 403 403 200
POST import_mapping             200 200 403 403 403 403 200
POST import_reread              302 302 403 403 403 403 302
POST import_again               302 302 403 403 403 403 302
POST import_forget              302 302 403 403 403 403 302
POST import_for_real            302 302 403 403 403 403 302
POST import_cancel              302 302 403 403 403 403 302
GET  import_undo                302 302 403 403 403 403 302
GET  import_errors              404 404 403 403 403 403 404
GET  review                     200 200 403 403 403 403 200
GET  review_open                200 200 403 403 403 403 200
POST review_decide              302 302 403 403 403 403 302
GET  review_merge               200 200 403 403 403 403 200
GET  quality                    200 200 403 403 403 403 200
POST quality_count              302 302 403 403 403 403 302
GET  quality_rows               200 200 403 403 403 403 200
GET  samples                    200 200 403 403 403 403 200
POST sample_draw                302 302 403 403 403 403 302
GET  sample                     200 200 403 403 403 403 200
GET  sample_csv                 200 200 403 403 403 403 200
POST sample_label               302 302 403 403 403 403 302
GET  review_merges              200 200 403 403 403 403 200
POST review_unmerge             302 302 403 403 403 403 302
GET  operations                 403 200 403 403 403 403 200
POST outbox_replay              403 302 403 403 403 403 302
GET  letters                    403 200 403 403 403 403 200
POST letters_replay             403 302 403 403 403 403 302
GET  letter                     403 404 403 403 403 403 404
POST letter_replay              403 302 403 403 403 403 302
GET  settings                   200 200 200 200 200 200 200
GET  settings_messages          200 200 200 200 200 200 200
POST settings_messages_team     302 302 302 302 302 302 302
POST settings_messages_test     302 302 302 302 302 302 302
GET  settings_absences          200 200 200 200 200 200 200
POST absence_cancel             302 302 302 302 404 404 302
GET  settings_clocks            200 200 200 200 200 200 200
GET  policy_new                 403 200 403 200 403 403 200
GET  policy_change              403 200 403 200 403 403 200
POST policy_sign                302 302 302 302 404 302 302
POST policy_send_back           302 302 302 302 404 302 302
POST policy_withdraw            302 302 302 302 404 302 302
GET  settings_calendars         200 200 200 200 200 200 200
GET  calendar_new               403 200 403 200 403 403 200
GET  calendar_change            403 200 403 200 403 403 200
POST calendar_use               302 302 302 302 302 302 302
GET  settings_reasons           200 200 200 200 200 200 200
GET  reason_new                 403 200 403 200 403 403 200
GET  reason_change              403 200 403 200 403 403 200
POST reason_place               302 302 302 302 302 302 302
GET  settings_routing           200 200 403 200 403 403 200
GET  routing_new                200 200 403 200 403 403 200
GET  routing_rule               200 200 403 200 403 403 200
POST routing_switch             302 302 403 302 403 403 302
POST routing_move               302 302 403 302 403 403 302
POST routing_remove             302 302 403 302 403 403 302
GET  settings_rules             200 200 200 200 403 200 200
GET  settings_people            200 200 200 200 403 200 200
GET  settings_webhooks          403 403 403 403 403 403 200
GET  webhook                    403 403 403 403 403 403 200
POST webhook_rotate             403 403 403 403 403 403 302
POST webhook_test               403 403 403 403 403 403 302
POST webhook_remove             403 403 403 403 403 403 302
POST webhook_replay             403 403 403 403 403 403 302
POST webhook_replay_one         403 403 403 403 403 403 302
GET  notices                    200 200 200 200 200 200 200
POST notices_read               302 302 302 302 302 302 302
"""
BODIES = {
    "lead_move": {"next_action": "電話", "next_action_on": "2026-11-25"},
    "review_decide": {"decision": "dismiss"},
    "feedback_answer": {"progress": "IN_CONTACT", "quality": "4"},
}
ROWS = [line.split() for line in TABLE.strip().splitlines()]

pytestmark = pytest.mark.django_db


def test_every_route_has_its_row() -> None:
    routes = {pattern.name for pattern in urlpatterns}
    assert routes - ANYBODY == {name for _, name, *_ in ROWS}


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    return one_of_everything()


def path(name: str, world: SimpleNamespace) -> str:
    lead, account, listed, version = (made.public_id for made in (world.lead, world.account, world.list, world.version))
    return {
        "home": "/",
        "sign_out": "/logout/",
        "inbox": "/inbox/",
        "inbox_lines": "/inbox/lines/",
        "inbox_several": f"/inbox/several/reject/?lead={lead}",
        "inbox_undo": "/inbox/undo/",
        "counts": "/counts/",
        "inbox_open": f"/inbox/{lead}/",
        "lead_found": "/leads/found/",
        "lead_found_at": f"/leads/found/{account}/",
        "lead": f"/leads/{lead}/",
        "lead_move": f"/leads/{lead}/accept/",
        "feedback": "/feedback/",
        "feedback_answer": f"/feedback/{world.feedback.public_id}/",
        "desk": "/desk/",
        "desk_hand_over": f"/desk/{lead}/hand-over/",
        "desk_hand_over_proposed": "/desk/hand-over/",
        "desk_start_trips": "/desk/start-trips/",
        "desk_recoding": "/desk/recoding/",
        "accounts": "/accounts/",
        "persons": "/accounts/persons/",
        "words": "/accounts/words/",
        "word_teach": "/accounts/words/teach/?naming=TITLE&text=%E9%9A%8A%E9%95%B7",
        "word_take_back": f"/accounts/words/{world.word_rule.public_id}/take-back/",
        "account": f"/accounts/{account}/",
        "account_target": f"/accounts/{account}/target/",
        "lists": "/lists/",
        "dormant": "/lists/dormant/",
        "dormant_count": "/lists/dormant/count/",
        "dormant_persons": "/lists/dormant/persons/",
        "dormant_export": "/lists/dormant/persons/export/",
        "dormant_plan": "/lists/dormant/plan/",
        "plans": "/lists/plans/",
        "plan": f"/lists/plans/{world.plan.public_id}/",
        "plan_close": f"/lists/plans/{world.plan.public_id}/close/",
        "plan_drop": f"/lists/plans/persons/{world.plan.persons.get().public_id}/drop/",
        "list_new": "/lists/new/",
        "list": f"/lists/{listed}/",
        "list_renew": f"/lists/{listed}/renew/",
        "list_paste": f"/lists/versions/{version}/paste/",
        "list_take_in": f"/lists/versions/{version}/take-in/",
        "list_decide": f"/lists/lines/{world.line.public_id}/decide/",
        "list_sign": f"/lists/versions/{version}/sign/",
        "list_send_back": f"/lists/versions/{version}/send-back/",
        "list_remove": f"/lists/entries/{world.entry.public_id}/remove/",
        "behaviour": "/behaviour/",
        "funnel": "/funnel/",
        "feedback_rates": "/behaviour/feedback/",
        "rows": "/rows/sal_rate/",
        "metrics": "/metrics/",
        "golden": "/metrics/golden/",
        "persons_export": "/accounts/persons/export/",
        **{f"person_{one}": f"/persons/{world.person.public_id}/{one}/" for one in ("correct", "everything", "erase")},
        "settings_access": "/settings/access/",
        "transfers": "/settings/access/transfers/",
        "leak_report": f"/settings/access/leak/?user={world.rep.public_id}&first_on=2026-01-01&last_on=2099-01-01",
        "leak_report_export": "/settings/access/leak/export/",
        "transfers_export": "/settings/access/transfers/export/",
        "erasure": f"/settings/access/erasures/{world.erasure.public_id}/",
        "settings_sources": "/settings/sources/",
        "source": f"/settings/sources/{world.cost.source.code}/",
        "source_cost_add": f"/settings/sources/{world.cost.source.code}/costs/",
        "source_cost_remove": f"/settings/sources/costs/{world.cost.public_id}/remove/",
        "opt_outs": "/accounts/opt-outs/",
        "opt_out_lift": f"/accounts/opt-outs/{world.opt_out.public_id}/lift/",
        "person_opt_out": f"/persons/{world.person.public_id}/opt-out/",
        "person_origins": f"/persons/{world.person.public_id}/origins/",
        "imports": "/imports/",
        "drawer_rounds": "/imports/rounds/",
        "drawer_new": "/imports/rounds/new/",
        "drawer_round": f"/imports/rounds/{world.round.public_id}/",
        "drawer_invite": f"/imports/rounds/{world.round.public_id}/invite/",
        "drawer_remind": f"/imports/rounds/{world.round.public_id}/remind/",
        "drawer_close": f"/imports/rounds/{world.round.public_id}/close/",
        "drawer_renew_link": f"/imports/rounds/links/{world.round.invitations.get().public_id}/renew/",
        "drawer_mine": "/drawer/",
        "import": f"/imports/{world.job.public_id}/",
        "import_mapping": f"/imports/{world.draft.public_id}/mapping/",
        "import_reread": f"/imports/{world.draft.public_id}/reread/",
        "import_again": f"/imports/{world.job.public_id}/again/",
        "import_forget": f"/imports/templates/{world.template.public_id}/forget/",
        "import_for_real": f"/imports/{world.job.public_id}/for-real/",
        "import_cancel": f"/imports/{world.job.public_id}/cancel/",
        "import_undo": f"/imports/{world.job.public_id}/undo/",
        "import_errors": f"/imports/{world.job.public_id}/refused/",
        "review": "/review/",
        "review_open": f"/review/{world.doubt.public_id}/",
        "review_decide": f"/review/{world.doubt.public_id}/decide/",
        "review_merge": f"/review/merge/accounts/{account}/{world.twin.public_id}/",
        "quality": "/review/quality/",
        "quality_count": "/review/quality/count/",
        "quality_rows": "/review/quality/accounts/?gap=industry",
        "samples": "/review/samples/",
        "sample_draw": "/review/samples/draw/",
        "sample": f"/review/samples/{world.sample.public_id}/",
        "sample_csv": f"/review/samples/{world.sample.public_id}.csv",
        "sample_label": f"/review/samples/pairs/{world.sample.pairs.get().public_id}/label/",
        "review_merges": "/review/merges/",
        "review_unmerge": f"/review/merges/{world.merge.public_id}/take-back/",
        "operations": "/operations/",
        "outbox_replay": f"/operations/outbox/{world.failed.pk}/replay/",
        "letters": "/operations/letters/",
        "letters_replay": "/operations/letters/replay/",
        "letter": f"/operations/letters/{world.letter.public_id}/",
        "letter_replay": f"/operations/letters/{world.letter.public_id}/replay/",
        "settings": "/settings/",
        "settings_messages": "/settings/messages/",
        "settings_messages_team": "/settings/messages/team/",
        "settings_messages_test": "/settings/messages/test/",
        "settings_absences": "/settings/absences/",
        "absence_cancel": f"/settings/absences/{world.absence.public_id}/cancel/",
        "settings_clocks": "/settings/clocks/",
        "policy_new": "/settings/clocks/new/",
        "policy_change": f"/settings/clocks/{world.proposal.public_id}/",
        "policy_sign": f"/settings/clocks/{world.proposal.public_id}/sign/",
        "policy_send_back": f"/settings/clocks/{world.proposal.public_id}/send-back/",
        "policy_withdraw": f"/settings/clocks/{world.proposal.public_id}/withdraw/",
        "settings_calendars": "/settings/calendars/",
        "calendar_new": "/settings/calendars/new/",
        "calendar_change": f"/settings/calendars/{world.rep.team.calendar_id}/",
        "calendar_use": f"/settings/teams/{world.rep.team.public_id}/calendar/",
        "settings_reasons": "/settings/reasons/",
        "reason_new": "/settings/reasons/new/",
        "reason_change": "/settings/reasons/TIMING/",
        "reason_place": "/settings/reasons/TIMING/place/",
        "settings_routing": "/settings/routing/",
        "routing_new": "/settings/routing/new/",
        "routing_switch": "/settings/routing/switches/",
        "routing_rule": f"/settings/routing/{world.rule.public_id}/",
        "routing_move": f"/settings/routing/{world.rule.public_id}/up/",
        "routing_remove": f"/settings/routing/{world.rule.public_id}/remove/",
        "settings_rules": "/settings/rules/",
        "settings_people": "/settings/people/",
        "settings_webhooks": "/settings/webhooks/",
        "webhook": f"/settings/webhooks/{world.webhook.public_id}/",
        **{
            f"webhook_{verb}": f"/settings/webhooks/{world.webhook.public_id}/{verb}/"
            for verb in ("rotate", "test", "remove", "replay")
        },
        "webhook_replay_one": f"/settings/webhooks/deliveries/{world.delivery.public_id}/replay/",
        "notices": "/notices/",
        "notices_read": "/notices/read/",
    }[name]


def answer_to(client: Client, how: str, address: str, data: dict[str, str]) -> HttpResponse:
    """Asks, and takes back whatever that changed."""
    with transaction.atomic():
        answer = client.get(address) if how == "GET" else client.post(address, data)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_the_table_says(client: Client, world: SimpleNamespace, role: Role) -> None:
    user = world.rep if role == Role.REP else make.user(role)
    client.force_login(user)
    got = {}
    for how, name, *_ in ROWS:
        if not client.cookies["sessionid"].value:  # signed out by the last one
            client.force_login(user)
        data = BODIES.get(name, {})
        got[how, name] = answer_to(client, how, path(name, world), data).status_code
    assert got == {(how, name): int(codes[ROLES.index(role)]) for how, name, *codes in ROWS}


def test_without_sign_in_everything_leads_to_the_sign_in_page(client: Client, world: SimpleNamespace) -> None:
    for how, name, *_ in ROWS:
        answer = answer_to(client, how, path(name, world), {})
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login/"), name
