"""The steps between a file and its load: what is proposed, corrected, and what would become of the first rows."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import CodeRef
from abm.api.problems import Problem, translate
from abm.api.resources import Readable, Rows, require
from abm.api.rows import Row
from accounts.enums import Basis
from imports import drafts, previews, rules, templates
from imports.drafts import NotADraft
from imports.enums import JobState, KindName
from imports.kinds import KINDS
from imports.models import ImportJob, MappingTemplate
from imports.previews import Seen

BASES = [(str(basis), str(basis)) for basis in Basis]

translate(NotADraft, lambda error: Problem("import-started", 409, str(error)))


class ColumnRow(serializers.Serializer[Any]):
    """A column of the file: the fields it gives now, and some of its cells."""

    name = serializers.CharField()
    fields_given = serializers.ListField(child=serializers.CharField(), source="fields")
    samples = serializers.ListField(child=serializers.CharField())


class SeenRow(serializers.Serializer[Seen]):
    """A row and its verdict: created, updated, unchanged or refused; `found` says by which rule somebody was found."""

    row = serializers.IntegerField(source="number")
    cells = serializers.ListField(child=serializers.CharField(allow_blank=True))
    effect = serializers.CharField()
    found = serializers.DictField(child=serializers.CharField())
    ambiguous = serializers.BooleanField(source="is_doubt")
    reasons = serializers.ListField(child=serializers.CharField())


class UnderstandingRow(serializers.Serializer[Any]):
    """How the file is understood now. `missing` are groups of fields of which each needs one."""

    kind = serializers.ChoiceField([(str(kind), str(kind)) for kind in KindName])
    source: Any = serializers.CharField()
    preset = serializers.CharField(allow_blank=True, help_text="The export it was recognised as.")
    template = serializers.CharField(allow_blank=True, help_text="The earlier file it was understood like.")
    encoding = serializers.CharField()
    delimiter = serializers.CharField()
    sheet = serializers.CharField(allow_blank=True)
    sheets = serializers.ListField(child=serializers.CharField())
    header_line = serializers.IntegerField()
    mapping = serializers.DictField(help_text="As for `manage.py load`.")
    columns = ColumnRow(many=True)
    fields_known = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    unknown_words = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    rows = SeenRow(many=True, help_text="The first rows, while nothing is missing. Nothing of it stays.")


class Correction(serializers.Serializer[Any]):
    """What the columns mean; or another kind, encoding, delimiter or sheet, and all is proposed anew."""

    mapping = serializers.DictField(required=False)
    source: Any = serializers.SlugField(max_length=60, required=False)
    basis = serializers.ChoiceField(BASES, required=False, allow_blank=True, help_text="Blank: the source's usual one.")
    purpose = serializers.CharField(max_length=200, required=False, allow_blank=True)
    kind = serializers.ChoiceField([(str(kind), str(kind)) for kind in KindName], required=False)
    encoding = serializers.CharField(max_length=40, required=False)
    delimiter = serializers.CharField(max_length=1, required=False, trim_whitespace=False)
    sheet = serializers.CharField(max_length=60, required=False)


class Start(serializers.Serializer[Any]):
    """Whether it is only to be tried."""

    dry_run = serializers.BooleanField(default=False)


class Drafting(Rows):
    """What can be done with an import that is still a draft."""

    @extend_schema(responses=UnderstandingRow)
    @action(detail=True)
    def proposal(self, request: Request, **kwargs: str) -> Response:
        """How the file is understood, and the verdict on its first rows."""
        return Response(self._proposal(self.get_object()))

    @extend_schema(request=Correction, responses=UnderstandingRow)
    @action(detail=True, methods=["patch"])
    def mapping(self, request: Request, **kwargs: str) -> Response:
        """Corrects a draft. The whole `mapping` is replaced by the one given."""
        job, told = self.get_object(), self.given(Correction)
        mapping, source = told.pop("mapping", None), told.pop("source", "")
        ground = {name: told.pop(name) for name in ("basis", "purpose") if name in told}
        if told:
            job = drafts.reread(job, **{"kind": job.kind, **told}, **self.act)
        if mapping is not None or source or ground:
            mapping = job.mapping if mapping is None else mapping
            job = drafts.correct(job, mapping=mapping, source=source, **ground, **self.act)
        return Response(self._proposal(self.get_queryset().get(pk=job.pk)))

    @extend_schema(request=Start)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, **kwargs: str) -> Response:
        """Queues the draft; its mapping is remembered for the next file with the same header."""
        job, told = self.get_object(), self.given(Start)
        return self.shown(drafts.start(job, **told, **self.act), 202)

    def _proposal(self, job: ImportJob) -> Any:
        if job.state != JobState.DRAFT:
            raise NotADraft
        understood = drafts.understood(job)
        table = understood.table
        rows = [] if understood.missing else previews.preview(job, **self.act)
        said = {name: getattr(table, name) for name in ("encoding", "delimiter", "sheet", "sheets", "header_line")}
        return UnderstandingRow({
            **said, "kind": job.kind, "source": job.source.code, "mapping": job.mapping, "rows": rows,
            "preset": job.report.get("preset", ""), "template": job.report.get("template", ""),
            "columns": understood.columns, "missing": understood.missing, "unknown_words": understood.words,
            "fields_known": [one.name for one in KINDS[job.kind].fields],
        }).data  # fmt: skip


class TemplateRow(Row):
    """How files with one header were understood last."""

    source: Any = CodeRef()
    mapping = serializers.DictField()

    class Meta:
        model = MappingTemplate
        fields = ("id", "name", "kind", "source", "mapping", "used_at")


class ImportTemplates(Readable):
    """Remembered mappings, the last used first."""

    resource = "imports"
    serializer_class = TemplateRow
    orderings = {"created_at": "id"}

    def get_queryset(self) -> QuerySet[MappingTemplate]:
        return MappingTemplate.objects.visible_to(self.user).select_related("source")

    def destroy(self, request: Request, **kwargs: str) -> Response:
        """Forgets it: the next such file is proposed afresh."""
        require(rules.may_import(self.user))
        templates.forget(self.get_object(), **self.act)
        return Response(status=204)
