"""A running import's sign of life, beside its one long transaction."""

import logging
from threading import Event, Thread
from types import TracebackType

from django.db import Error, connection
from django.utils import timezone

from imports.enums import JobState
from imports.models import ImportJob

BEAT_SECONDS = 2.0
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody asked for the import to be stopped."""


class Pulse:
    """Tells progress and hears of cancelling from a thread: the load's own transaction shows nothing outside."""

    def __init__(self, job: ImportJob) -> None:
        self.total: int | None = None
        self.done = 0
        self._cancelled = Event()
        self._stopped = Event()
        self._mine = ImportJob.objects.filter(pk=job.pk, attempt=job.attempt, state=JobState.RUNNING)
        self._thread = Thread(target=self._beat, name=f"import-{job.pk}", daemon=True)

    def __enter__(self) -> "Pulse":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def advance(self, rows: int) -> None:
        """So many more rows are done; raises Cancelled when that is enough."""
        self.done += rows
        if self._cancelled.is_set():
            raise Cancelled

    def _beat(self) -> None:
        try:
            while not self._stopped.wait(BEAT_SECONDS):
                self._tell()
        finally:
            connection.close()

    def _tell(self) -> None:
        try:
            self._mine.update(heartbeat_at=timezone.now(), rows_done=self.done, rows_total=self.total)
            if self._mine.filter(cancel_asked=True).exists():
                self._cancelled.set()
        except Error:  # the database was away for a moment; the next beat tells
            _log.warning("an import could not tell its progress", exc_info=True)
            connection.close()
