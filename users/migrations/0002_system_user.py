"""The clock and the rules act as the user `system`, whom nobody can sign in as; and a first calendar."""

from django.contrib.auth.hashers import make_password
from django.db import migrations


def create(apps, schema_editor):
    user = apps.get_model("users", "User")
    user.objects.create(
        username="system", name="ABM", role="SYSTEM", is_service=True, password=make_password(None)
    )
    apps.get_model("users", "BusinessCalendar").objects.create(name="Standard")


def remove(apps, schema_editor):
    apps.get_model("users", "User").objects.filter(username="system").delete()
    apps.get_model("users", "BusinessCalendar").objects.filter(name="Standard").delete()


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial")]
    operations = [migrations.RunPython(create, remove)]
