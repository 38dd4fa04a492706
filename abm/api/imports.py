"""Imports: a file in, progress while a worker loads it, the refused rows back."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import CodeRef, Ref
from abm.api.filters import WordsFilter
from abm.api.import_drafts import BASES, Drafting
from abm.api.problems import Problem, translate
from abm.api.resources import Readable, require
from abm.api.rows import Row
from imports import drafts, jobs, rules, undoing
from imports.enums import JobState, KindName
from imports.jobs import CannotCancel, ImportRefused
from imports.models import ImportJob
from imports.reading import MAX_BYTES
from imports.undoing import CannotUndo

KINDS = [(str(kind), str(kind)) for kind in KindName]
FORM_BYTES = 1024 * 1024

translate(ImportRefused, lambda error: Problem("import-refused", 422, str(error)))
translate(CannotUndo, lambda error: Problem("import-not-undoable", 409, str(error)))
translate(CannotCancel, lambda error: Problem("import-ended", 409, str(error)))


class UndoCounts(serializers.Serializer[Any]):
    """Rows removed, values restored, rows and values that stay."""

    removed = serializers.IntegerField()
    restored = serializers.IntegerField()
    kept = serializers.IntegerField()


class UndoReport(serializers.Serializer[Any]):
    """What undoing removes and restores by table, and how many stay for which reason."""

    counts = UndoCounts()
    removed = serializers.DictField(child=serializers.IntegerField())
    restored = serializers.DictField(child=serializers.IntegerField())
    kept = serializers.DictField(
        child=serializers.IntegerField(), help_text="changed, told, opted_out, or used: with the table in use."
    )


class ImportRow(Row):
    """An import. Once it is DONE, read = created + updated + unchanged + refused."""

    source: Any = CodeRef()
    by = Ref()
    report = serializers.DictField(help_text="Encoding, columns, refusals with their row numbers, notes.")
    undo_report = serializers.SerializerMethodField(help_text="Once undone: what was removed, restored and left.")
    has_error_file = serializers.SerializerMethodField(help_text="The refused rows: GET …/errors/.")

    class Meta:
        model = ImportJob
        fields = (
            "id", "file_name", "kind", "source", "basis", "purpose", "dry_run", "state", "rows_total", "rows_done",
            "read", "created", "updated", "unchanged", "refused", "report", "has_error_file", "error", "by",
            "queued_at", "started_at", "finished_at", "undo_asked_at", "undone_at", "undo_report",
        )  # fmt: skip

    @extend_schema_field(UndoReport(allow_null=True))
    def get_undo_report(self, job: ImportJob) -> Any:
        return UndoReport(job.undo_report).data if job.undone_at else None

    def get_has_error_file(self, job: ImportJob) -> bool:
        return bool(job.error_file)


class NewImport(serializers.Serializer[Any]):
    """A file to load; with `preview` it stays a draft, and kind and source are proposed where they are not said."""

    file = serializers.FileField(help_text="CSV, TSV or XLSX; encoding and delimiter are found.")
    kind = serializers.ChoiceField(KINDS, required=False)
    source: Any = serializers.SlugField(
        max_length=60, required=False, help_text="Where the file comes from; made when it is new."
    )
    preview = serializers.BooleanField(default=False)
    mapping = serializers.JSONField(default=None, allow_null=True, binary=True, help_text="As for `manage.py load`.")
    dry_run = serializers.BooleanField(default=False)
    basis = serializers.ChoiceField(BASES, default="", allow_blank=True, help_text="Blank: the source's usual one.")
    purpose = serializers.CharField(max_length=200, default="", allow_blank=True, help_text="Of use; as for basis.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("kind", "source") if name not in attrs]
        if missing and not attrs["preview"]:
            raise serializers.ValidationError({name: _("Needed, unless it is a preview.") for name in missing})
        return attrs

    def validate_mapping(self, mapping: Any) -> Any:
        if mapping is not None and not isinstance(mapping, dict):
            raise serializers.ValidationError("{…}")
        return mapping


class ImportFilters(django_filters.FilterSet):
    """Narrowing the list of imports."""

    state = WordsFilter(words=JobState)
    kind = WordsFilter(words=KindName)

    class Meta:
        model = ImportJob
        fields: tuple[str, ...] = ()


class Imports(Drafting, Readable):
    """Imports."""

    resource = "imports"
    serializer_class = ImportRow
    filterset_class = ImportFilters
    orderings = {"created_at": "id"}

    def get_queryset(self) -> QuerySet[ImportJob]:
        return ImportJob.objects.visible_to(self.user).select_related("source", "by")

    def get_parsers(self) -> list[Any]:
        uploads = getattr(self, "action_map", {}).get("post") == "create"
        return [MultiPartParser()] if uploads else super().get_parsers()

    @property
    def largest(self) -> int | None:  # type: ignore[override]
        return MAX_BYTES + FORM_BYTES if self.action == "create" else None

    @extend_schema(request={"multipart/form-data": NewImport}, responses={202: ImportRow})
    def create(self, request: Request) -> Response:
        """Queues a file to be loaded by a worker; `Location` is where its progress is read.

        With `preview` nothing is loaded yet: read `proposal/`, correct it (`mapping/`), then `start/`.
        """
        require(rules.may_import(self.user))
        told = dict(self.given(NewImport))
        require(rules.may_import(self.user, told.get("kind", "")))
        file, is_preview = told.pop("file"), told.pop("preview")
        if is_preview:
            told.pop("dry_run")
        job = (drafts.draft if is_preview else jobs.queue)(file, file_name=file.name, **told, **self.act)
        response = self.shown(job, 202)
        response["Location"] = self.address_of(job)
        return response

    @extend_schema(request=None, responses=ImportRow)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **kwargs: str) -> Response:
        """Stops a waiting import at once and a running one at its next batch; nothing of it stays."""
        job = self.get_object()
        jobs.cancel(job, **self.act)
        return self.shown(job)

    @extend_schema(request=None, responses={200: UndoReport})
    @action(detail=True, url_path="undo_preview")
    def undo_preview(self, request: Request, **kwargs: str) -> Response:
        """What undoing this import would do now; changes nothing."""
        return Response(UndoReport(undoing.preview(self.get_object(), **self.act).as_dict()).data)

    @extend_schema(request=None, responses={202: ImportRow})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, **kwargs: str) -> Response:
        """Asks for the import to be undone as a whole; a worker does it, `undone_at` tells when."""
        return self.shown(undoing.ask(self.get_object(), **self.act), 202)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=True)
    def errors(self, request: Request, **kwargs: str) -> FileResponse:
        """The refused rows as given, with the reason: to mend and load again."""
        job = self.get_object()
        if not job.error_file:
            raise Http404
        return FileResponse(job.error_file.open(), as_attachment=True, filename="errors.csv", content_type="text/csv")
