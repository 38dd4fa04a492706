"""/styleguide/: every component once, for those who build pages. Only in the demo and while developing."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from abm.web import charts
from abm.web.charts import Cell, Item, Point
from abm.web.requests import PageRequest
from funnel.enums import Flag, Stage


class SampleForm(forms.Form):
    """One of each control."""

    next_action = forms.CharField(label="次の行動", help_text="相手に約束することを一行で")
    due_on = forms.DateField(label="期日", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.ChoiceField(
        label="理由", choices=[("TIMING", "時期尚早"), ("NO_BUDGET", "予算がない")], widget=forms.RadioSelect
    )
    team = forms.ChoiceField(label="チーム", choices=[("", "すべて"), ("1", "関東営業部")], required=False)
    note = forms.CharField(label="メモ", widget=forms.Textarea, required=False)
    late = forms.BooleanField(label="期限後のものも含める", required=False)


class SampleFilter(forms.Form):
    """A filter bar."""

    stage = forms.ChoiceField(label="段階", choices=[("", "すべて"), ("MQL", "MQL"), ("SAL", "SAL")], required=False)
    search = forms.CharField(label="会社名", required=False)


def sample_charts() -> dict[str, Any]:
    """The golden case and a made-up year."""
    months = ["4月", "5月", "6月", "7月", "8月", "9月"]
    rates = [0.88, 0.91, 0.94, 0.92, 0.95, 0.96]
    steps = [("MQL", 1000, ""), ("SAL", 930, "−70"), ("SQL", 780, "−150"), ("案件化", 650, "−130")]
    return {
        "waterfall": charts.waterfall(
            [Item(word, n, f"{n:,}", href="?stage", note=note, note_href="?lost") for word, n, note in steps]
        ),
        "parts": charts.parts([Item("行動", 24.6, "+24.6"), Item("構成", 6.4, "+6.4"), Item("部署不明", -3.1, "−3.1")]),
        "trend": charts.trend(
            [Point(m, r, f"{r:.1%}", r - 0.03, min(r + 0.03, 1), "?month") for m, r in zip(months, rates, strict=True)],
            [Point(m, r - 0.3, f"{r - 0.3:.1%}") for m, r in zip(months, rates, strict=True)],
        ),
        "heat": charts.heat_map(
            "チーム",
            months,
            {
                team: [Cell(f"{r * k * 100:.1f}", r * k, "?cell", few=k < 0.6 and r > 0.95) for r in rates]
                for team, k in (("関東営業部", 1.0), ("関西営業部", 0.8), ("代理店 西日本", 0.55))
            },
        ),
        "sample_whisker": charts.whisker(0.93, 0.912, 0.944, before=0.62),
    }


def _only_for_builders() -> None:
    if not (settings.DEMO or settings.DEBUG):
        raise Http404


@login_not_required
def dialog(request: PageRequest) -> HttpResponse:
    """A page that htmx opens as a dialog; the form's errors come back as a page with everything typed."""
    _only_for_builders()
    return render(request, "styleguide_dialog.html", {"form": SampleForm(request.POST or None)})


@login_not_required
@require_safe
def styleguide(request: PageRequest) -> HttpResponse:
    """404 outside the demo and DEBUG."""
    _only_for_builders()
    now = timezone.now()
    context = sample_charts() | {
        "form": SampleForm({"team": "1"}, auto_id="sample_%s"),
        "filter_form": SampleFilter(),
        "stages": list(Stage),
        "flags": list(Flag),
        "tabs": [{"word": "部署", "href": "#", "current": True, "count": 12}, {"word": "人", "href": "#", "count": 48}],
        "crumbs": [{"word": "A電機株式会社", "href": "#"}, {"word": "研究開発本部", "href": "#"}, {"word": "設計部"}],
        "page": Paginator(range(120), 25).get_page(2),
        "dues": [now + timedelta(hours=5), now + timedelta(minutes=80), now - timedelta(days=3)],
    }
    return render(request, "styleguide.html", context)
