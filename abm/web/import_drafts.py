"""A draft of an import: which column means what, and what would become of the first rows?"""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from abm.web.answers import done, go, refused
from abm.web.mapping_form import MappingForm, WrittenForm, kinds_for
from abm.web.requests import PageRequest
from imports import drafts, previews, templates
from imports.drafts import NotADraft
from imports.enums import JobState
from imports.jobs import ImportRefused
from imports.models import ImportJob, MappingTemplate
from imports.proposals import Understanding

THEN = [(word, word) for word in ("look", "try", "load")]


class ThenForm(forms.Form):
    """Which button was pressed."""

    then = forms.ChoiceField(choices=THEN)


def _draft(request: PageRequest, public_id: UUID) -> ImportJob:
    found = ImportJob.objects.visible_to(request.user).filter(state=JobState.DRAFT)
    return get_object_or_404(found.select_related("source", "by"), public_id=public_id)


def page(request: PageRequest, job: ImportJob) -> HttpResponse:
    """The draft's page: form of the file, columns, first rows with their verdicts."""
    try:
        understood = drafts.understood(job)
    except ImportRefused as why:
        return render(request, "imports/unreadable.html", {"job": job, "why": str(why)})
    form = MappingForm(job=job, understood=understood)
    return _shown(request, job, understood, form)


def _shown(request: PageRequest, job: ImportJob, understood: Understanding, form: MappingForm) -> HttpResponse:
    written = WrittenForm(job=job, sheets=understood.table.sheets)
    written.fields["kind"].choices = kinds_for(request.user.role)  # type: ignore[attr-defined]
    context: dict[str, Any] = {"job": job, "understood": understood, "form": form, "written": written}
    try:
        context["rows"] = previews.preview(job, by=request.user, now=timezone.now()) if not form.missing else []
    except ImportRefused as why:
        context["why_no_rows"] = str(why)
    return render(request, "imports/draft.html", context)


@require_POST
def reread(request: PageRequest, public_id: UUID) -> HttpResponse:
    """It holds something else, or is written otherwise: proposed anew."""
    job = _draft(request, public_id)
    with drafts.opened(job) as table:
        form = WrittenForm(request.POST, job=job, sheets=table.sheets)
    if not form.is_valid():
        return refused(request, _("Please choose from what is offered."), "import", public_id)
    try:
        drafts.reread(job, by=request.user, now=timezone.now(), **form.cleaned_data)
    except (ImportRefused, NotADraft) as why:
        return refused(request, why, "import", public_id)
    return go(request, "import", public_id)


@require_POST
def correct(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Keeps what was said about the columns; then shows it again, tries it, or loads it."""
    job, then = _draft(request, public_id), ThenForm(request.POST)
    understood = drafts.understood(job)
    form = MappingForm(request.POST, job=job, understood=understood)
    if not (form.is_valid() and then.is_valid()):
        return _shown(request, job, understood, form)
    now = timezone.now()
    told = {"mapping": form.mapping, **{name: form.cleaned_data[name] for name in ("source", "basis", "purpose")}}
    try:
        job = drafts.correct(job, by=request.user, now=now, **told)
        if then.cleaned_data["then"] != "look":
            drafts.start(job, by=request.user, now=now, dry_run=then.cleaned_data["then"] == "try")
    except (ImportRefused, NotADraft) as why:
        return refused(request, why, "import", public_id)
    return go(request, "import", public_id)


@require_POST
def again(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Back to the columns of a file that was tried."""
    tried = get_object_or_404(ImportJob.objects.visible_to(request.user), public_id=public_id)
    given: dict[str, Any] = {"kind": tried.kind, "source": tried.source.code, "mapping": tried.mapping}
    try:
        job = drafts.draft(tried.file, file_name=tried.file_name, by=request.user, now=timezone.now(), **given)
    except ImportRefused as why:
        return refused(request, why, "import", public_id)
    return go(request, "import", job.public_id)


@require_POST
def forget(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The next file with this header is proposed afresh."""
    template = get_object_or_404(MappingTemplate.objects.visible_to(request.user), public_id=public_id)
    templates.forget(template, by=request.user, now=timezone.now())
    return done(request, _("Forgotten; the next such file is proposed afresh."), "imports")
