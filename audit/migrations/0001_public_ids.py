"""The database's own maker of UUIDv7 (RFC 9562): PostgreSQL 18's where there is one, else from its parts."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

NATIVE = "CREATE FUNCTION abm_uuid7() RETURNS uuid LANGUAGE sql VOLATILE AS $f$ SELECT uuidv7() $f$"
COMPOSED = """
CREATE FUNCTION abm_uuid7() RETURNS uuid LANGUAGE sql VOLATILE AS $f$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
        52, 1), 53, 1), 'hex')::uuid
$f$
"""


def create(apps, schema_editor):
    has_native = schema_editor.connection.pg_version >= 180000
    schema_editor.execute(NATIVE if has_native else COMPOSED)


def drop(apps, schema_editor):
    schema_editor.execute("DROP FUNCTION abm_uuid7()")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [TrigramExtension(), migrations.RunPython(create, drop)]
