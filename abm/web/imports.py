"""Imports: bring in a file, watch it load, mend what was refused."""

import json
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

from abm.web import words
from abm.web.answers import done, go, refused
from abm.web.frame import wants_piece
from abm.web.requests import PageRequest
from imports import jobs, rules
from imports.jobs import CannotCancel, ImportRefused
from imports.models import ImportJob

PER_PAGE = 30


class UploadForm(forms.Form):
    """A file, what it holds, where it comes from, and how it is to be understood."""

    file = forms.FileField(label=gettext_lazy("File (CSV or TSV)"))
    kind = forms.ChoiceField(label=gettext_lazy("What it holds"), choices=words.choices(words.KINDS))
    source = forms.SlugField(
        label=gettext_lazy("Where it comes from"),
        max_length=60,
        help_text=gettext_lazy("A short name such as sfa or seminar-2026; use the same one for the next file."),
    )
    mapping = forms.FileField(
        label=gettext_lazy("Mapping file"),
        required=False,
        help_text=gettext_lazy("Only if the columns are not understood by themselves."),
    )
    dry_run = forms.BooleanField(label=gettext_lazy("Only try: change nothing yet"), required=False, initial=True)

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
            job = jobs.queue(file, file_name=file.name, by=request.user, now=timezone.now(), **given)
        except ImportRefused as why:
            form.add_error(None, str(why))
        else:
            return go(request, "import", job.public_id)
    found = ImportJob.objects.visible_to(request.user).select_related("source", "by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "may_import": rules.may_import(request.user)}
    return render(request, "imports/index.html", context)


def _job(request: PageRequest, public_id: UUID) -> ImportJob:
    return get_object_or_404(ImportJob.objects.visible_to(request.user).select_related("source"), public_id=public_id)


@require_safe
def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """One import: progress while it runs, then what came of it."""
    template = "imports/progress.html" if wants_piece(request) else "imports/show.html"
    return render(request, template, {"job": _job(request, public_id)})


@require_POST
def for_real(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Loads the file of a trial for real."""
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
