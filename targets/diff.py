"""What the next version of a list would change."""

from dataclasses import dataclass

from targets.enums import VersionState
from targets.models import TargetEntry, TargetListVersion


@dataclass(frozen=True)
class Diff:
    """Entries that come and go against the version in force."""

    added: list[TargetEntry]
    removed: list[TargetEntry]
    kept: int


def against_active(version: TargetListVersion) -> Diff:
    """Compares `version` with the one in force of the same list, by account, department and offering."""
    active = TargetListVersion.objects.filter(list=version.list_id, state=VersionState.ACTIVE).first()
    new, old = _by_target(version), _by_target(active) if active else {}
    return Diff(
        added=[entry for target, entry in new.items() if target not in old],
        removed=[entry for target, entry in old.items() if target not in new],
        kept=len(new.keys() & old.keys()),
    )


def _by_target(version: TargetListVersion) -> dict[tuple[int, int | None, int | None], TargetEntry]:
    entries = version.entries.select_related("account", "department", "offering")
    return {(entry.account_id, entry.department_id, entry.offering_id): entry for entry in entries}
