"""The companies that rows about something else (a card, a deal, a touch) mention."""

from collections.abc import Sequence

from accounts.models import Account
from accounts.registering import AccountFacts, AccountRegistrar
from audit.effects import Effect
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds.kind import Kind

FIELDS = (
    Field("account", values.text(255), synonyms.COMPANY),
    Field("account_id", values.identifier(200), synonyms.COMPANY_ID),
    Field("corporate_number", values.corporate_number, synonyms.CORPORATE_NUMBER),
)


def mentioned(kind: Kind, rows: Sequence[Row], registrar: AccountRegistrar, *, create: bool) -> dict[int, Account]:
    """Row number → its company. Rows that name none are left out; a company that is in doubt refuses its row.

    With `create`, a company nobody has told of yet is registered under its name; else it refuses the row, too.
    """
    naming = [row for row in rows if row.get("account") or row.get("account_id")]
    ask = registrar.find if create else registrar.look_up
    found: dict[int, Account] = {}
    facts = [_facts(row) for row in naming]
    for row, said, told in zip(naming, facts, ask(facts), strict=True):
        kind.doubtful(row, said, told)
        row.found_by("account", told)
        if told.effect is Effect.REFUSED or told.subject is None:
            row.refuse("account" if row.get("account") else "account_id", told.reason)
        else:
            found[row.number] = told.subject
    return found


def _facts(row: Row) -> AccountFacts:
    return AccountFacts(
        name=row.get("account", ""),
        external_id=row.get("account_id", ""),
        corporate_number=row.get("corporate_number", ""),
    )
