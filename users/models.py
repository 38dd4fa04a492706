"""Who works here: users with a role, teams, business calendars; and what we tell them."""

from collections.abc import Iterable
from datetime import time
from functools import reduce
from operator import or_
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from audit.enums import SendState
from audit.models import Outgoing
from audit.public_ids import public_id_field
from users.calendars import BusinessCalendar as Calendar
from users.calendars import parse_hours
from users.enums import Channel, ChatService, TeamKind, Theme
from users.roles import SEES_PERSONS, STEERS_LETTERS, Role

DEFAULT_HOURS = [["09:00", "12:00"], ["13:00", "18:00"]]


def default_hours() -> list[list[str]]:
    """Nine to six with an hour's lunch: eight business hours a day."""
    return [list(pair) for pair in DEFAULT_HOURS]


def default_weekdays() -> list[int]:
    """Monday to Friday, Monday = 0."""
    return [0, 1, 2, 3, 4]


class BusinessCalendar(models.Model):
    """When a team works: weekdays, hours, a country's public holidays, and extra days off or on."""

    name = models.CharField(max_length=80, unique=True)
    time_zone = models.CharField(max_length=40, default="Asia/Tokyo")
    weekdays = models.JSONField(default=default_weekdays)
    hours = models.JSONField(default=default_hours)
    holidays_country = models.CharField(max_length=2, blank=True, default="JP")
    closed_days = models.JSONField(default=list, blank=True)
    open_days = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses hours and days that `as_rule` could not read."""
        try:
            self.as_rule()
        except (ValueError, TypeError, KeyError) as error:
            raise ValidationError(_("This calendar cannot be read: %(why)s") % {"why": error}) from error

    def as_rule(self) -> Calendar:
        """The pure calendar that clocks count with."""
        return Calendar.from_settings(
            time_zone=self.time_zone,
            weekdays=self.weekdays,
            hours=parse_hours(self.hours),
            holidays_country=self.holidays_country,
            closed_days=self.closed_days,
            open_days=self.open_days,
        )


class ChatHook(models.Model):
    """An incoming webhook of a chat. Its address is a secret: whoever knows it can post."""

    chat_service = models.CharField(max_length=5, blank=True, default="", choices=[(s, s) for s in ChatService])
    chat_url = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        abstract = True


class Team(ChatHook):
    """A sales or marketing team, or a partner firm (代理店)."""

    public_id = public_id_field()
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=[(k, k) for k in TeamKind])
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    calendar = models.ForeignKey(BusinessCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def rule(self) -> Calendar:
        """When the team works; the usual calendar where it has none."""
        return self.calendar.as_rule() if self.calendar else Calendar()


class UserQuerySet(models.QuerySet["User"]):
    """Words for reading users."""

    def people(self) -> "UserQuerySet":
        """Those who can sign in and are persons: who letters are for."""
        return self.active().filter(is_service=False)

    def active(self) -> "UserQuerySet":
        """Those who can sign in."""
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> "UserQuerySet":
        """Colleagues know each other; a partner's user knows only its own firm's."""
        if user.role != Role.PARTNER:
            return self
        return self.filter(Q(pk=user.pk) | Q(team__isnull=False, team=user.team_id))

    def deciders(self) -> "UserQuerySet":
        """Those a lead can be handed to."""
        return self.active().filter(role__in=[Role.REP, Role.SALES_MANAGER, Role.PARTNER])


class UserManager(BaseUserManager["User"]):
    """Creates users; sign-in finds them by name or mail, whatever the case."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, **{"role": Role.ADMIN, "name": username, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(Q(username__iexact=username) | Q(email__iexact=username))

    def system(self) -> "User":
        """The clock and the rules, as an actor (made by a migration)."""
        return self.get(username="system")


class User(ChatHook, AbstractBaseUser):  # type: ignore[django-manager-missing]  # knox names its relation untyped
    """Someone who signs in or acts: a person of ours, a partner's person, a service user of a token.

    What they chose about messages: `mails` or none; quiet hours and the digest's hour on their own clock; `routes` by
    kind of event where they differ from what is usual for the role. `digested_at`: when their digest was last due.
    """

    public_id = public_id_field()
    username = models.CharField(_("user name"), max_length=150)
    email = models.EmailField(_("mail address"), blank=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=16, choices=[(r, r) for r in Role])
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(_("language"), max_length=2, blank=True, choices=[("ja", "日本語"), ("en", "English")])
    theme = models.CharField(max_length=5, choices=[(t, t) for t in Theme], default=Theme.AUTO)
    mails = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True, default=time(20))
    quiet_until = models.TimeField(null=True, blank=True, default=time(7))
    digest_hour = models.PositiveSmallIntegerField(null=True, blank=True, default=8)
    routes = models.JSONField(default=dict, blank=True)
    digested_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("username"), name="user_username"),
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="user_external_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def sees_persons(self) -> bool:
        """Whether names, mails and phones of persons at accounts are shown to this user."""
        return self.role in SEES_PERSONS

    @property
    def zone(self) -> ZoneInfo:
        """The clock on this user's wall: the team's, else the house's."""
        calendar = self.team.calendar if self.team else None
        return ZoneInfo(calendar.time_zone if calendar else settings.TIME_ZONE)

    @property
    def quiet(self) -> tuple[time, time] | None:
        """From when until when nothing may be sent to them."""
        return (self.quiet_from, self.quiet_until) if self.quiet_from and self.quiet_until else None


