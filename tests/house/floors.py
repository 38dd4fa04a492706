"""The house as data: apps from the ground up. Apps on one floor do not know each other."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS: list[set[str]] = [
    {"audit"},
    {"users"},
    {"accounts"},
    {"engagement"},
    {"targets"},
    {"funnel"},
    {"imports", "scoring", "surface"},
]
APPS = [app for floor in FLOORS for app in sorted(floor)]
DOORS = ["abm"]
TOP = {"api", "demo", "web"}
"""Labels of the apps in abm/."""
OURS = {*APPS, *TOP}


def level(app: str) -> int:
    """Counted from the ground; what is not ours lies below it."""
    return next((number for number, floor in enumerate([*FLOORS, TOP]) if app in floor), -1)


def may_know(app: str, other: str) -> bool:
    """Whether `app` may point to or import `other`."""
    return app == other or level(other) < level(app)


def sources(*folders: str) -> list[Path]:
    """Python files of ours, without migrations."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)
