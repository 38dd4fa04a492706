"""How a metric's row is told: as data for machines, as words for people."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from funnel.measures import Metric, Row, Unit

WITHOUT_DECIMALS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})


def as_data(row: Row) -> dict[str, Any]:
    """The row as the API and `--json` give it: rates as fractions of 1, money as text with its currency."""
    found = {
        "metric": row.metric.key,
        "unit": str(row.metric.unit),
        "slice": dict(row.slice),
        "labels": dict(row.labels),
        **_figures(row),
        "definition": str(row.metric.definition),
        "link": dict(row.link),
    }
    return found | ({"compare": _comparison(row)} if row.before else {})


def as_words(row: Row) -> dict[str, str]:
    """The row as columns of text, in the order they are read."""
    interval = [percent(side) for side in row.interval] if row.interval else ["", ""]
    found = {"metric": row.metric.key, **row.labels, "value": in_words(row.metric, row.value, row.currency)}
    found |= {"numerator": str(row.numerator), "denominator": "" if row.denominator is None else str(row.denominator)}
    found |= {"low": interval[0], "high": interval[1]}
    return found | (_comparison_in_words(row, row.before) if row.before else {})


def in_words(metric: Metric, value: Any, currency: str = "") -> str:
    """A value as people read it: 62.0%, 1,234, 1,234.50, 51.8; a dash where nothing could be counted."""
    if value is None:
        return "–"
    if metric.unit == Unit.RATE:
        return percent(value)
    if metric.unit == Unit.MONEY:
        return f"{rounded(value, currency):,}"
    return f"{value:,.1f}" if metric.unit in (Unit.DAYS, Unit.HOURS) else f"{value:,}"


def percent(value: float) -> str:
    """One decimal, as in 62.0%."""
    return f"{value * 100:.1f}%"


def points(value: float) -> str:
    """A difference of two rates in percentage points, signed: +31.0."""
    return f"{value * 100:+.1f}"


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount with as many decimals as its currency has."""
    return amount.quantize(Decimal(1) if currency in WITHOUT_DECIMALS else Decimal("0.01"), ROUND_HALF_EVEN)


def _figures(row: Row) -> dict[str, Any]:
    is_money = row.metric.unit == Unit.MONEY and row.value is not None
    found = {"value": str(row.value) if is_money else row.value, "numerator": row.numerator}
    found |= {"denominator": row.denominator, "interval": list(row.interval) if row.interval else None}
    return found | ({"currency": row.currency} if row.currency else {})


def _comparison(row: Row) -> dict[str, Any]:
    test = {"name": row.test.name, "p": row.test.p} if row.test else None
    before = _figures(row.before) | {"link": dict(row.before.link)} if row.before else None
    difference = str(row.difference) if isinstance(row.difference, Decimal) else row.difference
    return {"before": before, "difference": difference, "test": test, "small_n": row.is_small}


def _comparison_in_words(row: Row, before: Row) -> dict[str, str]:
    gain = ""
    if row.difference is not None:
        is_rate = row.metric.unit == Unit.RATE
        gain = points(row.difference) if is_rate else in_words(row.metric, row.difference, row.currency)
    return {
        "year before": in_words(row.metric, before.value, row.currency),
        "difference": gain,
        "p": f"{row.test.p:.2g}" if row.test else "",
        "note": "small n" if row.is_small else "",
    }
