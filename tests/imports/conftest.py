"""What tests of the imports share."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile

from imports import jobs, load
from imports.models import ImportJob
from users.models import User

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def system(db) -> User:
    return User.objects.system()


@pytest.fixture
def queue(system) -> Callable[..., ImportJob]:
    """`queue(kind, text, …)`: a file waiting to be loaded."""

    def queued(kind: str, text: str | Sequence[str], **options) -> ImportJob:
        content = text if isinstance(text, str) else "\n".join(text) + "\n"
        options = {"source": "sfa", "by": system, "now": NOW, "file_name": "given.csv"} | options
        return jobs.queue(ContentFile(content.encode()), kind=kind, **options)

    return queued


@pytest.fixture
def loaded(queue) -> Callable[..., ImportJob]:
    """`loaded(kind, text, …)`: the job of a file that has been loaded."""

    def run(kind: str, text: str | Sequence[str], **options) -> ImportJob:
        return load.run(queue(kind, text, **options), now=NOW)

    return run


@pytest.fixture
def twice(loaded) -> Callable[..., ImportJob]:
    """Loads a file, and again: the second time nothing may change. Returns the first job."""

    def run(kind: str, text: str | Sequence[str], **options) -> ImportJob:
        first, second = loaded(kind, text, **options), loaded(kind, text, **options)
        assert counts(second) == (0, 0, first.read - first.refused, first.refused)
        return first

    return run


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    """created, updated, unchanged, refused"""
    assert job.read == job.created + job.updated + job.unchanged + job.refused
    return job.created, job.updated, job.unchanged, job.refused


def refusals(job: ImportJob) -> list[tuple[int, str, str]]:
    return [(one["row"], one["column"], one["reason"]) for one in job.report["refusals"]]


def field_refusals(job: ImportJob) -> list[tuple[str, str, list[int]]]:
    return [(one["column"], one["reason"], one["rows"]) for one in job.report["field_refusals"]]


def notes(job: ImportJob) -> list[tuple[str, list[int]]]:
    return [(one["text"], one["rows"]) for one in job.report["notes"]]
