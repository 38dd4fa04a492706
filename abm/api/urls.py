"""The API's addresses: v1, its schema and the schema's reader."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from abm.api import (
    absences,
    accounts,
    behaviour,
    calendars,
    contracts,
    deals,
    departments,
    dormant,
    drawers,
    feedback,
    handoffs,
    import_drafts,
    imports,
    leads,
    lists,
    match_samples,
    messages,
    metrics,
    offerings,
    opt_outs,
    persons,
    plans,
    policies,
    quality,
    reader,
    reasons,
    review,
    rights,
    routing,
    sources,
    touches,
    transfers,
    users,
    webhooks,
    word_rules,
)
from abm.api import schema as _schema  # noqa: F401 - its extensions register themselves when imported

router = SimpleRouter()
router.register("accounts", accounts.Accounts, "accounts")
router.register("departments", departments.Departments, "departments")
router.register("persons", persons.Persons, "persons")
router.register("opt-outs", opt_outs.OptOuts, "opt-outs")
router.register("accesses", rights.Accesses, "accesses")
router.register("erasures", rights.Erasures, "erasures")
router.register("transfers", transfers.Transfers, "transfers")
router.register("offerings", offerings.Offerings, "offerings")
router.register("contracts", contracts.Contracts, "contracts")
router.register("users", users.Users, "users")
router.register("lists", lists.Lists, "lists")
router.register(r"lists/(?P<list>[^/]+)/versions/(?P<number>\d{1,6})/entries", lists.Entries, "entries")
router.register("plans", plans.Plans, "plans")
router.register("leads", leads.Leads, "leads")
router.register("handoffs", handoffs.Handoffs, "handoffs")
router.register("feedback", feedback.FeedbackAsked, "feedback")
router.register("deals", deals.Deals, "deals")
router.register("touches", touches.Touches, "touches")
router.register("absences", absences.Absences, "absences")
router.register("calendars", calendars.Calendars, "calendars")
router.register("policies", policies.Policies, "policies")
router.register("policy-proposals", policies.Proposals, "policy-proposals")
router.register("letters", messages.Letters, "letters")
router.register("routing-rules", routing.Rules, "routing-rules")
router.register("doubts", review.Doubts, "doubts")
router.register("match-samples", match_samples.MatchSamples, "match-samples")
router.register("merges", review.Merges, "merges")
router.register("word-rules", word_rules.WordRules, "word-rules")
router.register("imports", imports.Imports, "imports")
router.register("drawer-rounds", drawers.DrawerRounds, "drawer-rounds")
router.register("import-templates", import_drafts.ImportTemplates, "import-templates")
router.register("webhooks", webhooks.Webhooks, "webhooks")
router.register(r"webhooks/(?P<webhook>[^/]+)/deliveries", webhooks.Deliveries, "deliveries")

my_messages = messages.MyMessages.as_view({"get": "retrieve", "patch": "partial_update"}, basename="me-messages")
BY_EXTERNAL_ID = "by-external-id/<str:source>/<str:external_id>/"
put_account = accounts.Accounts.as_view({"put": "tell"}, basename="accounts")
put_deal = deals.Deals.as_view({"put": "tell"}, basename="deals")

v1: list[URLPattern | URLResolver] = [
    path("me/messages/", my_messages, name="me-messages"),
    path("me/messages/test/", messages.MyMessages.as_view({"post": "test"}, basename="me-messages")),
    path("me/", users.Me.as_view(), name="me"),
    path("reject-reasons/", reasons.Reasons.as_view(), name="reject-reasons"),
    path("reject-reasons/<str:code>/", reasons.OneReason.as_view(), name="reject-reason"),
    path("teams/<uuid:team>/calendar/", calendars.TeamsCalendar.as_view(), name="team-calendar"),
    path("sources/", sources.Sources.as_view(), name="sources"),
    path("sources/<str:code>/", sources.OneSource.as_view(), name="source"),
    path("sources/<str:code>/costs/", sources.Costs.as_view(), name="source-costs"),
    path("sources/<str:code>/costs/<uuid:cost>/", sources.OneCost.as_view(), name="source-cost"),
    path("webhook-events/", webhooks.Events.as_view(), name="webhook-events"),
    path("desk/<slug:pile>/", routing.Desk.as_view(), name="desk"),
    path("routing-rules/dry-run/", routing.DryRun.as_view(), name="routing-dry-run"),
    path("automation/", routing.Automations.as_view(), name="automation"),
    path("data-quality/", quality.Quality.as_view(), name="data-quality"),
    path("data-quality/count/", quality.QualityCount.as_view(), name="data-quality-count"),
    path("dormant/count/", dormant.DormantCount.as_view(), name="dormant-count"),
    path("dormant/", dormant.Dormant.as_view(), name="dormant"),
    path("behaviour/", behaviour.Behaviour.as_view(), name="behaviour"),
    path("partition/", metrics.Partitions.as_view(), name="partition"),
    path("metrics/", metrics.Dictionary.as_view(), name="metrics"),
    path("metrics/<str:key>/", metrics.Value.as_view(), name="metric"),
    path("metrics/<str:key>/rows/", metrics.Counted.as_view(), name="metric-rows"),
    path(f"accounts/{BY_EXTERNAL_ID}", put_account, name="accounts-put"),
    path(f"deals/{BY_EXTERNAL_ID}", put_deal, name="deals-put"),
    path("", include(router.urls)),
    re_path("^.*$", reader.Nowhere.as_view(), name="nowhere"),
]

urlpatterns = [
    path("v1/", include((v1, "api"))),
    path("schema/", reader.Schema.as_view(), name="api-schema"),
    path("docs/", reader.Reader.as_view(url_name="api-schema"), name="api-docs"),
    re_path("^.*$", reader.Nowhere.as_view()),
]
