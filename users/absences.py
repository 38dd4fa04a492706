"""Who is away, and who answers meanwhile: arranging and cancelling absences, and the questions asked of them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import log
from users.calendars import BusinessCalendar as Calendar
from users.models import Absence, User
from users.roles import Role

LONGEST_AHEAD = timedelta(days=330)
"""Nobody may be away for so long that no due could be set within a year."""


class AbsenceRefused(Exception):
    """An absence that cannot be arranged or cancelled; the text says why and what to do."""


def zone_of(user: User) -> ZoneInfo:
    """The timezone this user's days are in: that of the team's calendar."""
    stored = user.team.calendar if user.team else None
    return ZoneInfo(stored.time_zone) if stored else Calendar().zone


def is_away(user: User, day: date) -> bool:
    """Whether the user is away on this day."""
    return Absence.objects.over(day).filter(user=user).exists()


def deputy_of(user: User, at: datetime) -> User | None:
    """Who answers for somebody away at `at`: the deputy, or the deputy's deputy where that one is away too.

    None for somebody who is there, and where the chain ends without anybody there (no deputy, a circle).
    """
    met, asked = {user.pk}, user
    while (absence := _absence_at(asked, at)) is not None:
        deputy = absence.deputy
        if deputy is None or deputy.pk in met or not _receives(deputy):
            return None
        met.add(deputy.pk)
        asked = deputy
    return None if asked == user else asked


def _absence_at(user: User, at: datetime) -> Absence | None:
    day = at.astimezone(zone_of(user)).date()
    found = Absence.objects.over(day).filter(user=user)
    return found.select_related("deputy__team__calendar").first()


def _receives(user: User) -> bool:
    return User.objects.deciders().filter(pk=user.pk).exists()


def all_of(user: User) -> list[Absence]:
    """Every absence of the user there ever was: what `days_known` asks."""
    return list(Absence.objects.filter(user=user))


def days_known(absences: Iterable[Absence], at: datetime) -> frozenset[date]:
    """The days off that were known at `at`: arranged by then, and not cancelled by then."""
    known = (absence for absence in absences if absence.created_at <= at and _stood(absence, at))
    return frozenset(day for absence in known for day in _days(absence))


def _stood(absence: Absence, at: datetime) -> bool:
    return absence.cancelled_at is None or absence.cancelled_at > at


def _days(absence: Absence) -> list[date]:
    return [absence.first_on + timedelta(days=n) for n in range((absence.last_on - absence.first_on).days + 1)]


def may_arrange(user: User, *, by: User) -> bool:
    """Whether `by` may arrange this user's absences: the user, the user's manager, an administrator."""
    return by.pk in (user.pk, user.manager_id) or by.role == Role.ADMIN


def may_stand_in(deputy: User, user: User) -> bool:
    """Whether `deputy` may answer for `user`: can receive leads, and belongs to the same house.

    A partner firm's leads stay within the firm, and ours are not shown to a partner.
    """
    if deputy == user or not _receives(deputy):
        return False
    partners = Role.PARTNER in (deputy.role, user.role)
    return not partners or (deputy.role == user.role and deputy.team_id == user.team_id)


@transaction.atomic
def arrange(
    user: User,
    *,
    by: User,
    now: datetime,
    first_on: date,
    last_on: date,
    deputy: User | None = None,
    note: str = "",
) -> Absence:
    """Notes that the user is away from `first_on` to `last_on`, both included. Raises AbsenceRefused."""
    _require_right(user, by)
    _require_days(user, first_on, last_on, now)
    if deputy == user:
        raise AbsenceRefused(_("Nobody can be their own deputy. Please choose somebody else."))
    if deputy and not may_stand_in(deputy, user):
        raise AbsenceRefused(_("%(name)s cannot answer these leads. Please choose another deputy.") % {"name": deputy})
    made = _insert(
        Absence(
            user=user, first_on=first_on, last_on=last_on, deputy=deputy, note=note.strip(), created_by=by,
            created_at=now,
        )
    )  # fmt: skip
    log.record("absences.arrange", made, by=by, at=now, detail=_told(made))
    return made


def _require_right(user: User, by: User) -> None:
    if not may_arrange(user, by=by):
        raise AbsenceRefused(_("Only %(name)s, the manager and an administrator can do this.") % {"name": user})


def _require_days(user: User, first_on: date, last_on: date, now: datetime) -> None:
    today = now.astimezone(zone_of(user)).date()
    if last_on < first_on:
        raise AbsenceRefused(_("The last day cannot be before the first."))
    if last_on < today:
        raise AbsenceRefused(_("These days are over. Please name days from today on."))
    if last_on > today + LONGEST_AHEAD:
        text = _("Please name days until %(day)s at the latest.")
        raise AbsenceRefused(text % {"day": today + LONGEST_AHEAD})


def _insert(absence: Absence) -> Absence:
    """Stores it; of two that overlap the database takes the first."""
    try:
        with transaction.atomic():
            absence.save(force_insert=True)
    except IntegrityError as error:
        if "absence_once" not in str(error):
            raise
        raise AbsenceRefused(_("An absence on some of these days is already noted. Please cancel it first.")) from error
    absence.refresh_from_db(fields=["public_id"])
    return absence


@transaction.atomic
def cancel(absence: Absence, *, by: User, now: datetime) -> Absence | None:
    """Takes an absence back. One that runs ends yesterday: what is left of it is returned. Raises AbsenceRefused."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("user__team__calendar").get(pk=absence.pk)
    _require_right(absence.user, by)
    today = now.astimezone(zone_of(absence.user)).date()
    if absence.cancelled_at or absence.last_on < today:
        raise AbsenceRefused(_("This absence is already over."))
    absence.cancelled_at = now
    absence.save(update_fields=["cancelled_at"])
    log.record("absences.cancel", absence, by=by, at=now, detail=_told(absence))
    if absence.first_on >= today:
        return None
    return _insert(
        Absence(
            user=absence.user, first_on=absence.first_on, last_on=today - timedelta(days=1), deputy=absence.deputy,
            note=absence.note, created_by=by, created_at=now,
        )
    )  # fmt: skip


def _told(absence: Absence) -> dict[str, object]:
    return {
        "user": absence.user_id,
        "first_on": absence.first_on.isoformat(),
        "last_on": absence.last_on.isoformat(),
        "deputy": absence.deputy_id,
    }
