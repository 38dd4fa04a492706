"""What other systems hear of scores."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from accounts.models import Account, Department, Offering
from audit import events, outbox
from audit.models import OutboxMessage
from scoring.models import Score, ScoringRule

CROSSED = gettext_noop("The score of a demand rose over the threshold.")
TOPIC = "score.crossed"


def register() -> None:
    """Offers the scores' events to webhooks."""
    events.offer(TOPIC, CROSSED, describe)


def tell_crossed(scores: list[Score], rule: ScoringRule, *, now: datetime) -> None:
    """Puts one event per score, in the caller's transaction."""
    messages = [
        (f"score:{score.pk}:{now.isoformat()}", f"account:{score.account_id}", _payload(score, rule))
        for score in scores
    ]
    outbox.put_many(TOPIC, messages, now=now)


def _payload(score: Score, rule: ScoringRule) -> dict[str, Any]:
    return {
        "account_id": score.account_id,
        "department_id": score.department_id,
        "offering_id": score.offering_id,
        "score": round(score.engagement, 2),
        "threshold": rule.threshold,
        "rule_version": rule.version,
    }


def describe(message: OutboxMessage) -> dict[str, Any]:
    """The demand and its score at that moment."""
    told = message.payload
    account = Account.objects.get(pk=told["account_id"])
    path = f"accounts/{account.public_id}/"
    return {
        "account": str(account.public_id),
        "department": _id(Department, told["department_id"]),
        "offering": _id(Offering, told["offering_id"]),
        **{name: told[name] for name in ("score", "threshold", "rule_version")},
        "links": {"page": events.link(path), "api": events.link(f"api/v1/{path}")},
    }


def _id(kind: Any, pk: int | None) -> str | None:
    return str(kind.objects.values_list("public_id", flat=True).get(pk=pk)) if pk else None
