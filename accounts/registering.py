"""Companies as files and other systems tell of them: found again beyond doubt, or registered.

What is told is never erased by silence (a blank says nothing), the first of several rows about one company writes
and the later ones fill blanks, a new name makes the old one a former name. So the same file again changes nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import connection, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts import copying, finding, provenance
from accounts.domains import company_domain
from accounts.enums import NameKind
from accounts.matching import Candidate, Index, Known, Outcome, Rule, Verdict, match
from accounts.models import Account, AccountDomain, AccountName, Doubt, ExternalId, Source
from accounts.names import legal_form, parse
from audit.effects import Effect, Told, overwrite, refused

IDENTITY_LOCK = 20261122
RENDERED_IN = {"name_kana": NameKind.KANA, "name_en": NameKind.ENGLISH}
"""Column of Account → the kind of name it holds."""


@dataclass(frozen=True)
class AccountFacts:
    """What is told about one company; `details` are plain columns of Account. Blank means not told."""

    name: str = ""
    external_id: str = ""
    corporate_number: str = ""
    domain: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def contacts(self) -> frozenset[str]:
        """What the company's domain, address and phone are compared by."""
        said = self.details.get("address", ""), self.details.get("phone", "")
        return frozenset(finding.contacts(self.domain, *said))


class AccountRegistrar:
    """One telling (a file, a request) by one source; `register` may be called batch by batch."""

    def __init__(self, source: Source, *, now: datetime) -> None:
        self.source = source
        self.now = now
        self._written: set[int] = set()

    @transaction.atomic(savepoint=False)
    def register(self, facts: Sequence[AccountFacts]) -> list[Told[Account]]:
        """Finds or creates each company and takes over what is told about it."""
        return self._batch(facts, find_only=False)

    @transaction.atomic(savepoint=False)
    def find(self, facts: Sequence[AccountFacts]) -> list[Told[Account]]:
        """Finds or creates each company that something else (a card, a lead) mentions, altering none."""
        return self._batch(facts, find_only=True)

    def look_up(self, facts: Sequence[AccountFacts]) -> list[Told[Account]]:
        """Finds each company, in doubt the one persons decided on; what is not known, or still in doubt, is refused.
        Changes nothing."""
        candidates = [self._candidate(one) for one in facts]
        index = finding.index_for(candidates)
        verdicts = [match(who, index) for who in candidates]
        doubtful = [one for one, seen in zip(facts, verdicts, strict=True) if seen.outcome is Outcome.AMBIGUOUS]
        decided = decided_among(self.source, doubtful) if doubtful else {}
        return [_looked_up(seen, one, decided.get(doubt_key(self.source, one)))
                for one, seen in zip(facts, verdicts, strict=True)]  # fmt: skip

    def link(self, facts: AccountFacts, account: Account) -> Told[Account]:
        """A person says that this is the company told of: it takes it over, and the name as an alias."""
        lock_identities()
        found = finding.known(account)
        batch = _Batch(self.source, Index([found]), self._written, self.now)
        return batch.settled(batch.update(found, facts, renames=False))

    def add(self, facts: AccountFacts) -> Told[Account]:
        """A person says that the company told of is none that we know."""
        lock_identities()
        batch = _Batch(self.source, Index(), self._written, self.now)
        return batch.settled(batch.create(facts))

    def _batch(self, facts: Sequence[AccountFacts], *, find_only: bool) -> list[Told[Account]]:
        candidates = [self._candidate(one) for one in facts]
        lock_identities()
        batch = _Batch(self.source, finding.index_for(candidates), self._written, self.now)
        batch.asked = facts
        told = [batch.find(one, who) if find_only else batch.take(one, who, find_only=False)
                for one, who in zip(facts, candidates, strict=True)]  # fmt: skip
        batch.save()
        self._written |= batch.written_ids()
        return told

    def _candidate(self, facts: AccountFacts) -> Candidate:
        return finding.candidate(
            facts.name,
            corporate_number=facts.corporate_number,
            source=self.source.code,
            external_id=facts.external_id,
            contacts=facts.contacts,
        )


