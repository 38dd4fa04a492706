"""Doors through which an act can be asked for, how background work ended, what became of what is sent."""

from enum import StrEnum


class Door(StrEnum):
    """Where an act came in."""

    PAGE = "PAGE"
    API = "API"
    TASK = "TASK"
    COMMAND = "COMMAND"
    IMPORT = "IMPORT"
    MAIL = "MAIL"


class RunState(StrEnum):
    """How a task's last run ended."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class SendState(StrEnum):
    """What became of something to be sent to the outside."""

    WAITING = "WAITING"
    SENT = "SENT"
    FAILED = "FAILED"


class AccessKind(StrEnum):
    """How persons were accessed: many read at once, many taken out, one person's everything told."""

    READ = "READ"
    EXPORT = "EXPORT"
    DISCLOSE = "DISCLOSE"
