"""Imports: bring in a file, watch it load, mend what was refused."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from abm.web import formats, import_drafts, words
from abm.web.answers import done, go, refused
from abm.web.frame import wants_piece
from abm.web.import_undo import undone_rows
from abm.web.requests import PageRequest
from accounts.models import Doubt
from imports import drafts, jobs, rules, undoing
from imports.enums import JobState
from imports.jobs import CannotCancel, ImportRefused
from imports.models import ImportJob, MappingTemplate

PER_PAGE = 30


class UploadForm(forms.Form):
    """A file, what it holds, where it comes from, and how it is to be understood."""

    file = forms.FileField(label=gettext_lazy("File (CSV, TSV or Excel)"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        choices=[("", gettext_lazy("As found out")), *words.choices(words.KINDS)],
        required=False,
    )
    source = forms.SlugField(
        label=gettext_lazy("Where it comes from"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("A short name such as sfa or seminar-2026; use the same one for the next file."),
    )
    mapping = forms.FileField(
        label=gettext_lazy("Mapping file"),
        required=False,
        help_text=gettext_lazy("Only if the columns are not understood by themselves."),
    )

    def clean_mapping(self) -> dict[str, Any] | None:
        """The mapping as data."""
        given: UploadedFile | None = self.cleaned_data["mapping"]
        if given is None:
            return None
        try:
            written: dict[str, Any] = json.loads(given.read())
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("The mapping file is not JSON: %(why)s") % {"why": error}) from error
        return written


def index(request: PageRequest) -> HttpResponse:
    """The files brought in so far, and the box for the next one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        file = given.pop("file")
        try:
            job = drafts.draft(file, file_name=file.name, by=request.user, now=timezone.now(), **given)
        except ImportRefused as why:
            form.add_error(None, str(why))
        else:
            return go(request, "import", job.public_id)
    found = ImportJob.objects.visible_to(request.user).select_related("source", "by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    templates = MappingTemplate.objects.visible_to(request.user).select_related("source")
    may_import = rules.may_import(request.user)
    context = {"form": form, "page": page, "may_import": may_import, "templates": templates[:PER_PAGE]}
    return render(request, "imports/index.html", context)


def _job(request: PageRequest, public_id: UUID) -> ImportJob:
    return get_object_or_404(ImportJob.objects.visible_to(request.user).select_related("source"), public_id=public_id)


@require_safe
def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """One import: the columns of a draft, progress while it runs, then what came of it."""
    job = _job(request, public_id)
    if job.state == JobState.DRAFT:
        return import_drafts.page(request, job)
    template = "imports/progress.html" if wants_piece(request) else "imports/show.html"
    refusal = undoing.refusal(job, by=request.user, now=timezone.now())
    undone = undone_rows(job.undo_report) if job.undone_at else None
    doubts_open = Doubt.objects.visible_to(request.user).open().of_import(job.public_id).count()
    context = {"job": job, "pace": pace(job), "undo_refusal": refusal, "undone": undone, "doubts_open": doubts_open}
    return render(request, template, context)


def pace(job: ImportJob) -> dict[str, Any]:
    """Rows a second, and the time left, of an import that runs; nothing before the first sign of life."""
    if not (job.started_at and job.heartbeat_at and job.rows_done and job.rows_total):
        return {}
    rate = job.rows_done / max((job.heartbeat_at - job.started_at).total_seconds(), 1)
    left = timedelta(seconds=(job.rows_total - job.rows_done) / rate)
    return {"rate": round(rate), "left": formats.span(left) if left >= timedelta(minutes=1) else ""}


@require_POST
def for_real(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Loads the file of a trial for real, or once more after its doubts were decided."""
    trial = _job(request, public_id)
    try:
        job = jobs.queue(
            trial.file,
            file_name=trial.file_name,
            kind=trial.kind,
            source=trial.source.code,
            mapping=trial.mapping,
            by=request.user,
            now=timezone.now(),
        )
    except ImportRefused as why:
        return refused(request, why, "import", public_id)
    return go(request, "import", job.public_id)


@require_POST
def cancel(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Stops an import; nothing of it stays."""
    try:
        jobs.cancel(_job(request, public_id), by=request.user, now=timezone.now())
    except CannotCancel as why:
        return refused(request, why, "import", public_id)
    return done(request, _("Stopped; nothing of it stays."), "import", public_id)


@require_safe
def errors(request: PageRequest, public_id: UUID) -> FileResponse:
    """The refused rows as given, with column and reason."""
    job = _job(request, public_id)
    if not job.error_file:
        raise Http404
    return FileResponse(job.error_file.open("rb"), as_attachment=True, filename=f"refused-{job.file_name}")
