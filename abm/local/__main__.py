"""The laptop's commands: `python -m abm.local demo|messages|clean` (called by make)."""

import argparse
import os
import shutil
import signal
import sys

from abm.local.messages import compile_all
from abm.local.refusals import ServersRefused
from abm.local.servers import BASE_DIR, default_var_dir, running, stop_abandoned
from abm.local.supervise import Supervisor, is_taken


def main() -> int:
    """The exit code: 0 when done, 1 where it is refused, 130 after Ctrl-C before anything ran."""
    commands = {"demo": demo, "messages": messages, "clean": clean}
    parser = argparse.ArgumentParser(prog="python -m abm.local", description=__doc__)
    parser.add_argument("command", choices=commands)
    try:
        return commands[parser.parse_args().command]()
    except ServersRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def demo() -> int:
    """The whole product with a demo company on this machine, until Ctrl-C."""
    port = int(os.environ.setdefault("PORT", "8000"))
    if is_taken(port):
        print(f"Port {port} is taken. Take another one: PORT={port + 1} make demo", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")
    os.environ["ABM_DEMO"] = "1"
    os.environ.setdefault("ABM_BASE_URL", f"http://localhost:{port}")
    with running() as servers:
        _prepare()
        Supervisor(servers, default_var_dir() / "log").run(port, lambda: _welcome(port))
    print("Everything is stopped. Your data stays in var/; `make demo` goes on with it.")
    return 0


def messages() -> int:
    """Compile the translations."""
    compile_all(BASE_DIR / "locale")
    return 0


def clean() -> int:
    """Remove var/ with everything in it, wherever PostgreSQL had to keep its part."""
    var_dir = default_var_dir()
    if (var_dir / "using.lock").exists() and not stop_abandoned(var_dir):
        print(f"{var_dir} is in use: stop `make demo` first.", file=sys.stderr)
        return 1
    shutil.rmtree((var_dir / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(var_dir, ignore_errors=True)
    return 0


def _prepare() -> None:
    import django

    django.setup()
    from abm.local import prepare

    prepare.everything()


def _welcome(port: int) -> None:
    from django.db import connections

    from abm.local import prepare

    print(f"\nOpen http://localhost:{port}/ in your browser. Ctrl-C stops everything.\n", flush=True)
    if not os.environ.get("EMAIL_URL"):
        print("Mails are kept, not sent: an admin reads them under Operations, Letters. EMAIL_URL names a server.\n")
    prepare.print_logins()
    connections.close_all()


if __name__ == "__main__":
    sys.exit(main())
