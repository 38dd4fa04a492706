"""Does the database, ours or a given one, know Japanese letters? Asked by `migrate`."""

from collections.abc import Sequence

from django.core.checks import CheckMessage, Error
from django.db import connections

HINT = "Make the database with ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0."


def database_knows_japanese(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """An error for each database in which names such as 株式会社 would have no trigrams: no search finds them."""
    return [
        Error(f"The database reads letters by {letters}, in which Japanese is no text.", hint=HINT, id="abm.E001")
        for letters in map(_refused_letters, databases or [])
        if letters
    ]


def _refused_letters(alias: str) -> str:
    """The database's LC_CTYPE where it is unfit, else ''. Before the first migration pg_trgm cannot be asked itself."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
        (letters,) = cursor.fetchone()
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if not cursor.fetchone():
            return str(letters) if letters in {"C", "POSIX"} else ""
        cursor.execute("SELECT show_trgm(%s) = '{}'", ["株式会社"])
        (blind,) = cursor.fetchone()
        return str(letters) if blind else ""
