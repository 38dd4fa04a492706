"""Undoing an import: what would go, what would come back, what stays and why; then the asking."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from abm.web import words
from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from accounts.models import Person
from imports import undoing
from imports.models import ImportJob
from imports.undoing import CannotUndo


def index(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Shows what undoing this import would do; on POST asks for it."""
    job = get_object_or_404(ImportJob.objects.visible_to(request.user).select_related("source"), public_id=public_id)
    now = timezone.now()
    try:
        if request.method == "POST":
            undoing.ask(job, by=request.user, now=now)
            return done(request, _("The import is being undone."), "import", public_id)
        told = undoing.preview(job, by=request.user, now=now).as_dict()
    except CannotUndo as why:
        return refused(request, why, "import", public_id)
    return render(request, "imports/undo.html", {"job": job, "told": undone_rows(told, sees=request.user.sees_persons)})


def undone_rows(report: dict[str, Any], *, sees: bool = False) -> dict[str, Any]:
    """A report of undoing in words: (table, rows) removed and restored, (reason, rows) kept, and the first of these."""
    return {
        "counts": report["counts"],
        "removed": [(_table(kind), number) for kind, number in report["removed"].items()],
        "restored": [(_table(kind), number) for kind, number in report["restored"].items() if number],
        "kept": [(words.why_kept(why), number) for why, number in report["kept"].items()],
        "kept_rows": _named(report["kept_rows"], sees=sees),
    }


def _table(kind: str) -> str:
    return str(words.TABLES.get(kind, kind))


def _named(rows: list[dict[str, Any]], *, sees: bool) -> list[tuple[str, str, str]]:
    """(table, name, why) of rows that stay; persons are named to those who see persons."""
    wanted: dict[str, list[int]] = {}
    for row in rows:
        wanted.setdefault(row["kind"], []).append(row["id"])
    names = {kind: _names(kind, ids) for kind, ids in wanted.items() if sees or apps.get_model(kind) is not Person}
    return [
        (_table(row["kind"]), names.get(row["kind"], {}).get(row["id"], "–"), words.why_kept(row["why"]))
        for row in rows
        if row["kind"] in NAMED
    ]


NAMED = ("accounts.account", "accounts.department", "accounts.person", "accounts.offering", "funnel.deal")


def _names(kind: str, ids: list[int]) -> dict[int, str]:
    if kind not in NAMED:
        return {}
    return dict(apps.get_model(kind)._default_manager.filter(pk__in=ids).values_list("pk", "name"))
