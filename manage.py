#!/usr/bin/env python
"""Runs a management command against DATABASE_URL, or else against the embedded servers under var/."""

import os
import sys
from contextlib import nullcontext


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command touches the database; `match … --against FILE` compares two files and nothing else."""
    between_files = any(argument.split("=")[0] == "--against" for argument in arguments)
    return not (arguments[:1] == ["match"] and between_files)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")
    from django.core.management import execute_from_command_line

    from abm.local.servers import running

    with running() if needs_servers(sys.argv[1:]) else nullcontext():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
