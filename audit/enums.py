"""Doors through which an act can be asked for, and how background work ended."""

from enum import StrEnum


class Door(StrEnum):
    """Where an act came in."""

    PAGE = "PAGE"
    API = "API"
    TASK = "TASK"
    COMMAND = "COMMAND"
    IMPORT = "IMPORT"


class RunState(StrEnum):
    """How a task's last run ended."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
