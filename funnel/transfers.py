"""The record of what partner firms were given of persons' data (個人情報保護法 29条; docs/decisions/0022).

Written down by the clock from what partners can see, not by each act: leads handed to them, accounts in their care, and
whoever comes to stand there by a file, a merge or by hand. A hand-over is recorded with its own moment, care with the
moment it was noticed.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts import rules
from accounts.exporting import BOM, CHUNK, LEAST_PURPOSE, ExportRefused, line
from accounts.models import Person
from accounts.sources import BASES
from accounts.sweeping import Needles
from audit import access
from funnel.enums import DataKind
from funnel.models import Transfer

DATA: dict[str, StrOrPromise] = {
    DataKind.NAME: gettext_lazy("Name"),
    DataKind.READING: gettext_lazy("Reading"),
    DataKind.MAIL: gettext_lazy("Mail address"),
    DataKind.PHONE: gettext_lazy("Phone"),
    DataKind.MOBILE: gettext_lazy("Mobile phone"),
    DataKind.PLACE: gettext_lazy("Company, department, title"),
    DataKind.TOUCHES: gettext_lazy("Touches"),
}

TOLD = """
    to_jsonb(array_remove(ARRAY['NAME', CASE WHEN p.name_kana <> '' THEN 'READING' END,
        CASE WHEN p.email <> '' THEN 'MAIL' END, CASE WHEN p.phone <> '' THEN 'PHONE' END,
        CASE WHEN p.mobile <> '' THEN 'MOBILE' END, 'PLACE',
        CASE WHEN EXISTS (SELECT 1 FROM engagement_touch t WHERE t.person_id = p.id AND t.account_id + 0 = g.account_id)
             THEN 'TOUCHES' END], NULL)),
    (SELECT coalesce(jsonb_agg(DISTINCT told.basis), '[]') FROM accounts_trace t
        JOIN accounts_telling told ON told.id = t.telling_id
        WHERE t.kind = 'accounts.person' AND t.row_id = p.id AND told.basis <> '')
    FROM given g JOIN accounts_person p ON p.id = g.person_id WHERE p.erased_at IS NULL
    ON CONFLICT DO NOTHING
"""
"""`+ 0`: touches are looked up by person. By account, one with many of both compared each with each."""
HANDED = (
    """
    WITH given AS (
        SELECT lp.person_id, h.account_id, h.team_id, h.assignee_id, h.id, h.sent_at FROM funnel_handoff h
        JOIN users_user u ON u.id = h.assignee_id LEFT JOIN users_team firm ON firm.id = h.team_id
        JOIN funnel_lead_persons lp ON lp.lead_id = h.lead_id
        WHERE (u.role = 'PARTNER' OR firm.kind = 'PARTNER') AND NOT EXISTS (
            SELECT 1 FROM funnel_transfer x WHERE x.handoff_id = h.id AND x.person_id = lp.person_id))
    INSERT INTO funnel_transfer (person_id, account_id, partner_id, user_id, handoff_id, at, data, bases)
    SELECT g.person_id, g.account_id, g.team_id, g.assignee_id, g.id, g.sent_at,
"""  # noqa: S608 - our own words
    + TOLD
)
CARED_FOR = (
    """
    WITH given AS (
        SELECT DISTINCT a.person_id, a.account_id, c.partner_id FROM accounts_account c
        JOIN accounts_affiliation a ON a.account_id = c.id AND a.ended_on IS NULL
        WHERE c.partner_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM funnel_transfer x WHERE x.person_id = a.person_id AND x.account_id = a.account_id
            AND x.partner_id = c.partner_id AND x.handoff_id IS NULL AND x.until IS NULL))
    INSERT INTO funnel_transfer (person_id, account_id, partner_id, at, data, bases)
    SELECT g.person_id, g.account_id, g.partner_id, %(now)s,
"""  # noqa: S608 - our own words
    + TOLD
)
OVER = """
    UPDATE funnel_transfer x SET until = greatest(%(now)s, x.at)
    WHERE x.handoff_id IS NULL AND x.until IS NULL AND NOT EXISTS (
        SELECT 1 FROM accounts_affiliation a JOIN accounts_account c ON c.id = a.account_id
        WHERE a.person_id = x.person_id AND a.account_id = x.account_id AND a.ended_on IS NULL
        AND c.partner_id = x.partner_id)
"""


@transaction.atomic
def record(*, now: datetime) -> dict[str, int]:
    """Writes down what partners were given since, and what care is over; returns how many of each. May run twice."""
    counts = {}
    with connection.cursor() as cursor:
        for name, statement in (("handed", HANDED), ("cared_for", CARED_FOR), ("over", OVER)):
            cursor.execute(statement, {"now": now})
            counts[name] = int(cursor.rowcount)
    return counts


def record_before_erasing(person: Person, told: Needles, now: datetime) -> dict[str, int]:
    """What was given and not written down yet is, while it can still be told."""
    record(now=now)
    return {}


def export(
    transfers: QuerySet[Transfer], *, purpose: str, filters: dict[str, Any], by: Any, now: datetime
) -> Iterator[str]:
    """The lines of a CSV with these records; noted before the first line leaves. Raises ExportRefused."""
    if not rules.may_erase(by):
        raise ExportRefused(_("The head of marketing takes this out."))
    if len(purpose.strip()) < LEAST_PURPOSE:
        raise ExportRefused(_("Please say what the file is for."))
    told = list(transfers.order_by().values_list("person_id", flat=True))
    access.exported("transfers", told, by=by, now=now, filters=filters, purpose=purpose)
    return _lines(transfers)


def _lines(transfers: QuerySet[Transfer]) -> Iterator[str]:
    yield BOM + line([_("Given on"), _("Given until"), _("Partner"), _("Given to"), _("How"), _("Company"), _("Person"),
                      _("Mail address"), _("What was given"), _("On which grounds"), _("Id")])  # fmt: skip
    for one in transfers.select_related("person", "account", "partner", "user").iterator(chunk_size=CHUNK):
        yield line(_cells(one))


def _cells(one: Transfer) -> list[str]:
    how = _("A lead handed over") if one.handoff_id else _("An account in its care")
    until = f"{one.until:%Y-%m-%d %H:%M%z}" if one.until else ""
    data, bases = (", ".join(words(told, of)) for told, of in ((one.data, DATA), (one.bases, BASES)))
    return [
        f"{one.at:%Y-%m-%d %H:%M%z}", until, str(one.partner or ""), str(one.user or ""), how, one.account.name,
        str(one.person), one.person.email, data, bases, str(one.public_id),
    ]  # fmt: skip


def words(codes: Iterable[str], of: dict[str, StrOrPromise]) -> list[str]:
    """Codes in words."""
    return [str(of.get(code, code)) for code in codes]
