"""The metric dictionary: every number defined once, read by pages, API, commands, exports, docs and tests.

`evaluate` gives a metric's value per slice, `rows` the very rows it counts. Upper apps add theirs by `register`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funnel import comparison, rollups
from funnel.answer_times import ANSWER_METRICS
from funnel.cohorts import LEADS, QUALIFIED
from funnel.deal_metrics import DEAL_METRICS
from funnel.feedback_metrics import FEEDBACK_METRICS
from funnel.handoff_metrics import HANDOFF_METRICS
from funnel.measures import DEFAULT_K, Metric, Row, Section, Terms, Unit
from funnel.slices import UnknownSlice, find_dimension

PREVIOUS_YEAR = "previous_year"
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
"""A period lies between these; beyond them calendars end."""


class UnknownMetric(Exception):
    """There is no metric of that name; the text names those there are."""


def _rate(key: str, label: Any, definition: Any, numerator: str, denominator: str = "matured", **more: Any) -> Metric:
    return Metric(
        key=key,
        label=label,
        definition=definition,
        section=more.get("section", Section.HAND_OVER),
        subject=LEADS,
        unit=Unit.RATE,
        numerator=numerator,
        denominator=denominator,
    )


def _count(key: str, label: Any, definition: Any, measure: str, section: Section = Section.HAND_OVER) -> Metric:
    return Metric(
        key=key, label=label, definition=definition, section=section, subject=LEADS, unit=Unit.COUNT, numerator=measure
    )


LEAD_METRICS = (
    _rate("sal_rate", _("SAL rate"), _("Accepted within k days of hand-over ÷ matured leads."), "accepted"),
    _rate(
        "sal_rate_in_time",
        _("SAL rate in time"),
        _("First answer accepted by the due ÷ matured leads."),
        "accepted_in_time",
    ),
    _rate("ignore_rate", _("Ignore rate"), _("No answer by the due ÷ matured leads."), "ignored"),
    _rate(
        "ignore_rate_broad",
        _("Not followed up"),
        _("Ignored and not later accepted, ghosts, or rejected without a reason ÷ matured leads."),
        "not_followed",
    ),
    _rate(
        "never_answered_rate",
        _("Never answered"),
        _("Given up without any answer ÷ matured leads."),
        "never_answered",
    ),
    _rate("reject_rate", _("Reject rate"), _("First answer rejected by the due ÷ matured leads."), "rejected_in_time"),
    _rate(
        "follow_up_rate",
        _("Follow-up rate"),
        _("Accepted within k days and touched in time ÷ matured leads."),
        "followed",
    ),
    _rate(
        "ghost_rate",
        _("Ghost rate"),
        _("Accepted, but without a human touch by the first-touch due ÷ accepted leads."),
        "ghosts",
        "accepted",
    ),
    _rate(
        "recall_rate",
        _("Recall rate"),
        _("Recalled or merged before the due and unanswered ÷ all leads handed over."),
        "recalled",
        "delivered",
    ),
    _rate(
        "appeal_rate",
        _("Appeal rate"),
        _("Rejected, and marketing appealed ÷ rejected leads."),
        "appealed",
        "rejected",
    ),
    _rate(
        "appeal_upheld_rate",
        _("Appeals upheld"),
        _("Appeals the sales manager upheld ÷ appeals decided."),
        "appeals_upheld",
        "appeals_decided",
    ),
    _rate(
        "reason_coverage",
        _("Reason coverage"),
        _("Rejected with a reason that says something, “other” only once it is re-coded ÷ rejected leads."),
        "reasoned",
        "rejected",
    ),
    _rate(
        "question_rate",
        _("Question rate"),
        _("Sales asked marketing about it before answering ÷ leads handed over."),
        "asked",
        "handed_over",
        section=Section.MARKETING,
    ),
    _rate(
        "question_breach_rate",
        _("Questions not answered in time"),
        _("Marketing let its time to answer a question pass ÷ leads sales asked about."),
        "breached",
        "asked",
        section=Section.MARKETING,
    ),
    _rate(
        "disposition_breach_rate",
        _("Rejections not dealt with in time"),
        _("Marketing's time passed without a word on what follows ÷ rejections answered by marketing or due to be."),
        "disposed_late",
        "disposition_due",
        section=Section.MARKETING,
    ),
    Metric(
        key="routing_breach_rate",
        label=_("Not handed over in time"),
        definition=_("Marketing's time to hand a qualified lead over passed ÷ leads handed over or due to be."),
        section=Section.MARKETING,
        subject=QUALIFIED,
        unit=Unit.RATE,
        numerator="routed_late",
        denominator="routing_due",
    ),
    _count("leads_handed_over", _("Leads handed over"), _("Leads handed over and not recalled."), "handed_over"),
    _count("leads_open", _("Open leads"), _("Leads handed over whose answer is not yet due."), "open"),
    _count("leads_matured", _("Matured leads"), _("Leads handed over whose answer due has passed."), "matured"),
    _count(
        "leads_accepted_in_time",
        _("Accepted in time"),
        _("Matured leads first answered by an acceptance."),
        "accepted_in_time",
    ),
    _count("leads_accepted", _("Accepted leads"), _("Matured leads accepted within k days of hand-over."), "accepted"),
    _count("leads_ignored", _("Ignored leads"), _("Matured leads without an answer by the due."), "ignored"),
    _count(
        "leads_rejected", _("Rejected leads"), _("Matured leads first answered by a rejection."), "rejected_in_time"
    ),
    _rate(
        "pipeline_per_mql",
        _("Pipeline per MQL"),
        _("In the pipeline within k days of hand-over ÷ matured leads."),
        "pipeline",
        section=Section.OUTCOME,
    ),
    _rate(
        "pipeline_per_sal",
        _("Pipeline per SAL"),
        _("In the pipeline within k days of hand-over ÷ leads accepted within k days."),
        "accepted_pipeline",
        "accepted",
        section=Section.OUTCOME,
    ),
    _rate(
        "lead_win_rate",
        _("Win rate of leads"),
        _("Leads won ÷ leads won or lost, among matured leads."),
        "won",
        "decided",
        section=Section.OUTCOME,
    ),
    _rate("mql_to_won", _("MQL to won"), _("Leads won so far ÷ matured leads."), "won", section=Section.OUTCOME),
    _count(
        "leads_pipeline",
        _("Leads in the pipeline"),
        _("Matured leads in the pipeline within k days of hand-over."),
        "pipeline",
        Section.OUTCOME,
    ),
    _count("leads_won", _("Leads won"), _("Matured leads won so far."), "won", Section.OUTCOME),
    _count("leads_lost", _("Leads lost"), _("Matured leads lost so far."), "lost", Section.OUTCOME),
)

_registry: dict[str, Metric] = {}


def register(*metrics: Metric) -> None:
    """Adds metrics to the dictionary; upper apps call it from `AppConfig.ready()`. Doing it twice changes nothing."""
    _registry.update({metric.key: metric for metric in metrics})


register(*LEAD_METRICS, *ANSWER_METRICS, *HANDOFF_METRICS, *DEAL_METRICS, *FEEDBACK_METRICS)


def dictionary() -> list[Metric]:
    """All metrics in the order of the dictionary: by section, as registered."""
    sections = list(Section)
    return sorted(_registry.values(), key=lambda metric: sections.index(metric.section))


def get(key: str) -> Metric:
    """The metric of that name.

    Raises:
        UnknownMetric: when there is none; names those there are.
    """
    if key not in _registry:
        raise UnknownMetric(
            gettext("There is no metric “%(key)s”. There are: %(keys)s.")
            % {"key": key, "keys": ", ".join(metric.key for metric in dictionary())}
        )
    return _registry[key]


def evaluate(
    keys: Sequence[str],
    *,
    by: Sequence[str] = (),
    date_from: date | None = None,
    date_to: date | None = None,
    as_of: datetime | None = None,
    viewer: Any = None,
    k: int = DEFAULT_K,
    filters: Mapping[str, str] | None = None,
    compare: str = "",
    stored: bool = False,
) -> list[Row]:
    """The metrics' values per slice, metric by metric in the order asked.

    The period is days from `date_from` to `date_to`, both included: of the first hand-over for leads, of opening or
    closing for deals. `viewer` None sees all rows. `compare="previous_year"` gives each row its `before` and `test`,
    both years cut at the same age; the period is then at most a year and by default the fiscal year so far.
    `stored` reads the rollup where it holds the answer (figures as of its last run, a minute old at most).

    Raises:
        UnknownMetric: for a key that is not in the dictionary.
        UnknownSlice: for a dimension that the metrics do not share, a filter's unknown code, or days out of all time.
    """
    metrics = [get(key) for key in keys]
    terms = _terms(date_from, date_to, as_of, k, filters)
    _check_dimensions(metrics, [*by, *terms.filters])
    if compare == PREVIOUS_YEAR:
        return comparison.year_on_year(metrics, by, terms, viewer)
    if stored and as_of is None and _are_stored(metrics) and rollups.can_answer(by, terms, viewer):
        return rollups.tally(metrics, by, terms)
    return comparison.tally(metrics, by, terms, viewer)


def rows(
    key: str,
    part: str = "numerator",
    *,
    date_from: date | None = None,
    date_to: date | None = None,
    as_of: datetime | None = None,
    viewer: Any = None,
    k: int = DEFAULT_K,
    filters: Mapping[str, str] | None = None,
) -> Any:
    """The very rows that the metric's numerator or denominator counts: a queryset (for cells, a list).

    A slice is asked for by its codes among the filters, as in `Row.slice`.

    Raises:
        UnknownMetric: for a key or part that does not exist.
        UnknownSlice: for a filter's unknown dimension or code.
    """
    metric = get(key)
    terms = _terms(date_from, date_to, as_of, k, filters)
    try:
        measure = metric.part(part)
    except KeyError:
        raise UnknownMetric(gettext("This metric has no “%(part)s”.") % {"part": part}) from None
    return metric.subject.rows(measure, terms, viewer)


def explain(
    key: str,
    *,
    date_from: date | None = None,
    date_to: date | None = None,
    as_of: datetime | None = None,
    viewer: Any = None,
    k: int = DEFAULT_K,
    filters: Mapping[str, str] | None = None,
) -> comparison.Parts | None:
    """What the difference to the year before is made of: mix and behaviour, for pipeline per MQL also SAL and
    conversion. None where it cannot be told: no rate of leads, or a year without any.

    Raises:
        UnknownMetric: when there is no such metric.
        UnknownSlice: for a filter's unknown dimension or code.
    """
    return comparison.parts(get(key), _terms(date_from, date_to, as_of, k, filters), viewer)


def dimensions(key: str) -> dict[str, str]:
    """What the metric can be sliced by: name → label."""
    return {name: str(dimension.label) for name, dimension in get(key).subject.dimensions.items()}


def _terms(
    date_from: date | None, date_to: date | None, as_of: datetime | None, k: int, filters: Mapping[str, str] | None
) -> Terms:
    if any(day and not FIRST_DAY <= day <= LAST_DAY for day in (date_from, date_to)):
        raise UnknownSlice(
            gettext("Please choose days from %(first)s to %(last)s.") % {"first": FIRST_DAY, "last": LAST_DAY}
        )
    return Terms(as_of=as_of or timezone.now(), k=k, start=date_from, to=date_to, filters=dict(filters or {}))


def _are_stored(metrics: Sequence[Metric]) -> bool:
    return all(metric.subject.key == LEADS.key for metric in metrics)


def _check_dimensions(metrics: Sequence[Metric], names: Sequence[str]) -> None:
    for metric in metrics:
        for name in names:
            find_dimension(metric.subject.dimensions, name)


__all__ = [
    "PREVIOUS_YEAR",
    "UnknownMetric",
    "UnknownSlice",
    "dictionary",
    "dimensions",
    "evaluate",
    "explain",
    "get",
    "register",
    "rows",
]