class Notification(models.Model):
    """Something we told a user in the app; `key` makes one event one notification.

    `kind` is the event's topic (`lead.handed_over`), `subject` the public id of what it is about: both may be empty.
    `for_digest`: it waits for the user's digest, `digest` is the one that told it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=140)
    kind = models.CharField(max_length=60, blank=True, default="")
    subject = models.CharField(max_length=60, blank=True, default="")
    text = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    for_digest = models.BooleanField(default=False)
    digest = models.ForeignKey("Letter", null=True, on_delete=models.SET_NULL, related_name="digested")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notification_user"),
            models.Index(fields=["user"], name="notification_digest", condition=Q(for_digest=True, digest=None)),
        ]

    def __str__(self) -> str:
        return self.text


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Words for reading absences."""

    def visible_to(self, user: Any) -> "AbsenceQuerySet":
        """As the people they are of; a rep and an analyst see their team's."""
        if user.role not in (Role.REP, Role.PARTNER, Role.ANALYST):
            return self
        return self.filter(Q(user=user) | Q(deputy=user) | Q(user__team__isnull=False, user__team=user.team_id))

    def kept(self) -> "AbsenceQuerySet":
        """Those that were not cancelled."""
        return self.filter(cancelled_at=None)

    def over(self, day: Any) -> "AbsenceQuerySet":
        """Those kept that cover this day."""
        return self.kept().filter(first_on__lte=day, last_on__gte=day)

    def not_over(self, today: Any) -> "AbsenceQuerySet":
        """Those kept that run or will."""
        return self.kept().filter(last_on__gte=today)


class Absence(models.Model):
    """Whole days on which somebody is away, and who answers meanwhile. Never changed, only cancelled: which days were
    known at a moment is what a due of that moment was counted by."""

    public_id = public_id_field()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    first_on = models.DateField()
    last_on = models.DateField()
    deputy = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["first_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="absence_days", condition=Q(last_on__gte=models.F("first_on"))),
            models.CheckConstraint(name="absence_deputy", condition=Q(deputy=None) | ~Q(deputy=models.F("user"))),
            ExclusionConstraint(
                name="absence_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        Func(
                            "first_on",
                            "last_on",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(cancelled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.first_on} – {self.last_on}"


class LetterQuerySet(models.QuerySet["Letter"]):
    """Words for reading letters."""

    def visible_to(self, user: Any) -> "LetterQuerySet":
        """One's own; who looks after operations sees that there are others, never what they say."""
        return self if user.role in STEERS_LETTERS else self.filter(user=user)

    def in_states(self, states: Iterable[str]) -> "LetterQuerySet":
        """Waiting, sent or failed."""
        is_in = {
            SendState.WAITING: Q(sent_at=None, failed_at=None),
            SendState.SENT: Q(sent_at__isnull=False),
            SendState.FAILED: Q(failed_at__isnull=False),
        }
        return self.filter(reduce(or_, (is_in[SendState(state)] for state in states), Q(pk=None)))

    def waiting(self) -> "LetterQuerySet":
        """Not sent yet, and not given up."""
        return self.in_states([SendState.WAITING])

    def failed(self) -> "LetterQuerySet":
        """Given up."""
        return self.in_states([SendState.FAILED])

    def for_rows(self) -> "LetterQuerySet":
        """With what a row of the outgoing list shows."""
        return self.select_related("user", "team", "notification")


class Letter(Outgoing):
    """A message on its way to a user by mail or chat: about one notice, a digest of several, or a test of the channel.

    `key` makes it one per event and channel; `public_id` is its identity for receivers (in the mail's Message-ID).
    """

    public_id = public_id_field()
    key = models.CharField(max_length=200, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="letters")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=9, choices=[(c, c) for c in Channel])
    notification = models.ForeignKey(Notification, null=True, on_delete=models.CASCADE, related_name="letters")
    is_digest = models.BooleanField(default=False)

    objects = LetterQuerySet.as_manager()

    class Meta(Outgoing.Meta):
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"
