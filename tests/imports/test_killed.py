"""R11: an import whose process is killed leaves nothing behind; killed and repeated, it is one clean import."""

import pytest
from django.utils import timezone

from audit.models import Entry
from imports import load
from tests.imports import killing
from tests.imports.conftest import counts

ROWS = 300


@pytest.mark.django_db(transaction=True)
def test_killed_anywhere_and_repeated_thrice_it_is_one_clean_import(system, tmp_path):
    with killing.files_in(tmp_path):
        load.run(killing.queued("clean", ROWS), now=timezone.now())
        clean = killing.standing("clean")
        job = killing.queued("torn", ROWS)
        nothing = killing.standing("torn")
        for rows in (30, 210):
            killing.killed_after(job, rows, of=ROWS)
            assert killing.standing("torn") == nothing
        job = killing.again(job)
        assert (counts(job), job.attempt) == ((ROWS, 0, 0, 0), 3)
        for _time in range(2):
            same = load.run(killing.queued("torn", ROWS), now=timezone.now())
            assert counts(same) == (0, 0, ROWS, 0)
        assert killing.standing("torn") == clean
    assert Entry.objects.filter(act="imports.load").count() == 4
