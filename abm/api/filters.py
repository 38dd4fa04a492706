"""Filters of lists: named as in page URLs; an unknown one is refused with the names of those there are."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django_filters.fields import IsoDateTimeField
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
        found: QuerySet[Any] = filterset.qs
        return found


def by_search(queryset: Any, name: str, value: str) -> Any:
    """A filter's `method`: the search of the rows' own kind."""
    return queryset.search(value)


def seen(model: type[Model]) -> Any:
    """The rows of `model` that whoever asks may see: what a filter may refer to."""

    def rows(request: Request | None) -> QuerySet[Any]:
        objects: Any = model._default_manager
        return objects.visible_to(request.user) if request else objects.none()

    return rows


class ReferenceFilter(django_filters.ModelChoiceFilter):
    """By the id (or code) of what a row refers to."""

    def __init__(self, *args: Any, to_field_name: str = "public_id", **options: Any) -> None:
        super().__init__(*args, to_field_name=to_field_name, **options)


class UserId(forms.CharField):
    """A user's id, or `me`."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if text in ("", ME):
            return text
        try:
            return str(UUID(text))
        except ValueError as error:
            raise forms.ValidationError(_("This is not an id.")) from error


class UserFilter(django_filters.CharFilter):
    """By a user's id; `me` is whoever asks."""

    field_class = UserId

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        if value == ME:
            return qs.filter(**{self.field_name: self.parent.request.user.pk})
        return qs.filter(**{f"{self.field_name}__public_id": value})


class FlagField(forms.NullBooleanField):
    """true or false, in any case; another word must not show all rows."""

    widget = forms.TextInput

    def clean(self, value: Any) -> bool | None:
        flag: bool | None = self.to_python(str(value).lower() if value else None)
        if value and flag is None:
            raise forms.ValidationError(_("Please choose from: %(words)s.") % {"words": "true, false"})
        return flag


class FlagFilter(django_filters.BooleanFilter):
    """By what is or is not so."""

    field_class = FlagField


class MomentField(IsoDateTimeField):
    """A moment in UTC: an offset no database knows (+16:27) is still a moment."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(_("This is not a moment.")) from error


class MomentFilter(django_filters.IsoDateTimeFilter):
    """Before or after a moment."""

    field_class = MomentField


class WordsFilter(django_filters.CharFilter):
    """One of a closed set of words, or several parted by commas, in either case: `?stage=mql,sal`."""

    def __init__(self, *args: Any, words: Any, **options: Any) -> None:
        self.words = {str(word).casefold(): str(word) for word in words}
        super().__init__(*args, validators=[self._known], **options)

    def _known(self, value: str) -> None:
        if any(word not in self.words for word in _parts(value)):
            known = ", ".join(self.words.values())
            raise forms.ValidationError(_("Please choose from: %(words)s.") % {"words": known})

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        asked = self.asked(value)
        return qs.filter(**{f"{self.field_name}__in": asked}) if asked else qs

    def asked(self, value: str) -> list[str]:
        """The words that were sent, as they are spelt here."""
        return [self.words[word] for word in _parts(value)]


def _parts(value: str) -> list[str]:
    return [word.strip().casefold() for word in value.split(",") if word.strip()]
