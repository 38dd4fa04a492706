#!/usr/bin/env python
"""Runs a management command against DATABASE_URL, or else against the embedded servers under var/."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")
    from django.core.management import execute_from_command_line

    from abm.local.servers import running

    with running():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
