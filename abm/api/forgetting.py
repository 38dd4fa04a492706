"""Kept answers and the erased. Apart from `abm.api.once`: commands and workers need no REST framework for it."""

from collections.abc import Mapping
from datetime import datetime

from abm.api.models import KeptAnswer
from accounts.models import Merge, Person
from accounts.sweeping import Needles


def forget_about(person: Person, told: Needles, now: datetime) -> Mapping[str, int]:
    """Lets go of answers that tell of somebody who is erased."""
    ids = [person.public_id, *Merge.objects.filter(person=person).values_list("gone_public_id", flat=True)]
    return {"answers": sum(KeptAnswer.objects.filter(body__contains=str(one)).delete()[0] for one in ids)}
