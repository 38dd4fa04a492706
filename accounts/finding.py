"""Which companies do we know that these could be? The matcher's index, read from the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any

from accounts.addresses import address_key, phone_key
from accounts.domains import company_domain
from accounts.enums import NameKind
from accounts.matching import DOMAIN_SIGN, Candidate, Index, Known
from accounts.models import Account, AccountName, ExternalId, Merge
from accounts.names import CompanyName, company_key, parse

KEY_LENGTH = 255
NO_NAME = CompanyName("")
RENDERINGS = frozenset({NameKind.KANA, NameKind.ENGLISH})
"""Kinds of names that only render the company's own."""
Further = dict[str, tuple[date | None, NameKind]]
"""Key of a further name → the last day it was borne, and what kind of name it is."""


def all_names() -> Index:
    """All companies by all their names, and nothing else about them; their `ref` is the account's key (integer)."""
    keys: dict[int, set[str]] = defaultdict(set)
    for pk, key in chain(Account.objects.order_by("pk").values_list("pk", "key"),
                         AccountName.objects.values_list("account_id", "key")):  # fmt: skip
        keys[pk].add(key)
    blank: dict[str, Any] = {"external_ids": set(), "further": {}, "contacts": set(), "renderings": {}}
    return Index(Known(pk, borne, **blank) for pk, borne in keys.items())  # one blank for all: half the time


def key_of(name: str) -> str:
    """The key a name is stored and compared by."""
    return company_key(name)[:KEY_LENGTH]


def candidate(
    name: str = "",
    *,
    corporate_number: str = "",
    source: str = "",
    external_id: str = "",
    contacts: frozenset[str] = frozenset(),
) -> Candidate:
    """A company as somebody names it, ready for the matcher."""
    spoken = parse(name) if name else NO_NAME
    return Candidate(
        key=spoken.key[:KEY_LENGTH],
        legal_form=spoken.legal_form,
        site_keys=spoken.site_keys,
        corporate_number=corporate_number,
        source=source,
        external_id=external_id,
        contacts=contacts,
        form_leads=spoken.form_leads,
    )


def contacts(domain: str, address: str, phone: str) -> set[str]:
    """What a company's domain, address and phone are compared by; those that say nothing are left out."""
    at = company_domain(domain)
    return {f"{DOMAIN_SIGN}{at}" if at else "", address_key(address), phone_key(phone)} - {""}


def index_for(candidates: Sequence[Candidate]) -> Index:
    """The known companies any of the candidates could be, with all the evidence about them; a few queries."""
    return Index(all_about(_possible_ids(candidates)))


def all_about(account_ids: Collection[int]) -> list[Known]:
    """All we know of these companies, oldest first; a few queries."""
    found = Account.objects.filter(pk__among=account_ids)
    accounts = list(found.prefetch_related("domains").order_by("pk"))
    ids = [account.pk for account in accounts]
    further, external_ids, merged = _further_keys(ids), _external_ids(ids), merged_evidence("account_id", ids)
    return [
        _known(account, account, further[account.pk], external_ids[account.pk], merged[account.pk])
        for account in accounts
    ]


def known(account: Account) -> Known:
    """All we know of one company."""
    merged = merged_evidence("account_id", [account.pk])
    evidence = _further_keys([account.pk])[account.pk], _external_ids([account.pk])[account.pk], merged[account.pk]
    return _known(account, account, *evidence)


def everybody(ref: str = "public_id") -> Index:
    """All companies, for questions about many names at once; their `ref` is this column. About 2 kB per company."""
    accounts = list(Account.objects.prefetch_related("domains").order_by("pk"))
    further, nobody = _further_keys(None), set[tuple[str, str]]()
    return Index(_known(account, str(getattr(account, ref)), further[account.pk], nobody) for account in accounts)


def merged_evidence(column: str, ids: Collection[int]) -> dict[int, frozenset[str]]:
    """By what the companies (persons) that were merged into these are still told of."""
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    rows = Merge.objects.standing().filter(**{f"{column}__among": ids})
    for pk, evidence in rows.values_list(column, "evidence"):
        found[pk] |= frozenset(evidence)
    return found


def _known(
    account: Account,
    ref: object,
    further: Further,
    external_ids: set[tuple[str, str]],
    merged: frozenset[str] = frozenset(),
) -> Known:
    name = parse(account.name)
    said = [contacts(domain.domain, "", "") for domain in account.domains.all()]
    return Known(
        ref=ref,
        keys={account.key, *further},
        legal_form=name.legal_form,
        corporate_number=account.corporate_number or "",
        external_ids=external_ids,
        further={key: until for key, (until, _kind) in further.items() if key != account.key},
        contacts=contacts("", account.address, account.phone).union(*said),
        form_leads=name.form_leads,
        merged=merged,
        renderings={key: kind for key, (_until, kind) in further.items() if kind in RENDERINGS and key != account.key},
    )


def _possible_ids(candidates: Iterable[Candidate]) -> set[int]:
    by_source: dict[str, set[str]] = defaultdict(set)
    keys: set[str] = set()
    numbers: set[str] = set()
    for one in candidates:
        keys.update((one.key, *one.site_keys))
        numbers.add(one.corporate_number)
        if one.external_id:
            by_source[one.source].add(one.external_id)
    keys.discard("")
    numbers.discard("")
    found = set(Account.objects.filter(key__among=keys).values_list("pk", flat=True))
    found |= set(AccountName.objects.filter(key__among=keys).values_list("account_id", flat=True))
    if numbers:
        numbered = Account.objects.filter(corporate_number__among=numbers)
        found |= set(numbered.values_list("pk", flat=True))
    for source, external_ids in by_source.items():
        rows = ExternalId.objects.filter(source__code=source, external_id__among=external_ids, account__isnull=False)
        found |= {pk for pk in rows.values_list("account_id", flat=True) if pk}
    return found


def _further_keys(ids: Collection[int] | None) -> dict[int, Further]:
    """The keys of further names of these accounts (None: of all), renderings only where nothing else bears the key."""
    names = AccountName.objects.all() if ids is None else AccountName.objects.filter(account_id__among=ids)
    keys: dict[int, Further] = defaultdict(dict)
    for account_id, key, until, kind in names.values_list("account_id", "key", "valid_to", "kind"):
        if kind not in RENDERINGS or key not in keys[account_id]:
            keys[account_id][key] = until, NameKind(kind)
    return keys


def _external_ids(ids: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    rows = ExternalId.objects.filter(account_id__among=ids)
    for account_id, source, external_id in rows.values_list("account_id", "source__code", "external_id"):
        if account_id:
            found[account_id].add((source, external_id))
    return found
