#!/usr/bin/env python
"""Runs a management command against DATABASE_URL, or else against the embedded servers under var/."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command touches the database; `match … --against FILE` compares two files and nothing else."""
    between_files = any(argument.split("=")[0] == "--against" for argument in arguments)
    return not (arguments[:1] == ["match"] and between_files)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")
    from django.core.management import execute_from_command_line

    with _servers() if needs_servers(sys.argv[1:]) else nullcontext():
        execute_from_command_line(sys.argv)


def _servers() -> AbstractContextManager[object]:
    from abm.local.servers import running

    return running()


if __name__ == "__main__":
    main()
