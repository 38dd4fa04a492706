"""What every address of the API does alike: who may, how large a body, asked twice, found by id, changed if unchanged.

A view finds through `visible_to`, reads its input with a serializer (which never writes), calls one act, answers.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from abm.api import once
from abm.api.problems import Problem, TooLarge, api_limit
from abm.api.told import Named
from users.models import User
from users.roles import Role


class Address(APIView):
    """One address; `resource` is what a token's scopes name it by, `largest` the bytes a body may have."""

    resource = ""
    largest: int | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        limit = self.largest or api_limit()
        if _length(request) > limit:
            raise TooLarge(limit)
        if request.method == "POST" and once.HEADER in request.headers:
            self.post: Any = once.answered(self, getattr(self, "post", self.http_method_not_allowed))

    @property
    def user(self) -> User:
        """Whoever asks; views are closed to anybody else."""
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn for nobody in particular
            return User(role=Role.SYSTEM)
        return self.request.user  # type: ignore[return-value]

    @property
    def act(self) -> dict[str, Any]:
        """What every act is told: by whom, and when."""
        return {"by": self.user, "now": timezone.now()}


def require(allowed: bool) -> None:
    """Raises PermissionDenied (403) unless the asker's role allows it."""
    if not allowed:
        raise PermissionDenied


def csv_file(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """Lines of CSV as a file, kept by nobody on the way."""
    headers = {"Content-Disposition": f"attachment; filename={name}.csv", "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _length(request: Request) -> int:
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0


class Rows(Address, GenericViewSet[Any]):
    """Rows of one kind, as far as the asker may see them; `orderings` maps words to fields."""

    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    orderings: dict[str, str] = {"created_at": "id"}
    ordering = "-created_at"

    def get_object(self) -> Any:
        """The row of this id, if the asker may see it."""
        return get_object_or_404(self.get_queryset(), public_id=self.kwargs["id"])

    def given(self, kind: type[serializers.Serializer[Any]]) -> Any:
        """The body's values, as the serializer understands them. Raises ValidationError."""
        reader = kind(data=self.request.data, context=self.get_serializer_context())
        reader.is_valid(raise_exception=True)
        return reader.validated_data

    def named_by_path(self, source: str, external_id: str, *, longest: int) -> dict[str, str]:
        """How another system names the row, out of the address. Raises ValidationError."""
        named = Named(data={"source": source, "external_id": external_id})
        named.fields["external_id"].validators.append(MaxLengthValidator(longest))
        named.is_valid(raise_exception=True)
        return dict(named.validated_data)

    def shown(self, row: Any, status: int = 200) -> Response:
        """The row as it now is, read afresh."""
        row = self.get_queryset().get(pk=row.pk)
        response = Response(self.get_serializer(row).data, status)
        if status == 201:
            response["Location"] = self.address_of(row)
        return response

    def address_of(self, row: Any) -> str:
        """Where the row is found."""
        return str(self.reverse_action("detail", kwargs={**self.beside, "id": row.public_id}))

    @property
    def beside(self) -> dict[str, str]:
        """What else the address of a row names: nothing, but for rows within rows."""
        return {}


class Readable(Rows, ListModelMixin, RetrieveModelMixin):
    """Lists and single rows."""


class Guarded(Readable):
    """Rows that carry an ETag and change only for whoever has seen their present state (If-Match)."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.tagged(self.get_object())

    def tagged(self, row: Any, status: int = 200) -> Response:
        """The row with its ETag."""
        response = self.shown(row, status)
        response["ETag"] = etag(response.data)
        return response

    def changed(self, change: Callable[[Any], object]) -> Response:
        """Locks the row, compares its ETag with If-Match, and changes it. Raises 428, 412."""
        with transaction.atomic():
            row = self.get_object()
            type(row)._default_manager.select_for_update().get(pk=row.pk)
            self._require_unchanged(row)
            change(self.get_object())
        return self.tagged(row)

    def _require_unchanged(self, row: Any) -> None:
        asked = self.request.headers.get("If-Match", "")
        if not asked:
            raise Problem("precondition-required", 428, _("Please send the ETag you have seen as If-Match."))
        present = etag(self.shown(row).data)
        if asked != "*" and present not in [tag.strip() for tag in asked.split(",")]:
            raise Problem("precondition-failed", 412, _("Somebody has changed this since. Please read it again."))


def etag(data: Any) -> str:
    """A strong tag of what is shown."""
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'
