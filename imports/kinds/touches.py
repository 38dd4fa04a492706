"""Touches: logs of an MA, seminar lists, calls and visits of an SFA."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts import departments
from accounts.models import Account, Person
from accounts.offerings import Catalogue
from accounts.persons import by_email
from audit.effects import Effect
from engagement import touches
from engagement.enums import Direction, TouchKind
from engagement.models import Touch
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds import companies
from imports.kinds.kind import Kind
from users.enrolling import Directory

KINDS = {kind.casefold(): kind for kind in TouchKind} | {
    "メール開封": TouchKind.MAIL_OPEN,
    "メールクリック": TouchKind.MAIL_CLICK,
    "メール送信": TouchKind.MAIL_SENT,
    "メール": TouchKind.MAIL_SENT,
    "ページ閲覧": TouchKind.PAGE_VIEW,
    "閲覧": TouchKind.PAGE_VIEW,
    "フォーム": TouchKind.FORM,
    "問い合わせ": TouchKind.FORM,
    "資料ダウンロード": TouchKind.DOWNLOAD,
    "セミナー申込": TouchKind.SEMINAR_REGISTERED,
    "セミナー参加": TouchKind.SEMINAR_ATTENDED,
    "展示会": TouchKind.EXHIBITION,
    "名刺交換": TouchKind.CARD,
    "電話": TouchKind.CALL,
    "商談": TouchKind.MEETING,
    "打合せ": TouchKind.MEETING,
    "訪問": TouchKind.VISIT,
}
DIRECTIONS = {direction.casefold(): direction for direction in Direction}
FROM_US = frozenset({TouchKind.MAIL_SENT, TouchKind.CALL, TouchKind.VISIT})
TALKS = frozenset({TouchKind.MEETING, TouchKind.VISIT})
IDENTITY = ("kind", "occurred_at", "email", "account", "account_id", "department", "title", "user")


class Touches(Kind):
    """Events; one already known is unchanged. The company is the one named, else the person's own."""

    fields = (
        Field("kind", values.choice(KINDS), synonyms.TOUCH_KIND, strict=True),
        Field("occurred_at", values.moment, synonyms.OCCURRED_AT, strict=True),
        Field("email", values.email, synonyms.EMAIL),
        *companies.FIELDS,
        Field("department", values.text(160), synonyms.DEPARTMENT),
        Field("offering", values.text(160), synonyms.OFFERING),
        Field("user", values.text(150), synonyms.TOUCH_USER),
        Field("minutes", values.minutes, synonyms.MINUTES),
        Field("direction", values.choice(DIRECTIONS), synonyms.DIRECTION),
        Field("two_way", values.boolean, synonyms.TWO_WAY),
        Field("title", values.text(300), synonyms.TOUCH_TITLE),
        Field("external_id", values.identifier(200), synonyms.EVENT_ID),
    )
    needs = (("kind",), ("occurred_at",), ("email", "account", "account_id"))

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._companies = companies.Mentioned(self, create=False)
        self._catalogue = Catalogue()
        self._directory = Directory(self.source.code)

    def write(self, rows: Sequence[Row]) -> None:
        found = self._companies.by(rows)
        persons = by_email({row.get("email", "") for row in rows} - {""})
        at = {row.number: self._place(row, found, persons) for row in rows if row.effect is None}
        placed = [(row, account, persons.get(row.get("email", ""))) for row in rows if (account := at.get(row.number))]
        built = [(row, self._touch(row, account, person)) for row, account, person in placed]
        self._fill_departments(built)
        self._record([(row, touch) for row, touch in built if self._happened(row, touch)])

    def _place(self, row: Row, found: dict[int, Account], persons: dict[str, Person]) -> Account | None:
        """The company named, else the one the person works at now; none refuses the row."""
        person = persons.get(row.get("email", ""))
        if row.get("email") and person is None and row.number in found:
            row.refuse_field("email", _("No person has this mail address here."))
        if row.number in found:
            return found[row.number]
        own = {place.account_id: place.account for place in person.affiliations.all()} if person else {}
        if len(own) == 1:
            return next(iter(own.values()))
        row.refuse("email", _("This person is at several companies; name one.") if own
                   else _("No person has this mail address here; load the persons first."))  # fmt: skip
        return None

    def _touch(self, row: Row, account: Account, person: Person | None) -> Touch:
        kind = row.get("kind")
        touch = Touch(
            account=account,
            person=person,
            kind=kind,
            direction=row.get("direction") or (Direction.OUTBOUND if kind in FROM_US else Direction.INBOUND),
            two_way=row.get("two_way", kind in TALKS),
            minutes=row.get("minutes", 0),
            occurred_at=row.get("occurred_at"),
            title=row.get("title", ""),
            source=self.source,
            external_id=row.get("external_id") or _same_event(row),
        )
        touch.offering = self._known(row, "offering", self._catalogue.find)
        touch.user = self._known(row, "user", self._directory.find)
        return touch

    def _known(self, row: Row, name: str, find: Any) -> Any:
        text = row.get(name)
        found = find(text) if text else None
        if text and found is None:
            row.refuse_field(name, _("%(name)s is not known here.") % {"name": text})
        return found

    def _fill_departments(self, built: Sequence[tuple[Row, Touch]]) -> None:
        known = departments.ensure([(touch.account_id, row.get("department", "")) for row, touch in built])
        for row, touch in built:
            touch.department = known.get((touch.account_id, row.get("department", "")))

    def _happened(self, row: Row, touch: Touch) -> bool:
        if touches.is_ahead(touch, self.now):
            row.refuse("occurred_at", _("This lies in the future."))
            return False
        return True

    def _record(self, built: Sequence[tuple[Row, Touch]]) -> None:
        new = {touch.external_id for touch in touches.record([t for _row, t in built], by=self.by, now=self.now)}
        for row, touch in built:
            row.effect = Effect.CREATED if touch.external_id in new else Effect.UNCHANGED
            new.discard(touch.external_id)


def _same_event(row: Row) -> str:
    """An id from everything that makes the event what it is, so that the same row again is the same touch."""
    said = [str(row.get(name, "")) for name in IDENTITY]
    return "row:" + hashlib.sha256(repr(said).encode()).hexdigest()[:32]
