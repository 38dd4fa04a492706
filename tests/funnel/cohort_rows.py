"""Lead and deal rows with milestones as a cohort sees them; times are days after the hand-over."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Account
from funnel.models import Deal, Lead
from tests import make

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
HANDED_OVER = datetime(2025, 6, 2, 1, 0, tzinfo=UTC)
DUE = 2.0


def some_account() -> Account:
    """Any one account, the same for all rows that do not care."""
    return Account.objects.first() or make.account()


def unsaved_lead(*, at: datetime = HANDED_OVER, due: float | None = DUE, **fields: Any) -> Lead:
    """A lead handed over at `at`; every `…_at` given as a number is so many days later."""
    days = {name: value for name, value in fields.items() if name.endswith("_at") and isinstance(value, int | float)}
    moments = {name: at + timedelta(days=value) for name, value in days.items()}
    defaults = {"account": fields.get("account") or some_account(), "handed_over_at": at, "created_at": at}
    due_at = at + timedelta(days=due) if due is not None else None
    return Lead(**{**defaults, "due_at": due_at, **fields, **moments})


def lead(**fields: Any) -> Lead:
    """The same, saved."""
    made = unsaved_lead(**fields)
    made.save()
    return made


def leads(count: int, **fields: Any) -> list[Lead]:
    """Many alike."""
    fields.setdefault("account", some_account())
    return Lead.objects.bulk_create(unsaved_lead(**fields) for _ in range(count))


_deals = iter(range(1, 1_000_000))


def deal(status: str = "WON", amount: str | None = "100", **fields: Any) -> Deal:
    """A deal at some account, opened 1 April and closed 1 May 2025 unless told otherwise."""
    closed = None if status == "OPEN" else date(2025, 5, 1)
    defaults = {"source": make.source("sfa"), "external_id": f"D{next(_deals)}", "currency": "JPY"}
    defaults |= {"account": some_account(), "opened_on": date(2025, 4, 1), "closed_on": closed}
    money = None if amount is None else Decimal(amount)
    return Deal.objects.create(status=status, amount=money, **{**defaults, **fields})
