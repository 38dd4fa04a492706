"""The companies that rows about something else (a card, a deal, a touch) mention."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from accounts.matching import Rule
from accounts.models import Account
from accounts.names import company_key, parse
from accounts.registering import AccountFacts, AccountRegistrar
from audit.effects import Effect, Told
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds.kind import Kind

FIELDS = (
    Field("account", values.text(255), synonyms.COMPANY),
    Field("account_id", values.identifier(200), synonyms.COMPANY_ID),
    Field("corporate_number", values.corporate_number, synonyms.CORPORATE_NUMBER),
)


class Said(NamedTuple):
    """How a row names a company."""

    name: str
    external_id: str
    corporate_number: str


class Mentioned:
    """The companies that the rows of one load mention.

    With `create`, a company nobody has told of yet is registered under its name; else it refuses the row, too.
    """

    def __init__(self, kind: Kind, *, create: bool) -> None:
        registrar = AccountRegistrar(kind.source, now=kind.now)
        self._kind, self._ask = kind, registrar.find if create else registrar.look_up
        self._remembered: dict[Said, tuple[int, str]] = {}

    def by(self, rows: Sequence[Row]) -> dict[int, Account]:
        """Row number → its company. Rows that name none are left out; a company that is in doubt refuses its row."""
        naming = [(row, said) for row in rows if (said := _named(row)).name or said.external_id]
        self._forget_namesakes({said for _row, said in naming} - set(self._remembered))
        told = self._recalled(naming)
        told |= self._asked([(row, said) for row, said in naming if row.number not in told])
        found: dict[int, Account] = {}
        for row, said in naming:
            one = told[row.number]
            row.found_by("account", one)
            if one.effect is Effect.REFUSED or one.subject is None:
                row.refuse("account" if said.name else "account_id", one.reason)
            else:
                found[row.number] = one.subject
        return found

    def _asked(self, naming: Sequence[tuple[Row, Said]]) -> dict[int, Told[Account]]:
        facts = [AccountFacts(*said) for _row, said in naming]
        told = self._ask(facts)
        for (row, said), one, result in zip(naming, facts, told, strict=True):
            self._kind.doubtful(row, one, result)
            self._remember(said, result)
        return {row.number: result for (row, _said), result in zip(naming, told, strict=True)}

    def _recalled(self, naming: Sequence[tuple[Row, Said]]) -> dict[int, Told[Account]]:
        known = {row.number: self._remembered[said] for row, said in naming if said in self._remembered}
        accounts = Account.objects.filter(pk__among={pk for pk, _rule in known.values()}).in_bulk()
        return {number: Told(Effect.UNCHANGED, accounts[pk], found_by=rule) for number, (pk, rule) in known.items()}

    def _remember(self, said: Said, told: Told[Account]) -> None:
        """What no other row of this file can change: found by an id or number, or by a name that is all that is said
        and ends in no branch."""
        by_number = told.found_by in (Rule.EXTERNAL_ID, Rule.CORPORATE_NUMBER)
        by_name = not (said.external_id or said.corporate_number) and not parse(said.name).site_keys
        if told.effect is Effect.UNCHANGED and told.subject and (by_number or by_name):
            self._remembered[said] = told.subject.pk, told.found_by

    def _forget_namesakes(self, fresh: Collection[Said]) -> None:
        """A company of the same name may be registered with these: all of that name are asked for again."""
        keys = {company_key(said.name) for said in fresh if said.name}
        if keys and self._remembered:
            self._remembered = {
                said: told for said, told in self._remembered.items() if company_key(said.name) not in keys
            }


def _named(row: Row) -> Said:
    said = row.values.get
    return Said(said("account", ""), said("account_id", ""), said("corporate_number", ""))
