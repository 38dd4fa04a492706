"""Where other processes find the test database."""

from urllib.parse import quote

from django.db import connection


def database_url(name: str = "test") -> str:
    """Its DATABASE_URL, be it behind a port or a socket; PostgreSQL knows who comes by it as `name`."""
    known = connection.settings_dict
    user, password, host = (quote(known[part], safe="") for part in ("USER", "PASSWORD", "HOST"))
    place = f"{host}:{known['PORT']}" if known["PORT"] else host
    return f"postgresql://{user}{':' if password else ''}{password}@{place}/{known['NAME']}?application_name={name}"
