"""Which companies do we know that these could be? The matcher's index, read from the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q

from accounts.matching import Candidate, Index, Known
from accounts.models import Account, AccountName, ExternalId
from accounts.names import company_key, legal_form

KEY_LENGTH = 255


def key_of(name: str) -> str:
    """The key a name is stored and compared by."""
    return company_key(name)[:KEY_LENGTH]


def candidate(name: str = "", *, corporate_number: str = "", source: str = "", external_id: str = "") -> Candidate:
    """A company as somebody names it, ready for the matcher."""
    return Candidate(
        key=key_of(name) if name else "",
        legal_form=legal_form(name),
        corporate_number=corporate_number,
        source=source,
        external_id=external_id,
    )


def index_for(candidates: Sequence[Candidate]) -> Index:
    """The known companies any of the candidates could be, with all the evidence about them; a few queries."""
    found = Account.objects.filter(pk__in=_possible_ids(candidates))
    accounts = list(found.prefetch_related("domains").order_by("pk"))
    ids = [account.pk for account in accounts]
    keys, external_ids = _further_keys(ids), _external_ids(ids)
    return Index(
        Known(
            ref=account,
            keys={account.key, *keys[account.pk]},
            legal_form=legal_form(account.name),
            corporate_number=account.corporate_number or "",
            external_ids=external_ids[account.pk],
        )
        for account in accounts
    )


def _possible_ids(candidates: Iterable[Candidate]) -> set[int]:
    by_source: dict[str, set[str]] = defaultdict(set)
    keys, numbers = set(), set()
    for one in candidates:
        keys.add(one.key)
        numbers.add(one.corporate_number)
        by_source[one.source].add(one.external_id)
    keys.discard("")
    numbers.discard("")
    found = set(Account.objects.filter(Q(key__in=keys) | Q(corporate_number__in=numbers)).values_list("pk", flat=True))
    found |= set(AccountName.objects.filter(key__in=keys).values_list("account_id", flat=True))
    for source, external_ids in by_source.items():
        rows = ExternalId.objects.filter(source__code=source, external_id__in=external_ids, account__isnull=False)
        found |= {pk for pk in rows.values_list("account_id", flat=True) if pk}
    return found


def _further_keys(ids: Collection[int]) -> dict[int, set[str]]:
    keys: dict[int, set[str]] = defaultdict(set)
    for account_id, key in AccountName.objects.filter(account__in=ids).values_list("account_id", "key"):
        keys[account_id].add(key)
    return keys


def _external_ids(ids: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    rows = ExternalId.objects.filter(account__in=ids).values_list("account_id", "source__code", "external_id")
    for account_id, source, external_id in rows:
        if account_id:
            found[account_id].add((source, external_id))
    return found
