"""What we sell."""

from collections.abc import Sequence
from typing import Any

from accounts import offerings
from accounts.offerings import Catalogue, OfferingFacts
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds.kind import Kind

DETAILS = ("name", "category", "list_price", "currency")


class Offerings(Kind):
    """Offerings by their code; without a code the name is it."""

    fields = (
        Field("code", values.identifier(60), synonyms.OFFERING_CODE),
        Field("name", values.text(160), synonyms.OFFERING),
        Field("category", values.text(120), synonyms.CATEGORY),
        Field("list_price", values.amount, synonyms.PRICE),
        Field("currency", values.currency, synonyms.CURRENCY),
    )
    needs = (("code", "name"),)

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._catalogue = Catalogue()
        self._reached: set[int] = set()

    def write(self, rows: Sequence[Row]) -> None:
        told = offerings.register(
            [_facts(row) for row in rows],
            catalogue=self._catalogue,
            reached=self._reached,
            by=self.by,
            now=self.now,
        )
        for row, one in zip(rows, told, strict=True):
            row.take(one)


def _facts(row: Row) -> OfferingFacts:
    code = row.get("code") or row.get("name")[:60]
    return OfferingFacts(code=code, details={name: row.get(name) for name in DETAILS if name in row.values})
