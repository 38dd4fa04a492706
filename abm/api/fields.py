"""How values look in JSON: opaque ids, references, money.

A reference is read as `{"id": …, "name": …}` and written as the bare id; money is `{"amount": "1200000",
"currency": "JPY"}` both ways, with as many decimals as the currency has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from funnel.readout import rounded
from users.models import User

CURRENCY = r"^[A-Z]{3}\Z"

Rows = Callable[[User], QuerySet[Any]]


class Ref(serializers.Serializer[Any]):
    """What a row refers to."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class CodeRef(serializers.Serializer[Any]):
    """What a row refers to by its code, such as a source."""

    code = serializers.CharField()
    name = serializers.CharField()


class IdField(serializers.CharField):
    """The id (or code) of a row among those the asker may refer to; the view gets the row.

    A row found once is known to all that shares the context: 200 items about one account ask for it once.
    """

    default_error_messages = {"unknown": _("There is nothing with this id.")}

    def __init__(self, rows: Rows, *, by: str = "public_id", **options: Any) -> None:
        self.rows, self.by = rows, by
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        context: Any = self.context
        known = context.setdefault("known", {})
        try:
            if (self.rows, text) not in known:
                known[self.rows, text] = self.rows(self.context["request"].user).get(**{self.by: text})
            return known[self.rows, text]
        except (ObjectDoesNotExist, ValidationError, ValueError):
            self.fail("unknown")


@dataclass(frozen=True)
class Money:
    """An amount in the currency's own units."""

    amount: Decimal
    currency: str


class MoneyField(serializers.Serializer[Money]):
    """Money as sent in."""

    amount = serializers.DecimalField(max_digits=20, decimal_places=2, min_value=Decimal(0))
    currency = serializers.RegexField(CURRENCY, help_text="ISO 4217")

    def to_internal_value(self, data: Any) -> Money:
        return Money(**super().to_internal_value(data))

    def to_representation(self, instance: Money) -> dict[str, str]:
        return {"amount": f"{rounded(instance.amount, instance.currency):f}", "currency": instance.currency}


class MoneyOf(MoneyField):
    """Money as read from a row's two columns; null where the amount is not known."""

    def __init__(self, amount: str, currency: str, **options: Any) -> None:
        self.columns = (amount, currency)
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, instance: Any) -> Any:
        amount, currency = (getattr(instance, column) for column in self.columns)
        return None if amount is None else super().to_representation(Money(amount, currency))
