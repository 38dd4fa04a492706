"""The door of the current act, kept in a context variable so that acts need not pass it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from audit.enums import Door

_door: ContextVar[Door] = ContextVar("door", default=Door.COMMAND)


def current() -> Door:
    """The door the running act came through; COMMAND where nobody said otherwise."""
    return _door.get()


@contextmanager
def through(door: Door) -> Iterator[None]:
    """Every act inside is recorded as having come through `door`."""
    token = _door.set(door)
    try:
        yield
    finally:
        _door.reset(token)
