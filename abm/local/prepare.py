"""What must be true before the demo answers: tables, texts, static files, data. What is done is skipped."""

import hashlib
import importlib.metadata
import json
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from abm.local.messages import compile_all


def everything() -> None:
    """Needs `django.setup()` and a database that answers."""
    compile_all(settings.LOCALE_PATHS[0])
    migrate()
    collect_static()
    build_demo()


def migrate() -> bool:
    """True where tables had to change."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    print("Making the tables …", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    return True


def collect_static() -> bool:
    """True where files had to be collected: since last time one was added, removed or changed."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    print("Collecting static files …", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(now)
    return True


def build_demo() -> bool:
    """True where the demo company had to be made. One's own data are never mixed with it: then the command refuses."""
    print("Looking for the demo company, building it where there is none …", flush=True)
    said = StringIO()
    try:
        call_command("demo", "build", json=True, stdout=said)
    except CommandError as refusal:
        print(refusal, flush=True)
        return False
    return bool(json.loads(said.getvalue())["built"])


def print_logins() -> None:
    try:
        call_command("demo", "logins")
    except CommandError as error:
        print(f"(no demo logins: {error})", flush=True)


def _fingerprint() -> str:
    """Of every static file's path, size and time of change, and of who collects them."""
    lines = [f"{name}=={importlib.metadata.version(name)}" for name in ("django", "whitenoise")]
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            lines.append(f"{path} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
