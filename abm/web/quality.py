"""Data quality: what is missing, unread, out of date or twice? Every number opens its rows."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_stubs_ext import StrOrPromise

from abm.web import formats, words
from abm.web.answers import go
from abm.web.charts import WIDE, Bar, Bars, Item
from abm.web.requests import PageRequest
from accounts import quality, recounting, unread
from accounts.enums import Naming
from accounts.models import Affiliation, Person
from accounts.quality import Gap
from audit import access
from users.models import User

PER_PAGE = 50
FIELDS: dict[str, StrOrPromise] = {
    **{code: words.FIELDS[code] for codes in quality.GAPS.values() for code in codes if code in words.FIELDS},
    "listed": gettext_lazy("Listed or not"),
    "domain": gettext_lazy("Domain"),
    "owner": gettext_lazy("Owner"),
    "phone": gettext_lazy("Phone"),
    "account": gettext_lazy("Company"),
    "department": gettext_lazy("Department"),
    "title": gettext_lazy("Title"),
    "free_mail": gettext_lazy("Only a free mail address"),
    "stale": gettext_lazy("Out of date"),
    "no_basis": gettext_lazy("Legal basis unknown"),
}
QUESTIONS: dict[str, StrOrPromise] = {
    "accounts": gettext_lazy("Which companies lack this?"),
    "persons": gettext_lazy("Which persons are these?"),
    "departments": gettext_lazy("Which departments say nothing of what they do?"),
    "titles": gettext_lazy("Who has a title that says no rank?"),
}


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Everything that is counted."""
    found = quality.latest(now=timezone.now())
    context = {
        "quality": found,
        "accounts": _bars("accounts", found.accounts),
        "persons": _bars("persons", found.persons),
        "troubles": [(FIELDS[gap.code], gap) for gap in found.troubles],
        "months": settings.STALE_MONTHS,
    }
    return render(request, "quality/index.html", context)


@require_POST
def count(request: PageRequest) -> HttpResponse:
    """Asks for newer figures than those kept."""
    recounting.ask(quality.CODE, by=request.user, now=timezone.now())
    return go(request, "quality")


def _bars(of: str, gaps: list[Gap]) -> Bars:
    """A bar per field, as long as the field is full; the dashed rest is missing."""
    return Bars(tuple(_bar(of, gap) for gap in gaps), 0.0)


def _bar(of: str, gap: Gap) -> Bar:
    href = f"{reverse('quality_rows', args=[of])}?gap={gap.code}"
    full = WIDE * gap.share
    missing = _("%(n)s missing") % {"n": formats.rounded(gap.missing, 0)}
    item = Item(str(FIELDS[gap.code]), gap.share, formats.rate(gap.share), href=href, note=missing, note_href=href)
    return Bar(item, 0.0, full, full, WIDE - full)


class RowsForm(forms.Form):
    """What the address of the rows may narrow by: a gap, or one text that is not read."""

    gap = forms.ChoiceField(required=False)
    text = forms.CharField(required=False, max_length=160)

    def __init__(self, data: Any, *, of: str) -> None:
        super().__init__(data)
        codes = quality.GAPS.get(of, ())
        self.fields["gap"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
        self.usual = codes[0] if codes else ""


@require_safe
def rows(request: PageRequest, of: str) -> HttpResponse:
    """The rows behind one number."""
    if of not in QUESTIONS:
        raise Http404
    form = RowsForm(request.GET, of=of)
    if not form.is_valid():
        raise Http404
    gap, text = form.cleaned_data["gap"] or form.usual, form.cleaned_data["text"]
    found = _gap_rows(of, gap, request.user, timezone.now()) if gap else _text_rows(of, text, request.user)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    if of in ("persons", "titles"):
        told = {"quality": of, "gap": gap, "text": text}
        shown = [one.pk if isinstance(one, Person) else one.person_id for one in page]
        access.read("persons", shown, by=request.user, now=timezone.now(), filters=told)
    context = {"of": of, "page": page, "word": FIELDS.get(gap, text), "gap": gap, "question": QUESTIONS[of]}
    return render(request, "quality/rows.html", context)


def _gap_rows(of: str, gap: str, user: User, now: datetime) -> QuerySet[Any]:
    if of == "accounts":
        return quality.accounts_lacking(gap).select_related("owner").order_by("name", "pk")
    seen: QuerySet[Any] = Person.objects.visible_to(user)
    lacking = quality.persons_lacking(gap, now=now) if user.sees_persons else seen
    places = Affiliation.objects.filter(ended_on=None).select_related("account", "department")
    return lacking.prefetch_related(Prefetch("affiliations", places)).order_by("name", "pk")


def _text_rows(of: str, text: str, user: User) -> QuerySet[Any]:
    if of == "departments":
        found = unread.rows(Naming.DEPARTMENT, text).select_related("account")
        people = Count("affiliations", filter=Q(affiliations__ended_on=None))
        return found.annotate(people=people).order_by("key", "account__name", "pk")
    places = unread.rows(Naming.TITLE, text).filter(person__in=Person.objects.visible_to(user))
    return places.select_related("account", "department", "person").order_by("title", "account__name", "pk")
