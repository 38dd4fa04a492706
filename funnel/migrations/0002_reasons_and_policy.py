"""The 17 reject reasons and the first promise: answer in 16 business hours."""

from datetime import UTC, datetime

from django.db import migrations

from funnel.enums import REJECT_REASONS


def create(apps, schema_editor):
    reason = apps.get_model("funnel", "RejectReason")
    for position, (code, en, ja, disposition) in enumerate(REJECT_REASONS):
        reason.objects.create(code=code, label_en=en, label_ja=ja, disposition=disposition, position=position)
    apps.get_model("funnel", "Policy").objects.create(active_from=datetime(2000, 1, 1, tzinfo=UTC))


def remove(apps, schema_editor):
    apps.get_model("funnel", "RejectReason").objects.all().delete()
    apps.get_model("funnel", "Policy").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("funnel", "0001_initial")]
    operations = [migrations.RunPython(create, remove)]
