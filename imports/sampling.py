"""Drawing a sample of what the matcher did on our own data, and labelling it. Nothing here links or merges anything.

Companies are drawn from the files that were loaded and are still kept: a uniform sample of those they told of, each
judged as if it were told of now, without its source's own id. A link counts only to a company that another source told
of first: that a file finds what it brought itself proves nothing. Persons are drawn from those asked about, and from
pairs of one family name at one company. Persons joined by a mail address are one row: nothing is left to compare.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from accounts import finding, provenance
from accounts.doubts import as_json
from accounts.enums import DoubtKind
from accounts.matching import Outcome, match
from accounts.models import Account, Doubt, Source, Trace
from accounts.querysets import REVIEWERS
from accounts.registering import AccountFacts, account_of
from audit import log
from imports import drafts
from imports import mapping as mappings
from imports.enums import JobState, KindName, Label, Stratum
from imports.jobs import ImportRefused
from imports.kinds import KINDS
from imports.kinds.accounts import facts_of
from imports.mapping import MappingError, Reader
from imports.models import ImportJob
from imports.reading import Unreadable
from imports.samples import Sample, SamplePair
from users.models import User

FILES, LINES, COMPANIES = 10, 20_000, 3000
"""So many of the latest files are read, so many lines of each; so many companies of them are judged."""
PER_RULE = 25
NEAR_FROM = 65.0
NEAR_LOOKED_FOR = 100
"""Names alike by at least this (0–100, rapidfuzz ratio) are near; looked for among so many new companies."""
ALIKE_PERSONS = """
SELECT a.person_id, b.person_id
FROM (SELECT * FROM accounts_affiliation WHERE ended_on IS NULL ORDER BY random() LIMIT 2000) a
JOIN accounts_affiliation b ON b.account_id = a.account_id AND b.person_id > a.person_id AND b.ended_on IS NULL
JOIN accounts_person p ON p.id = a.person_id JOIN accounts_person q ON q.id = b.person_id
WHERE p.last_name <> '' AND p.last_name = q.last_name AND p.name <> q.name LIMIT 200"""

Pairs = Mapping[tuple[Stratum, str], list[dict[str, Any]]]


class SampleRefused(Exception):
    """There is nothing to draw, or this may not be labelled so; the text says why."""


@dataclass(frozen=True)
class Told:
    """A company as a file told of it, and the companies first told of by its source."""

    facts: AccountFacts
    source: str
    made: frozenset[int]


@transaction.atomic
def draw(*, by: User, now: datetime, seed: int | None = None) -> Sample:
    """Draws up to 25 pairs of each kind (linked by a rule, asked about by a rule, near). Raises SampleRefused."""
    _require_reviewer(by)
    rng = Random(seed)  # noqa: S311 - a sample, no secret
    told = _told_companies(rng)
    drawn = _thinned(_judged(told, rng), rng) + _thinned(_persons(), rng)
    if not drawn:
        raise SampleRefused(_("There is nothing to compare yet. Load a file of companies or cards first."))
    rng.shuffle(drawn)
    sample = Sample.objects.create(by=by, at=now, looked_at=len(told))
    SamplePair.objects.bulk_create(SamplePair(sample=sample, position=n, **one) for n, one in enumerate(drawn, start=1))
    log.record("samples.draw", sample, by=by, at=now, detail={"pairs": len(drawn), "looked_at": len(told)})
    return sample


@transaction.atomic
def label(pair: SamplePair, *, as_: str, by: User, now: datetime) -> SamplePair:
    """Says what a pair is; it can be said anew."""
    _require_reviewer(by)
    if as_ not in set(Label):
        raise SampleRefused(_("Please choose same, different or unsure."))
    pair = SamplePair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    pair.label, pair.labelled_by, pair.labelled_at = as_, by, now
    pair.save(update_fields=["label", "labelled_by", "labelled_at"])
    log.record("samples.label", pair, by=by, at=now, detail={"label": as_})
    return pair


def _require_reviewer(by: User) -> None:
    if by.role not in REVIEWERS:
        raise SampleRefused(_("Marketing and administrators label samples."))


def _told_companies(rng: Random) -> list[Told]:
    """A uniform sample (a reservoir) of the distinct companies the latest files told of."""
    seen: set[tuple[str, ...]] = set()
    kept: list[Told] = []
    jobs = ImportJob.objects.filter(state=JobState.DONE, dry_run=False, undone_at=None).exclude(file="")
    for job in jobs.exclude(kind=KindName.USERS).select_related("source").order_by("-pk")[:FILES]:
        made = frozenset(_made_by(job.source))
        for facts in _facts(job):
            key = (finding.key_of(facts.name), facts.corporate_number, facts.domain, job.source.code)
            if not facts.name or key in seen:
                continue
            seen.add(key)
            _keep(kept, Told(facts, job.source.code, made), len(seen), rng)
    return kept


def _keep(kept: list[Told], one: Told, number: int, rng: Random) -> None:
    """J. S. Vitter, ACM TOMS 11 (1985) 37–57, algorithm R."""
    if len(kept) < COMPANIES:
        kept.append(one)
    elif (place := rng.randrange(number)) < COMPANIES:
        kept[place] = one


def _made_by(source: Source) -> Iterable[int]:
    kind = provenance.kind_of(Account)
    found = Trace.objects.filter(telling__source=source, kind=kind, was__isnull=True)
    return found.values_list("row_id", flat=True)


def _facts(job: ImportJob) -> Iterator[AccountFacts]:
    """The companies the file names; a file that can no longer be read says nothing."""
    kind = KINDS[job.kind]
    try:
        with drafts.opened(job) as table:
            given = mappings.parse(job.mapping, kind=job.kind, fields=kind.fields) if job.mapping else None
            mapping = given if given and given.columns else mappings.propose(table.columns, kind.fields)
            reader = Reader(mapping, table.columns, fields=kind.fields, needs=kind.needs)
            for line in islice(table.lines(), LINES):
                row = reader.row(line)
                if not row.refusal:
                    yield facts_of(row) if job.kind == KindName.ACCOUNTS else _mentioned(row)
    except (ImportRefused, MappingError, Unreadable, FileNotFoundError):
        return


def _mentioned(row: Any) -> AccountFacts:
    return AccountFacts(row.get("account", ""), row.get("account_id", ""), row.get("corporate_number", ""))


def _judged(told: Sequence[Told], rng: Random) -> Pairs:
    """What the matcher says of each today; near ones are looked for where only its own source tells of it."""
    candidates = [finding.candidate(one.facts.name, corporate_number=one.facts.corporate_number,
                                    contacts=frozenset(finding.contacts(one.facts.domain, *_at(one.facts))))
                  for one in told]  # fmt: skip
    index = finding.index_for(candidates)
    pairs: dict[tuple[Stratum, str], list[dict[str, Any]]] = defaultdict(list)
    new: list[Told] = []
    for one, candidate in zip(told, candidates, strict=True):
        verdict = match(candidate, index)
        known = [verdict.known] if verdict.known else list(verdict.candidates)
        others = [account_of(each) for each in known if account_of(each).pk not in one.made]
        if not others or verdict.rule is None:
            new.append(one)
            continue
        stratum = Stratum.LINKED if verdict.outcome is Outcome.MATCHED else Stratum.DOUBT
        pairs[stratum, verdict.rule].append({"facts": as_json(one.facts), "account": others[0]})
    pairs[Stratum.NEAR, ""] = _near(new, rng)
    return pairs


def _at(facts: AccountFacts) -> tuple[str, str]:
    return facts.details.get("address", ""), facts.details.get("phone", "")


def _near(new: Sequence[Told], rng: Random) -> list[dict[str, Any]]:
    """New companies whose name is nearly that of another one; `weight` stands for those not looked at."""
    asked = rng.sample(new, min(len(new), NEAR_LOOKED_FOR))
    keys = dict(Account.objects.exclude(key="").values_list("pk", "key")) if asked else {}
    found = []
    for one in asked:
        own, key = one.made, finding.key_of(one.facts.name)
        alike = process.extract(key, keys, scorer=fuzz.ratio, score_cutoff=NEAR_FROM, limit=5)
        other = next((pk for name, _score, pk in alike if pk not in own or name != key), None)
        if other:
            found.append({"facts": as_json(one.facts), "account_id": other, "weight": len(new) / len(asked)})
    return found


def _persons() -> Pairs:
    """Those ever asked about, and namesakes by family name who were not."""
    pairs: dict[tuple[Stratum, str], list[dict[str, Any]]] = defaultdict(list)
    doubts = Doubt.objects.filter(kind=DoubtKind.PERSONS).prefetch_related("candidates")
    asked = set()
    for doubt in doubts:
        ids = [one.person_id for one in doubt.candidates.all()]
        if len(ids) == 2:
            asked.add(tuple(sorted(pk or 0 for pk in ids)))
            pairs[Stratum.DOUBT, doubt.rule].append({"person_id": ids[0], "other_id": ids[1]})
    with connection.cursor() as cursor:
        cursor.execute(ALIKE_PERSONS)
        alike = [pair for pair in cursor.fetchall() if pair not in asked]
    pairs[Stratum.NEAR, "SURNAME"] = [{"person_id": one, "other_id": other} for one, other in alike]
    return pairs


def _thinned(pairs: Pairs, rng: Random) -> list[dict[str, Any]]:
    """Up to PER_RULE of each kind; each stands for as many as were left out."""
    drawn = []
    for (stratum, rule), found in pairs.items():
        chosen = rng.sample(found, min(len(found), PER_RULE))
        share = len(found) / len(chosen) if chosen else 0.0
        drawn += [
            {"stratum": stratum, "rule": str(rule), **one, "weight": share * one.get("weight", 1.0)} for one in chosen
        ]
    return drawn
