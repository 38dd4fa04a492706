import audit.enums
import audit.public_ids
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_door_mail'),
    ]

    operations = [
        migrations.CreateModel(
            name='Access',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField()),
                ('actor_name', models.CharField(max_length=200)),
                ('door', models.CharField(choices=[(audit.enums.Door['PAGE'], audit.enums.Door['PAGE']), (audit.enums.Door['API'], audit.enums.Door['API']), (audit.enums.Door['TASK'], audit.enums.Door['TASK']), (audit.enums.Door['COMMAND'], audit.enums.Door['COMMAND']), (audit.enums.Door['IMPORT'], audit.enums.Door['IMPORT']), (audit.enums.Door['MAIL'], audit.enums.Door['MAIL'])], max_length=8)),
                ('kind', models.CharField(choices=[(audit.enums.AccessKind['READ'], audit.enums.AccessKind['READ']), (audit.enums.AccessKind['EXPORT'], audit.enums.AccessKind['EXPORT']), (audit.enums.AccessKind['DISCLOSE'], audit.enums.AccessKind['DISCLOSE'])], max_length=8)),
                ('what', models.CharField(max_length=60)),
                ('filters', models.JSONField(default=dict)),
                ('rows', models.PositiveIntegerField()),
                ('purpose', models.CharField(blank=True, max_length=200)),
                ('public_id', models.UUIDField(db_default=audit.public_ids.UUID7(), editable=False, unique=True)),
            ],
            options={
                'verbose_name_plural': 'accesses',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['actor_id', '-id'], name='access_actor')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='access',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='00e7d6be01fa15e6cd87a434a3bf37497331d85e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7761d', table='audit_access', when='BEFORE')),
        ),
    ]
