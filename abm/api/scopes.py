"""What a token may be used for: `read`, `write`, or either of one resource, as in `leads:write`. Pure."""

from collections.abc import Iterable

READ, WRITE = "read", "write"
RESOURCES = (
    "absences", "accesses", "accounts", "calendars", "contracts", "data-quality", "deals", "departments", "doubts",
    "erasures", "feedback", "handoffs", "imports", "leads", "letters", "lists", "me", "merges", "metrics",
    "offerings", "opt-outs", "persons", "plans",
    "policies", "reject-reasons", "routing-rules", "sources",
    "touches", "transfers", "users", "webhooks", "word-rules",
)  # fmt: skip
ALL = frozenset({READ, WRITE} | {f"{resource}:{verb}" for resource in RESOURCES for verb in (READ, WRITE)})


def parse(text: str | Iterable[str]) -> str:
    """Scopes in one canonical line. Raises ValueError for an unknown or missing scope."""
    words = set(text.split() if isinstance(text, str) else text)
    if unknown := sorted(words - ALL):
        raise ValueError(f"unknown scope: {', '.join(unknown)}")
    if not words:
        raise ValueError("at least one scope is needed")
    return " ".join(sorted(words))


def allow(scopes: str, resource: str, verb: str) -> bool:
    """Whether these scopes open `verb` (read or write) on `resource`. Writing does not include reading."""
    return bool({verb, f"{resource}:{verb}"}.intersection(scopes.split()))
