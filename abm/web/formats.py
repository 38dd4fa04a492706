"""Numbers, money, time and names as people read them. Pure but for the language, which is passed in or asked for."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

MINUS = "\N{MINUS SIGN}"
NOTHING = "–"
NO_DECIMALS = frozenset({"JPY", "KRW", "VND"})
SIGNS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
JA_UNITS = ((Decimal(10**8), "億円"), (Decimal(10**6), "百万円"), (Decimal(10**3), "千円"))
EN_UNITS = ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K"))
SOON = Decimal("0.8")

Number = int | float | Decimal


def is_japanese() -> bool:
    """Whether the page is being written in Japanese."""
    return (get_language() or "en").startswith("ja")


def rounded(value: Number, places: int) -> str:
    """Half up, thousands separated, a true minus sign: -1234.55 → −1,234.6."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{abs(exact):,}" if exact >= 0 else f"{MINUS}{abs(exact):,}"


def rate(fraction: Number | None, places: int = 1) -> str:
    """A share as per cent: 0.93 → 93.0 %; – when there is nothing to divide by."""
    return NOTHING if fraction is None else f"{rounded(Decimal(str(fraction)) * 100, places)} %"


def points(difference: Number | None, places: int = 1) -> str:
    """A difference of two shares in percentage points, always signed: 0.31 → +31.0, 0 → ±0.0."""
    if difference is None:
        return NOTHING
    text = rounded(Decimal(str(difference)) * 100, places)
    if not text.strip(f"{MINUS}0."):
        return f"±{text.lstrip(MINUS)}"
    return text if text.startswith(MINUS) else f"+{text}"


def money(amount: Number | None, currency: str = "JPY") -> str:
    """The whole amount: ¥1,234,567 · $1,234.50; currencies without decimals show none."""
    if amount is None:
        return NOTHING
    text = rounded(amount, 0 if currency in NO_DECIMALS else 2)
    sign = SIGNS.get(currency, f"{currency} ")
    return f"{MINUS}{sign}{text[1:]}" if text.startswith(MINUS) else f"{sign}{text}"


def money_short(amount: Number | None, currency: str = "JPY", unit: str = "") -> str:
    """A readable amount in its largest fitting unit, or in `unit` (千円 … 億円, K, M, B): 12.4百万円, ¥12.4M."""
    if amount is None:
        return NOTHING
    exact = Decimal(str(amount))
    in_kanji = unit.endswith("円") or (not unit and is_japanese() and currency == "JPY")
    for size, name in JA_UNITS if in_kanji else EN_UNITS:
        if name == unit or (not unit and abs(exact) >= size):
            return _scaled(exact / size, name, currency, in_kanji)
    return money(amount, currency)


def _scaled(scaled: Decimal, name: str, currency: str, in_kanji: bool) -> str:
    text = rounded(scaled, 1)
    if in_kanji:
        return f"{text}{name}"
    sign = SIGNS.get(currency, f"{currency} ")
    return f"{MINUS}{sign}{text[1:]}{name}" if text.startswith(MINUS) else f"{sign}{text}{name}"


def span(length: timedelta) -> str:
    """A length of time in its two largest units at most: 3 days · 1 h 20 min · 45 min."""
    minutes = int(abs(length).total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days >= 2:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if minutes >= 60:
        return gettext("%(hours)s h %(minutes)s min") % {"hours": days * 24 + hours, "minutes": minutes % 60}
    return gettext("%(minutes)s min") % {"minutes": minutes}


def time_left(due_at: datetime | None, now: datetime) -> str:
    """What is left until `due_at`, or how long it is past: 1 h 20 min left · 3 days overdue."""
    if due_at is None:
        return ""
    text = gettext("%(span)s left") if due_at > now else gettext("%(span)s overdue")
    return text % {"span": span(due_at - now)}


def time_ago(moment: datetime | None, now: datetime) -> str:
    """How long ago: 5 min ago."""
    return gettext("%(span)s ago") % {"span": span(now - moment)} if moment else ""


def urgency(due_at: datetime | None, now: datetime, sent_at: datetime | None = None) -> str:
    """late, soon (80 % of the time used, or under two hours without `sent_at`), or nothing."""
    if due_at is None:
        return ""
    if due_at <= now:
        return "late"
    if sent_at is None:
        return "soon" if due_at - now < timedelta(hours=2) else ""
    return "soon" if (now - sent_at) / (due_at - sent_at) >= SOON else ""


def person_name(person: Any) -> str:
    """Family name first in Japanese or when written in Japanese; given name first otherwise. 様 only in mail."""
    if getattr(person, "erased_at", None):
        return str(person)
    family, given = getattr(person, "last_name", ""), getattr(person, "first_name", "")
    if not (family and given):
        return getattr(person, "name", "") or family or given
    family_first = is_japanese() or not f"{family}{given}".isascii()
    return f"{family} {given}" if family_first else f"{given} {family}"
