"""Version 1 of the rule, to be replaced by what marketing and sales agree on."""

from datetime import UTC, datetime

from django.db import migrations
from django.utils import timezone

WEIGHTS = {
    "kinds": {
        "MAIL_OPEN": {"per_minute": 0.5, "minutes": 1, "decay": "mail"},
        "MAIL_CLICK": {"per_minute": 1.5, "minutes": 2, "decay": "mail"},
        "PAGE_VIEW": {"per_minute": 1, "minutes": 1, "decay": "web"},
        "DOWNLOAD": {"per_minute": 1.5, "minutes": 10, "decay": "web"},
        "FORM": {"per_minute": 4, "minutes": 5, "decay": "web"},
        "SEMINAR_REGISTERED": {"per_minute": 1, "minutes": 5, "decay": "seminar"},
        "SEMINAR_ATTENDED": {"per_minute": 1, "minutes": 45, "decay": "seminar"},
        "EXHIBITION": {"per_minute": 1.5, "minutes": 10, "decay": "seminar"},
        "CARD": {"per_minute": 1, "minutes": 5, "decay": "meeting"},
        "CALL": {"per_minute": 1.5, "minutes": 5, "decay": "meeting"},
        "MEETING": {"per_minute": 1.5, "minutes": 45, "decay": "meeting"},
        "VISIT": {"per_minute": 1.5, "minutes": 60, "decay": "meeting"},
    },
    "ranks": {
        "EXECUTIVE": 2, "DIRECTOR": 1.75, "GENERAL_MANAGER": 1.5, "MANAGER": 1.25, "SECTION_CHIEF": 1.1,
        "STAFF": 1, "UNKNOWN": 1,
    },
    "half_lives": {"web": 14, "mail": 21, "seminar": 45, "meeting": 90},
}


def create(apps, schema_editor):
    system = apps.get_model("users", "User").objects.get(username="system")
    apps.get_model("scoring", "ScoringRule").objects.create(
        version=1,
        weights=WEIGHTS,
        threshold=60,
        cap=120,
        landmark=datetime(2020, 1, 1, tzinfo=UTC),
        published_at=timezone.now(),
        published_by=system,
    )


def remove(apps, schema_editor):
    apps.get_model("scoring", "ScoringRule").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial"), ("users", "0002_system_user")]
    operations = [migrations.RunPython(create, remove)]
