"""Sources of customer information."""

from accounts.enums import SourceKind
from accounts.models import Source


def ensure(code: str, *, name: str = "", kind: SourceKind = SourceKind.OTHER) -> Source:
    """The source of this code; made when it is mentioned for the first time."""
    return Source.objects.get_or_create(code=code, defaults={"name": name or code, "kind": kind})[0]
