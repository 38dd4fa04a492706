"""What we sell, as files name it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import provenance
from accounts.models import Offering
from audit import log
from audit.effects import Effect, Told, overwrite
from audit.log import Actor


@dataclass(frozen=True)
class OfferingFacts:
    """What is told about one offering; `details` are plain columns of Offering."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


class Catalogue:
    """Finds offerings by code or name, whatever the width and case."""

    def __init__(self) -> None:
        self._by_code: dict[str, Offering] = {}
        self._by_name: dict[str, list[Offering]] = {}
        for offering in Offering.objects.all():
            self.add(offering)

    def add(self, offering: Offering) -> None:
        """Makes a new offering findable."""
        self._by_code[_plain(offering.code)] = offering
        self._by_name.setdefault(_plain(offering.name), []).append(offering)

    def of_code(self, code: str) -> Offering | None:
        """The offering of this code."""
        return self._by_code.get(_plain(code))

    def find(self, text: str) -> Offering | None:
        """The offering of this code, or the only one of this name."""
        named = self._by_name.get(_plain(text), [])
        return self.of_code(text) or (named[0] if len(named) == 1 else None)


@transaction.atomic
def register(
    facts: Sequence[OfferingFacts], *, catalogue: Catalogue, reached: set[int], by: Actor, now: datetime
) -> list[Told[Offering]]:
    """Finds each offering by its code or creates it; `reached` are those an earlier row of this telling wrote."""
    told = [_register(one, catalogue, reached, by, now) for one in facts]
    provenance.confirmed(Offering, [one.subject.pk for one in told if one.subject and one.effect is not Effect.CREATED])
    return told


def _register(
    facts: OfferingFacts, catalogue: Catalogue, reached: set[int], by: Actor, now: datetime
) -> Told[Offering]:
    offering = catalogue.of_code(facts.code)
    if offering is None:
        offering = Offering.objects.create(**{"code": facts.code, "name": facts.code, **facts.details})
        catalogue.add(offering)
        provenance.made([offering])
        log.record("offerings.create", offering, by=by, at=now)
        told = Told(Effect.CREATED, offering)
    else:
        told = Told(Effect.UNCHANGED, offering)
        if overwrite(offering, facts.details, blanks_only=offering.pk in reached):
            offering.save()
            provenance.changed([offering])
            log.record("offerings.change", offering, by=by, at=now)
            told.changed()
    reached.add(offering.pk)
    return told


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
