"""Labelled samples: how right is the matcher on our own data? Pairs, labelled with one key; figures that follow."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from abm.web import exports, formats
from abm.web.answers import done, go, refused
from abm.web.requests import PageRequest
from abm.web.review_words import LABELS, STRATA, rule_word
from accounts import comparing
from imports import accuracy, sampling
from imports.accuracy import Figure, RuleLine
from imports.enums import Label
from imports.samples import Sample, SamplePair
from imports.sampling import SampleRefused

MOST = 50
BESIDE = ("account__domains", "account__names", "account__external_ids__source", "person__affiliations__account",
          "person__external_ids__source", "person__further_emails", "other__affiliations__account",
          "other__external_ids__source", "other__further_emails")  # fmt: skip


class LabelForm(forms.Form):
    """What a pair is."""

    label = forms.ChoiceField(choices=[(label, label) for label in Label])


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Samples drawn so far."""
    found = Sample.objects.visible_to(request.user).select_related("by")
    drawn, labelled = Count("pairs"), Count("pairs", filter=~Q(pairs__label=""))
    return render(
        request,
        "samples/index.html",
        {"samples": found.annotate(drawn=drawn, labelled=labelled).order_by("-pk")[:MOST]},
    )


@require_POST
def draw(request: PageRequest) -> HttpResponse:
    """Draws a new one."""
    try:
        made = sampling.draw(by=request.user, now=timezone.now())
    except SampleRefused as why:
        return refused(request, why, "samples")
    return go(request, "sample", made.public_id)


def _sample(request: PageRequest, public_id: UUID) -> Sample:
    return get_object_or_404(Sample.objects.visible_to(request.user).select_related("by"), public_id=public_id)


def _pairs(request: PageRequest, sample: Sample) -> Any:
    return SamplePair.objects.visible_to(request.user).filter(sample=sample)


@require_safe
def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The figures, and the next pair side by side."""
    sample = _sample(request, public_id)
    pairs = _pairs(request, sample)
    found = accuracy.read(pairs.select_related(None))
    context: dict[str, Any] = {"sample": sample, "found": found, "pair": _next(pairs)}
    context["figures"] = [_drawn(_("Precision of what is linked by itself"), found.precision),
                          _drawn(_("Recall of what is linked by itself"), found.recall)]  # fmt: skip
    context["rules"] = [
        (STRATA[line.stratum], rule_word(line.stratum, line.rule), line, _drawn("", line.precision),
         _drawn("", line.recall))
        for line in found.rules
    ]  # fmt: skip
    if context["pair"]:
        context["lines"] = _side_by_side(context["pair"])
    return render(request, "samples/show.html", context)


def _next(pairs: Any) -> SamplePair | None:
    beside = pairs.open().select_related("account__owner", "account__partner", "person", "other")
    found: SamplePair | None = beside.prefetch_related(*BESIDE).order_by("position").first()
    return found


def _side_by_side(pair: SamplePair) -> list[comparing.Line]:
    if pair.account:
        return comparing.told_and_known(pair.facts, pair.account)
    return comparing.pair(pair.person, pair.other)  # type: ignore[arg-type] # by a check of the table


def _drawn(name: str, figure: Figure | None) -> dict[str, Any]:
    interval = figure.interval if figure else None
    return {
        "name": name,
        "value": formats.rate(figure.rate if figure else None),
        "interval": f"{100 * interval.low:.1f}–{100 * interval.high:.1f}" if interval else "",
        "n": figure.n if figure else 0,
    }


@require_POST
def label(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Keeps a label; the next pair opens."""
    pair = get_object_or_404(SamplePair.objects.visible_to(request.user).select_related("sample"), public_id=public_id)
    form = LabelForm(request.POST)
    said = form.cleaned_data["label"] if form.is_valid() else ""
    try:
        sampling.label(pair, as_=said, by=request.user, now=timezone.now())
    except SampleRefused as why:
        return refused(request, why, "sample", pair.sample.public_id)
    if _pairs(request, pair.sample).open().exists():
        return go(request, "sample", pair.sample.public_id)
    return done(request, _("All pairs are labelled. Thank you."), "sample", pair.sample.public_id)


@require_safe
def as_csv(request: PageRequest, public_id: UUID) -> StreamingHttpResponse:
    """The figures by rule as a file."""
    found = accuracy.read(_pairs(request, _sample(request, public_id)))
    head = [_("What the matcher did"), _("Rule"), _("Stands for"), _("Drawn"), *map(str, LABELS.values()),
            _("Precision"), "95 % −", "95 % +", "n", _("Recall"), "95 % −", "95 % +", "n"]  # fmt: skip
    rows = (_row(line) for line in found.rules)
    return exports.csv_file("matcher", head, rows)


def _row(line: RuleLine) -> list[Any]:
    counts = (f"{line.stands_for:.1f}", line.drawn, line.same, line.different, line.unsure)
    said = STRATA[line.stratum], rule_word(line.stratum, line.rule)
    return [*said, *counts, *_cells(line.precision), *_cells(line.recall)]


def _cells(figure: Figure | None) -> list[str]:
    """Rate, interval, n; blank where nothing is known."""
    if figure is None or figure.rate is None or figure.interval is None:
        return ["", "", "", ""]
    return [f"{figure.rate:.4f}", f"{figure.interval.low:.4f}", f"{figure.interval.high:.4f}", str(figure.n)]
