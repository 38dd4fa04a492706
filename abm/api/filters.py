"""Filters of lists: named as in page URLs; an unknown one is refused with the names of those there are."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from abm.api.paging import WORDS
from abm.api.problems import BadParameters

ME = "me"


class Filters(DjangoFilterBackend):
    """django-filter, closed: a misspelt filter must not show all rows."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = self.get_filterset(request, queryset, view)
        known = sorted({*WORDS, *(filterset.filters if filterset else ())})
        unknown = {name: [_("There is no such filter.")] for name in request.query_params if name not in known}
        if unknown:
            raise BadParameters(unknown, known=known)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise BadParameters(filterset.errors)
        return filterset.qs


class ReferenceFilter(django_filters.ModelChoiceFilter):
    """By the id (or code) of what a row refers to."""

    def __init__(self, *args: Any, to_field_name: str = "public_id", **kwargs: Any) -> None:
        super().__init__(*args, to_field_name=to_field_name, **kwargs)


class UserFilter(django_filters.CharFilter):
    """By a user's id; `me` is whoever asks."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        if value == ME:
            user = self.parent.request.user  # type: ignore[attr-defined]
            return qs.filter(**{self.field_name: user.pk})
        return qs.filter(**{f"{self.field_name}__public_id": value})
