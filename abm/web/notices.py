"""Notices: what I was told."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from abm.web.answers import done
from abm.web.requests import PageRequest
from users import letters, notices
from users.models import Notification

PER_PAGE = 50


@dataclass(frozen=True)
class Told:
    """A notice in the reader's language."""

    text: str
    href: str
    at: datetime
    is_new: bool


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The newest first."""
    page = Paginator(request.user.notifications.order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    told = [_told(notice, text) for notice, text in zip(page, letters.texts(page), strict=True)]
    return render(request, "notices/index.html", {"page": page, "told": told, "now": timezone.now()})


def _told(notice: Notification, text: str) -> Told:
    return Told(text, f"/{notice.link}" if notice.link else "", notice.created_at, notice.read_at is None)


@require_POST
def read_all(request: PageRequest) -> HttpResponse:
    """Marks all as read."""
    notices.read_all(request.user, now=timezone.now())
    return done(request, _("All read."), "notices")
