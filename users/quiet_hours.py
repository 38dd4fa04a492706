"""Quiet hours: when nobody wants to be reached. Pure."""

from datetime import date, datetime, time, timedelta, tzinfo


def next_open(moment: datetime, quiet: tuple[time, time] | None, zone: tzinfo) -> datetime:
    """`moment`, or the end of the quiet hours it falls into.

    `quiet`: from, until on the wall clock of `zone`; over midnight where until is not after from. The first minute of
    quiet is quiet, the last (`until`) is not. Without quiet hours, or with from equal to until, nothing is quiet.
    """
    if quiet is None or quiet[0] == quiet[1]:
        return moment
    today = moment.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        starts, ends = _night(day, quiet, zone)
        if starts <= moment < ends:
            return ends.astimezone(moment.tzinfo)
    return moment


def _night(day: date, quiet: tuple[time, time], zone: tzinfo) -> tuple[datetime, datetime]:
    """The quiet hours that begin on `day`."""
    starts, until = quiet
    last = day if until > starts else day + timedelta(days=1)
    return datetime.combine(day, starts, zone), datetime.combine(last, until, zone)
