"""R11: imports whose process is killed with -9: some points in tests, random ones in `python -m bench.reliability`."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from accounts.models import Affiliation, Department, Person, Trace
from engagement.models import Touch
from imports import jobs, load
from imports.models import ImportJob
from users.models import User

BATCHES = 10
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
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
load.BATCH = {batch}
done = pulse.Pulse.advance
def advance(self, rows):
    done(self, rows)
    print(self.done, flush=True)
pulse.Pulse.advance = advance
load.run(ImportJob.objects.get(pk={pk}), now=timezone.now())
"""


@contextmanager
def files_in(folder: Path) -> Iterator[None]:
    """Files lie where another process finds them."""
    on_disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    with override_settings(STORAGES=settings.STORAGES | {"default": on_disk}):
        yield


def queued(mark: str, rows: int) -> ImportJob:
    """A file of cards that waits to be loaded; its companies and addresses bear the mark."""
    cards = (f"{mark}社{i % 40},部{i % 5},課長,人{i},p{i}@{mark}.example,2022/05/26" for i in range(rows))
    text = "\n".join(["会社名,部署名,役職,氏名,e-mail,名刺交換日", *cards]) + "\n"
    asked: dict[str, Any] = {"kind": "persons", "source": mark, "by": User.objects.system(), "now": timezone.now()}
    return jobs.queue(ContentFile(text.encode()), file_name=f"{mark}.csv", wake=False, **asked)


def killed_after(job: ImportJob, rows: int, *, of: int, and_seconds: float = 0.0) -> None:
    """Loads in a process of its own and kills it once it has written so many rows, and so long after that; then lets
    its silence have lasted."""
    storage, name = settings.STORAGES["default"], connection.settings_dict["NAME"]
    code = LOAD.format(name=name, storage=storage, pk=job.pk, batch=max(1, of // BATCHES))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= rows:
                time.sleep(and_seconds)
                os.kill(process.pid, signal.SIGKILL)
                break
    assert process.returncode in (-signal.SIGKILL, 0)
    ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=LONG_AGO)


def again(job: ImportJob) -> ImportJob:
    """What `resume` does with what a dead worker left."""
    return load.run(ImportJob.objects.get(pk=job.pk), now=timezone.now())


def standing(mark: str) -> Counter[tuple[Any, ...]]:
    """All that stands in the database of the file with this mark, without the mark: persons, places, cards, traces."""
    places = Affiliation.objects.filter(account__name__startswith=mark).values_list(
        "person__name", "person__email", "account__name", "department__name", "title", "rank"
    )
    cards = Touch.objects.filter(source__code=mark).values_list("person__email", "account__name", "kind", "occurred_at")
    traces = Trace.objects.filter(telling__source__code=mark).values_list("kind", "was")
    loose = (
        ("persons", Person.objects.filter(email__endswith=f"@{mark}.example").count()),
        ("departments", Department.objects.filter(account__name__startswith=mark).count()),
    )
    found: list[tuple[Any, ...]] = [*places, *cards, *traces, *loose]
    return Counter(tuple(str(cell).replace(mark, "") for cell in row) for row in found)
