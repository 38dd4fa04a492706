import audit.public_ids
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def write_down(apps, schema_editor):
    """Whoever had opted out has an opt-out, by address where there is one."""
    schema_editor.execute(
        "INSERT INTO accounts_optout (address, person_id, at, channel, evidence, recorded_at, lifted_because)"
        " SELECT DISTINCT ON (lower(email), CASE WHEN email = '' THEN id END)"
        " lower(email), id, opted_out_at, '', '', opted_out_at, ''"
        " FROM accounts_person WHERE opted_out_at IS NOT NULL"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_tellings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=audit.public_ids.UUID7(), editable=False, unique=True)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('at', models.DateTimeField()),
                ('channel', models.CharField(blank=True, max_length=60)),
                ('evidence', models.CharField(blank=True, max_length=500)),
                ('recorded_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_because', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['-recorded_at', '-id'],
            },
        ),
        migrations.AddField(
            model_name='optout',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='optout',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='opt_outs', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='optout',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='optout',
            name='source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.source'),
        ),
        migrations.AddConstraint(
            model_name='optout',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('address', ''), _negated=True), ('lifted_at', None)), fields=('address',), name='opt_out_address'),
        ),
        migrations.AddConstraint(
            model_name='optout',
            constraint=models.UniqueConstraint(condition=models.Q(('address', ''), ('lifted_at', None)), fields=('person',), name='opt_out_without_address'),
        ),
        migrations.AddConstraint(
            model_name='optout',
            constraint=models.CheckConstraint(condition=models.Q(('lifted_at', None), models.Q(('lifted_because', ''), _negated=True), _connector='OR'), name='opt_out_lifted_because'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='suppressed_new', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT 1 FROM told JOIN accounts_optout o ON o.address = lower(told.email)\n               WHERE told.email <> '' AND told.opted_out_at IS NULL AND o.lifted_at IS NULL) THEN\n        UPDATE accounts_person p SET opted_out_at = o.at FROM told JOIN accounts_optout o\n            ON o.address = lower(told.email)\n            WHERE p.id = told.id AND told.email <> '' AND p.opted_out_at IS NULL AND o.lifted_at IS NULL;\n    END IF;\n    RETURN NULL;\n", hash='2e2565a9b61d5f9453991fdc3874d2d210bab8aa', level='STATEMENT', operation='INSERT', pgid='pgtrigger_suppressed_new_ac5a8', referencing='REFERENCING NEW TABLE AS told ', table='accounts_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='suppressed_told', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT 1 FROM told JOIN accounts_optout o ON o.address = lower(told.email)\n               WHERE told.email <> '' AND told.opted_out_at IS NULL AND o.lifted_at IS NULL) THEN\n        UPDATE accounts_person p SET opted_out_at = o.at FROM told JOIN accounts_optout o\n            ON o.address = lower(told.email)\n            WHERE p.id = told.id AND told.email <> '' AND p.opted_out_at IS NULL AND o.lifted_at IS NULL;\n    END IF;\n    RETURN NULL;\n", hash='7e345aa7ac27a7be177e4d9522c2a8e3accbfaa0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_suppressed_told_d2dd7', referencing='REFERENCING NEW TABLE AS told ', table='accounts_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='opt_out_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."opted_out_at" IS NULL AND OLD."opted_out_at" IS NOT NULL)', func='NEW.opted_out_at := OLD.opted_out_at; RETURN NEW;', hash='bb2c959b3a55d806279d22350bee5d32c59d37ba', operation='UPDATE', pgid='pgtrigger_opt_out_stays_a4d2c', table='accounts_person', when='BEFORE')),
        ),
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]
