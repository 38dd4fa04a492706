"""Dropping a card file into a round, by its link: it becomes a draft of persons that marketing confirms and starts."""

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit import doors, log
from audit.enums import Door
from imports import drafts, drawer_links, rules
from imports.drawers import DrawerFile, DrawerInvitation, DrawerRound
from imports.enums import DrawerState, JobState, KindName
from imports.jobs import ImportRefused
from imports.models import ImportJob
from imports.reading import Unreadable
from users.models import User

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
PICTURES = (".jpg", ".jpeg", ".png", ".heic", ".heif", ".gif", ".webp", ".tif", ".tiff", ".pdf")
MAX_BYTES = 10 * 1024 * 1024
MOST_FILES = 20
MOST_TRIES = 60
"""Uploads by one link, refused ones too: whoever needs more asks for a new link."""


class DropRefused(Exception):
    """The file is not taken; the text says why and what to do."""


class DrawerClosed(Exception):
    """The link takes no files (any more); `state` says why."""

    def __init__(self, state: DrawerState) -> None:
        self.state = state
        super().__init__(str(state))


def opened(invitation: DrawerInvitation, *, now: datetime) -> None:
    """Notes that the link was fetched for the first time. Only a hint: mail programs fetch links, too."""
    if invitation.opened_at is None:
        DrawerInvitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=now)


def drop(invitation: DrawerInvitation, file: File, *, file_name: str, now: datetime) -> DrawerFile:
    """Takes the file as a draft, in the name of whoever opened the round. Raises DropRefused, DrawerClosed.

    Only the try is counted where it is refused. The same file by the same person is refused, too: it is here.
    """
    _count_try(invitation, now)
    _check(file, file_name)
    digest = _digest(file)
    with transaction.atomic(), doors.through(Door.MAIL):
        held = _held(invitation, now)
        held.files.filter(digest=digest, job__state=JobState.CANCELLED).delete()  # thrown away: it may come again
        if held.files.filter(digest=digest).exists():
            raise DropRefused(_("This very file is here already. Nothing is missing."))
        if held.files.count() >= MOST_FILES:
            raise DropRefused(_("Here are %(n)s files of yours already. Please ask marketing.") % {"n": MOST_FILES})
        job, rows = _draft(held, file, file_name, now)
        made = DrawerFile.objects.create(invitation=held, job=job, digest=digest, rows=rows, at=now)
        log.record("drawers.drop", made, by=held.user, at=now, detail={"file": job.file_name, "rows": rows})
    return made


def _count_try(invitation: DrawerInvitation, now: datetime) -> None:
    """Before anything of the file is read; stays counted."""
    with transaction.atomic():
        _held(invitation, now)
        mine = DrawerInvitation.objects.filter(pk=invitation.pk, tries__lt=MOST_TRIES)
        if not mine.update(tries=F("tries") + 1):
            raise DropRefused(_("Too many tries by this link. Please ask marketing for a new one."))


def _held(invitation: DrawerInvitation, now: datetime) -> DrawerInvitation:
    """Locked, as it stands; one file at a time per person, and none once the round is closed."""
    found = DrawerInvitation.objects.select_for_update(of=("self",))
    held = found.select_related("round__created_by", "user", "source").get(pk=invitation.pk)
    if held.link_number != invitation.link_number:
        raise DrawerClosed(DrawerState.UNKNOWN)
    if (state := drawer_links.state(held, now=now)) is not DrawerState.OPEN:
        raise DrawerClosed(state)
    return held


def _check(file: File, file_name: str) -> None:
    ending = PurePath(file_name).suffix.lower()
    if ending in PICTURES:
        raise DropRefused(_("Photos and scans of cards cannot be read here. Please read them with your card app, and "
                            "drop the CSV or Excel file it writes."))  # fmt: skip
    if ending not in ENDINGS:
        raise DropRefused(_("Please drop a CSV or Excel (.xlsx) file."))
    if file.size > MAX_BYTES:
        raise DropRefused(_("The file is larger than %(limit)d MB; split it.") % {"limit": MAX_BYTES // 1024**2})


def _digest(file: File) -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def _draft(invitation: DrawerInvitation, file: File, file_name: str, now: datetime) -> tuple[ImportJob, int]:
    by, source = _keeper(invitation.round), invitation.source.code
    try:
        job = drafts.draft(file, file_name=file_name, by=by, now=now, kind=KindName.PERSONS, source=source)
    except ImportRefused as why:
        raise DropRefused(str(why)) from why
    try:
        with drafts.opened(job) as table:
            rows = table.count()
        if not rows:
            raise DropRefused(_("The file holds no rows."))
    except (ImportRefused, Unreadable, DropRefused) as why:
        job.file.delete(save=False)
        raise DropRefused(str(why)) from why
    return job, rows


def _keeper(round_: DrawerRound) -> User:
    """Whose drafts they are: whoever opened the round, or the system once they may no longer bring files in."""
    opener = round_.created_by
    return opener if opener.is_active and rules.may_import(opener) else User.objects.system()
