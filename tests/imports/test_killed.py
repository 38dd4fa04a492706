"""R11: an import whose process is killed leaves nothing behind; killed twice and repeated, it is one clean import."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Person, Trace
from audit.models import Entry
from engagement.models import Touch
from imports import load
from imports.models import ImportJob
from tests.imports.conftest import NOW, counts

ROWS = 600
LOAD = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
settings.STORAGES = settings.STORAGES | {{"default": {storage!r}}}
from django.utils import timezone
from imports import load, pulse
from imports.models import ImportJob
load.BATCH = 60
done = pulse.Pulse.advance
def advance(self, rows):
    done(self, rows)
    print(self.done, flush=True)
pulse.Pulse.advance = advance
load.run(ImportJob.objects.get(pk={pk}), now=timezone.now())
"""


def killed_after(job: ImportJob, rows: int) -> None:
    """Loads in a process of its own and kills it once it has written so many rows, all of them uncommitted."""
    storage = settings.STORAGES["default"]
    code = LOAD.format(name=connection.settings_dict["NAME"], storage=storage, pk=job.pk)
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= rows:
                os.kill(process.pid, signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_killed_anywhere_nothing_stays_and_the_next_run_loads_all(queue, settings, tmp_path):
    on_disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": on_disk}
    head = "会社名,部署名,氏名,e-mail,名刺交換日"
    lines = [f"社{i % 40},部{i % 5},人{i},p{i}@m.example,2022/05/26" for i in range(ROWS)]
    job = queue("persons", [head, *lines])
    for rows in (60, 420):
        killed_after(job, rows)
        assert (Person.objects.count(), Touch.objects.count(), Trace.objects.count()) == (0, 0, 0)
        ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=NOW)
    job = load.run(ImportJob.objects.get(pk=job.pk), now=timezone.now())
    assert (counts(job), job.attempt) == ((ROWS, 0, 0, 0), 3)
    assert (Person.objects.count(), Touch.objects.count()) == (ROWS, ROWS)
    assert Entry.objects.filter(act="imports.load").count() == 1