class _Batch:
    """Rows decided one after another, written all at once."""

    def __init__(self, source: Source, index: Index, written: set[int], now: datetime) -> None:
        self.source, self.index, self.now = source, index, now
        self.written_before = written
        self.written_now: set[Known] = set()
        self.new: list[Account] = []
        self.changed: dict[int, Account] = {}
        self.columns: set[str] = set()
        self.asked: Sequence[AccountFacts] = ()
        self.found: dict[str, dict[Candidate, Told[Account]]] = {}
        self.external_ids: list[ExternalId] = []
        self.names: list[AccountName] = []
        self.domains: list[AccountDomain] = []

    def find(self, facts: AccountFacts, candidate: Candidate) -> Told[Account]:
        """As `take`, altering none; a thousand cards of one company ask the matcher once."""
        known = self.found.setdefault(candidate.key, {})
        if candidate in known:
            return known[candidate]
        told = self.take(facts, candidate, find_only=True)
        if told.effect is Effect.CREATED:
            del self.found[candidate.key]  # one more of this name: the next one asks again
        elif told.effect is Effect.UNCHANGED and not candidate.site_keys:
            known[candidate] = told
        return told

    def take(self, facts: AccountFacts, candidate: Candidate, *, find_only: bool) -> Told[Account]:
        verdict = match(candidate, self.index)
        if verdict.outcome is Outcome.AMBIGUOUS:
            if decided := self.decided.get(doubt_key(self.source, facts)):
                return self._as_decided(decided, verdict, facts, find_only=find_only)
            return refused("name", _several(verdict), doubt=verdict)
        if verdict.known is None:
            return self.create(facts) if facts.name else refused("external_id", _unknown(facts.external_id))
        if find_only:
            return Told(Effect.UNCHANGED, account_of(verdict.known), found_by=str(verdict.rule or ""))
        of_merged = verdict.evidence in verdict.known.merged
        told = self.update(verdict.known, facts, renames=verdict.rule is Rule.EXTERNAL_ID, of_merged=of_merged)
        told.found_by = str(verdict.rule or "")
        return told

    @cached_property
    def decided(self) -> dict[str, Account]:
        """What persons decided where the same was told before."""
        return decided_among(self.source, self.asked)

    def _as_decided(self, account: Account, verdict: Verdict, facts: AccountFacts, *, find_only: bool) -> Told[Account]:
        if find_only:
            return Told(Effect.UNCHANGED, account)
        meant = next((known for known in verdict.candidates if account_of(known) == account), None)
        return self.update(meant or finding.known(account), facts, renames=False)

    def create(self, facts: AccountFacts) -> Told[Account]:
        number = facts.corporate_number or None
        account = copying.draft(
            Account, name=facts.name, key=finding.key_of(facts.name), corporate_number=number, **facts.details
        )
        name = parse(facts.name)
        known = Known(account, {account.key}, name.legal_form, facts.corporate_number, form_leads=name.form_leads)
        known.contacts = set(facts.contacts)
        self.new.append(account)
        self.written_now.add(known)
        self._add_external_id(known, facts)
        self._add_domain(account, facts)
        self._add_renderings(known, facts)
        self.index.add(known)
        return Told(Effect.CREATED, account)

    def update(self, known: Known, facts: AccountFacts, *, renames: bool, of_merged: bool = False) -> Told[Account]:
        account = account_of(known)
        first = known not in self.written_now and account.pk not in self.written_before and not of_merged
        told = Told(Effect.UNCHANGED, account)
        columns = overwrite(account, facts.details, blanks_only=not first)
        columns += self._take_number(known, facts, told)
        columns += self._take_name(known, facts, renames=renames and first, told=told)
        news = self._add_external_id(known, facts) | self._add_domain(account, facts)
        if news | self._add_renderings(known, facts) | bool(columns):
            told.changed()
        if columns and account.pk:
            self.changed[account.pk] = account
            self.columns.update(columns)
        self.written_now.add(known)
        self.index.add(known)
        return told

    def _take_number(self, known: Known, facts: AccountFacts, told: Told[Account]) -> list[str]:
        number, account = facts.corporate_number, account_of(known)
        if not number or number == known.corporate_number:
            return []
        if known.corporate_number:
            told.field_refusals.append(("corporate_number", _("This company already has another corporate number.")))
            return []
        if owner := self.index.by_number.get(number):
            told.field_refusals.append(("corporate_number", _("This corporate number belongs to %(company)s.")
                                        % {"company": account_of(owner).name}))  # fmt: skip
            return []
        known.corporate_number = number
        return overwrite(account, {"corporate_number": number})

    def _take_name(self, known: Known, facts: AccountFacts, *, renames: bool, told: Told[Account]) -> list[str]:
        """A name we do not know it by: its new name if its own source says so, else one more alias."""
        key, account = finding.key_of(facts.name) if facts.name else "", account_of(known)
        if not key or (key in known.keys and not (renames and key in known.renderings)):
            return []
        known.keys.add(key)
        known.renderings.pop(key, NameKind.ALIAS)
        told.changed()
        if not renames:
            known.further[key] = None
            self.names.append(AccountName(account=account, kind=NameKind.ALIAS, name=facts.name, key=key))
            return []
        former = AccountName(account=account, kind=NameKind.FORMER, name=account.name, key=account.key)
        former.valid_to = known.further[account.key] = self.now.date()
        self.names.append(former)
        known.legal_form = legal_form(facts.name)
        return overwrite(account, {"name": facts.name, "key": key})

    def _add_renderings(self, known: Known, facts: AccountFacts) -> bool:
        """Its name in kana and in English, by which somebody may ask for it."""
        written = len(self.names)
        for column, kind in RENDERED_IN.items():
            name = facts.details.get(column, "")
            key = finding.key_of(name) if name else ""
            if key and key not in known.keys:
                known.keys.add(key)
                known.further[key], known.renderings[key] = None, kind
                self.names.append(AccountName(account=account_of(known), kind=kind, name=name, key=key))
        return len(self.names) > written

    def _add_external_id(self, known: Known, facts: AccountFacts) -> bool:
        named = (self.source.code, facts.external_id)
        if not facts.external_id or named in known.external_ids:
            return False
        known.external_ids.add(named)
        self.external_ids.append(
            ExternalId(source=self.source, external_id=facts.external_id, account=account_of(known))
        )
        return True

    def _add_domain(self, account: Account, facts: AccountFacts) -> bool:
        domain = company_domain(facts.domain)
        if not domain or (account.pk and domain in {known.domain for known in account.domains.all()}):
            return False
        self.domains.append(AccountDomain(account=account, domain=domain))
        return True

    def settled(self, told: Told[Account]) -> Told[Account]:
        """Writes the one thing told."""
        self.save()
        return told

    def save(self) -> None:
        copying.insert(self.new)
        provenance.made(self.new)
        copying.update(self.changed.values(), self.columns)
        provenance.changed(self.changed.values())
        new = {id(account) for account in self.new}
        rows: Sequence[ExternalId | AccountName | AccountDomain]
        for rows in (self.external_ids, self.names, self._domains()):
            copying.insert(rows)
            provenance.made([row for row in rows if id(row.account) not in new])
        provenance.confirmed(Account, self.written_ids() - {account.pk for account in self.new})

    def _domains(self) -> list[AccountDomain]:
        """Each domain of an account once."""
        return list({(id(one.account), one.domain): one for one in self.domains}.values())

    def written_ids(self) -> set[int]:
        return {account_of(known).pk for known in self.written_now}


