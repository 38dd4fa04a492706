"""The reasons for saying no: worded, ordered, taken out of use by whoever leads a side. A code never changes."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit import log
from funnel import rules
from funnel.enums import Disposition
from funnel.models import RejectReason
from users.models import User

OTHER = "OTHER"
CODE = re.compile(r"[A-Z][A-Z0-9_]{1,23}")


class ReasonRefused(Exception):
    """A reason that cannot be so; the text says why."""


@transaction.atomic
def add(*, code: str, label_en: str, label_ja: str, disposition: str, by: User, now: datetime) -> RejectReason:
    """A new reason, in use at once, last in the order but for OTHER."""
    _require_right(by)
    _lock()
    if not CODE.fullmatch(code):
        raise ReasonRefused(_("A code is made of capital letters, digits and _, and begins with a letter."))
    if RejectReason.objects.filter(code=code).exists():
        raise ReasonRefused(_("There is already a reason with the code %(code)s.") % {"code": code})
    last = RejectReason.objects.aggregate(last=Max("position"))["last"] or 0
    reason = RejectReason(code=code, position=last + 1)
    _word(reason, label_en=label_en, label_ja=label_ja, disposition=disposition)
    _place(reason, len(_ordered()) - 2)
    log.record("reasons.add", reason, by=by, at=now, detail=_told(reason))
    return reason


@transaction.atomic
def change(reason: RejectReason, *, by: User, now: datetime, **told: Any) -> RejectReason:
    """Changes labels, disposition or whether it is in use. `told`: label_en, label_ja, disposition, is_active."""
    _require_right(by)
    reason = RejectReason.objects.select_for_update().get(pk=reason.pk)
    if reason.code == OTHER and told.get("is_active", True) is False:
        raise ReasonRefused(_("OTHER stays in use: without it, nobody could say what no reason fits."))
    _word(reason, **told)
    log.record("reasons.change", reason, by=by, at=now, detail=_told(reason))
    return reason


def _word(reason: RejectReason, **told: Any) -> None:
    for name, value in told.items():
        setattr(reason, name, value.strip() if isinstance(value, str) else value)
    if not reason.label_en or not reason.label_ja:
        raise ReasonRefused(_("Please word the reason in both languages."))
    recodes = reason.disposition == Disposition.RECODE
    if reason.disposition not in set(Disposition) or recodes is not (reason.code == OTHER):
        raise ReasonRefused(_("Please choose what marketing does then; only OTHER waits for its true reason."))
    reason.save()


@transaction.atomic
def place(reason: RejectReason, *, by: User, now: datetime, position: int) -> RejectReason:
    """Moves a reason to a place in the order, the first being 0."""
    _require_right(by)
    _lock()
    _place(reason, position)
    log.record("reasons.place", reason, by=by, at=now, detail={"code": reason.code, "position": reason.position})
    return reason


def _place(reason: RejectReason, position: int) -> None:
    others = [one for one in _ordered() if one.pk != reason.pk]
    others.insert(max(0, min(position, len(others))), reason)
    for number, one in enumerate(others):
        one.position = number
    RejectReason.objects.bulk_update(others, ["position"])


def _ordered() -> list[RejectReason]:
    return list(RejectReason.objects.order_by("position", "code"))


def _lock() -> None:
    """One at a time: the order is of all."""
    list(RejectReason.objects.select_for_update().order_by("pk").values_list("pk"))


def _require_right(by: User) -> None:
    if not rules.may_configure(by):
        raise ReasonRefused(_("Marketing leads, sales managers and administrators word the reasons."))


def _told(reason: RejectReason) -> dict[str, Any]:
    names = ("code", "label_en", "label_ja", "disposition", "is_active", "position")
    return {name: getattr(reason, name) for name in names}
