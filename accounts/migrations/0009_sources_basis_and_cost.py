import accounts.enums
import audit.public_ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_erasure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='source',
            name='basis',
            field=models.CharField(blank=True, choices=[(accounts.enums.Basis['CONSENT'], accounts.enums.Basis['CONSENT']), (accounts.enums.Basis['CARD'], accounts.enums.Basis['CARD']), (accounts.enums.Basis['DEALINGS'], accounts.enums.Basis['DEALINGS']), (accounts.enums.Basis['PUBLISHED'], accounts.enums.Basis['PUBLISHED'])], default='', max_length=10),
        ),
        migrations.AddField(
            model_name='source',
            name='purpose',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='telling',
            name='purpose',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.CreateModel(
            name='SourceCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=audit.public_ids.UUID7(), editable=False, unique=True)),
                ('kind', models.CharField(choices=[(accounts.enums.CostKind['PER_CARD'], accounts.enums.CostKind['PER_CARD']), (accounts.enums.CostKind['PER_SEMINAR'], accounts.enums.CostKind['PER_SEMINAR']), (accounts.enums.CostKind['FLAT'], accounts.enums.CostKind['FLAT'])], max_length=12)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('units', models.PositiveIntegerField(default=1)),
                ('first_on', models.DateField()),
                ('last_on', models.DateField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='costs', to='accounts.source')),
            ],
            options={
                'ordering': ['-first_on', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('units__gte', 1)), name='source_cost_amount'), models.CheckConstraint(condition=models.Q(('last_on', None), ('last_on__gte', models.F('first_on')), _connector='OR'), name='source_cost_days'), models.CheckConstraint(condition=models.Q(models.Q(('kind', accounts.enums.CostKind['FLAT']), _negated=True), ('units', 1), _connector='OR'), name='source_cost_flat')],
            },
        ),
    ]