def doubt_key(source: Source, facts: AccountFacts) -> str:
    """The same told by the same source is the same doubt: its id there, or else all that tells companies apart."""
    said: tuple[str, ...] = (source.code, facts.external_id)
    if not facts.external_id:
        said += (finding.key_of(facts.name), facts.corporate_number, *sorted(facts.contacts))
    return hashlib.sha256(repr(said).encode()).hexdigest()


def lock_identities() -> None:
    """One at a time decides who is who, until its transaction ends: two files never register one company twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IDENTITY_LOCK])


def account_of(known: Known) -> Account:
    """The account behind what the matcher found."""
    return cast(Account, known.ref)


def decided_among(source: Source, told: Sequence[AccountFacts]) -> dict[str, Account]:
    """Doubt key → the company that persons decided was meant, of what this source tells."""
    keys = {doubt_key(source, facts) for facts in told}
    rows = Doubt.objects.filter(key__in=keys, account__isnull=False).select_related("account")
    return {row.key: row.account for row in rows if row.account}


def _looked_up(verdict: Verdict, facts: AccountFacts, decided: Account | None) -> Told[Account]:
    if decided:
        return Told(Effect.UNCHANGED, decided)
    if verdict.known:
        return Told(Effect.UNCHANGED, account_of(verdict.known), found_by=str(verdict.rule or ""))
    if verdict.outcome is Outcome.AMBIGUOUS:
        return refused("name", _several(verdict), doubt=verdict)
    return refused("name", _("No company is called %(name)s.") % {"name": facts.name} if facts.name
                   else _unknown(facts.external_id))  # fmt: skip


def _several(verdict: Verdict) -> str:
    names = ", ".join(_described(account_of(known)) for known in verdict.candidates[:5])
    return _(
        "Several companies could be meant: %(companies)s. Please decide in the review, then bring it in again."
    ) % {"companies": names}


def _described(account: Account) -> str:
    told_apart_by = account.corporate_number or account.prefecture or account.address
    return f"{account.name} ({told_apart_by})" if told_apart_by else account.name


def _unknown(external_id: str) -> str:
    return _("No company has the id %(id)s here; load the companies first.") % {"id": external_id}
