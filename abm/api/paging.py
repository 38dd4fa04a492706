"""Paging by position, not by offset: page 10,000 costs what page 1 costs, and rows coming in shift nothing.

A view names its closed set of orderings: `orderings = {"due_at": "due_at"}` (word → model field) and `ordering`, the
usual one. Rows with equal values are parted by their key, so no row is skipped or shown twice however many tie.
"""

import base64
import binascii
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from abm.api.problems import BadParameters

if TYPE_CHECKING:
    from rest_framework.views import APIView

USUAL, MOST = 50, 200
WORDS = ("limit", "cursor", "count", "ordering")


class PageQuery(serializers.Serializer[Any]):
    """What every list can be asked for beside its filters."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=USUAL)
    cursor = serializers.CharField(default="", max_length=2000)
    count = serializers.ChoiceField(["exact", "estimate"], default="")
    ordering = serializers.CharField(default="", max_length=60)


@dataclass(frozen=True)
class Order:
    """One direction through the rows. Unknown values come last, and so first on the way back."""

    field: "Field[Any, Any]"
    descending: bool
    nulls_last: bool = True

    def backwards(self) -> "Order":
        return replace(self, descending=not self.descending, nulls_last=not self.nulls_last)

    def sort(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        sign = "-" if self.descending else ""
        if not self.field.null:
            return rows.order_by(sign + self.field.name, sign + "pk")
        nulls = {"nulls_last": True} if self.nulls_last else {"nulls_first": True}
        value = F(self.field.name)
        return rows.order_by(value.desc(**nulls) if self.descending else value.asc(**nulls), sign + "pk")

    def after(self, value: Any, pk: int) -> Q:
        """Rows that come later than the row with this value and key."""
        beyond, name = "lt" if self.descending else "gt", self.field.name
        later = Q(**{f"pk__{beyond}": pk})
        if self.field.primary_key:
            return later
        known = Q(**{f"{name}__isnull": False})
        if value is None:
            return ~known & later | (Q() if self.nulls_last else known)
        rest = Q(**{f"{name}__{beyond}": value}) | Q(**{name: value}) & later
        return rest | ~known if self.field.null and self.nulls_last else rest


@dataclass(frozen=True)
class Cursor:
    """A place between rows: the ordering it belongs to, the direction, and the row it stands behind."""

    ordering: str
    back: bool
    value: str | None
    row: str

    def encode(self) -> str:
        parts = json.dumps([self.ordering, self.back, self.value, self.row], ensure_ascii=False)
        return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Raises ValueError for anything `encode` did not make."""
        padded = text + "=" * (-len(text) % 4)
        try:
            ordering, back, value, row = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        except (binascii.Error, RecursionError, TypeError) as error:
            raise ValueError(text) from error
        if not isinstance(value, str | None) or "\x00" in (value or ""):
            raise ValueError(text)
        return cls(str(ordering), bool(back), value, str(UUID(str(row))))


class CursorPaging(BasePagination):
    """`?limit=&cursor=&ordering=&count=`; `next` and `previous` are whole links."""

    def paginate_queryset(self, queryset: Any, request: Request, view: "APIView | None" = None) -> list[Any]:
        asked = PageQuery(data={word: request.query_params[word] for word in WORDS if word in request.query_params})
        if not asked.is_valid():
            raise BadParameters(dict(asked.errors))
        self.request, self.asked = request, asked.validated_data
        self.ordering = _ordering(self.asked["ordering"], view)
        self.order = _order(self.ordering, queryset.model, view)
        cursor = self._cursor()
        rows = self._window(queryset, cursor)
        self.count = _counted(queryset, self.asked["count"])
        return self._page(rows, cursor)

    def _cursor(self) -> Cursor | None:
        if not self.asked["cursor"]:
            return None
        try:
            cursor = Cursor.decode(self.asked["cursor"])
        except ValueError as error:
            raise _bad_cursor() from error
        if cursor.ordering != self.ordering:
            raise _bad_cursor()
        return cursor

    def _window(self, queryset: QuerySet[Any], cursor: Cursor | None) -> list[Any]:
        order = self.order.backwards() if cursor and cursor.back else self.order
        if cursor:
            queryset = queryset.filter(order.after(*self._place(queryset.model, cursor)))
        return list(order.sort(queryset)[: self.asked["limit"] + 1])

    def _place(self, model: type[Model], cursor: Cursor) -> tuple[Any, int]:
        """The value and key of the row the cursor stands behind; the row may since have got another value."""
        pk = model._default_manager.filter(public_id=cursor.row).values_list("pk", flat=True).first()
        if pk is None:
            raise _bad_cursor()
        try:
            return self.order.field.to_python(cursor.value), pk
        except ValidationError as error:
            raise _bad_cursor() from error

    def _page(self, rows: list[Any], cursor: Cursor | None) -> list[Any]:
        more, rows = len(rows) > self.asked["limit"], rows[: self.asked["limit"]]
        back = bool(cursor and cursor.back)
        if back:
            rows.reverse()
        self.next = self._link(rows, back=False) if more or back else None
        self.previous = self._link(rows, back=True) if (more if back else cursor) else None
        return rows

    def _link(self, rows: list[Any], *, back: bool) -> str | None:
        if not rows:
            return None
        row = rows[0] if back else rows[-1]
        cursor = Cursor(self.ordering, back, _text(row, self.order.field), str(row.public_id))
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor.encode())

    def get_paginated_response(self, data: Any) -> Response:
        answer = {"next": self.next, "previous": self.previous, "results": data}
        return Response(answer if self.count is None else {"count": self.count, **answer})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        count = {"type": "integer", "description": "Only with ?count=."}
        parts = {"count": count, "next": link, "previous": link, "results": schema}
        return {"type": "object", "required": ["next", "previous", "results"], "properties": parts}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        words = [sign + word for word in view.orderings for sign in ("", "-")]
        return [
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "Rows a page."),
            _parameter("cursor", {"type": "string"}, "From `next` or `previous`."),
            _parameter("count", {"type": "string", "enum": ["exact", "estimate"]}, "Adds `count`; costs time."),
            _parameter("ordering", {"type": "string", "enum": words, "default": view.ordering}, "A closed set."),
        ]


def _parameter(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _ordering(asked: str, view: Any) -> str:
    if asked and asked.removeprefix("-") not in view.orderings:
        known = ", ".join(view.orderings)
        raise BadParameters({"ordering": [_("Lists of this kind are ordered by: %(words)s.") % {"words": known}]})
    return asked or str(view.ordering)


def _order(ordering: str, model: type[Model], view: Any) -> Order:
    """The ordering's field; `id`, whatever it is called, is the order in which rows came to be."""
    name = view.orderings[ordering.removeprefix("-")]
    field: Any = model._meta.pk if name == "id" else model._meta.get_field(name)
    return Order(field, ordering.startswith("-"))


def _text(row: Any, field: "Field[Any, Any]") -> str | None:
    value = None if field.primary_key else getattr(row, field.attname)
    return None if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)


def _counted(queryset: QuerySet[Any], how: str) -> int | None:
    """`exact` counts; `estimate` asks the planner, which takes no longer for a million rows."""
    if how == "estimate":
        return int(json.loads(queryset.order_by().explain(format="json"))[0]["Plan"]["Plan Rows"])
    return queryset.count() if how else None


def _bad_cursor() -> BadParameters:
    return BadParameters({"cursor": [_("This page is no longer there. Please start from the first page.")]})
