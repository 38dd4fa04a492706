import django.db.models.deletion
from django.db import migrations, models

DONE = "UPDATE accounts_erasure SET done_at = at"
FORGET_ASKED = """
    SET CONSTRAINTS ALL IMMEDIATE;
    DELETE FROM accounts_erasedkey k USING accounts_erasure e WHERE e.id = k.erasure_id AND e.done_at IS NULL;
    DELETE FROM accounts_erasure WHERE done_at IS NULL;
"""
"""Without this column whoever is asked for would look erased."""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_opt_outs_by_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='erasure',
            name='done_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='erasure',
            name='person',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasure', to='accounts.person'),
        ),
        migrations.RunSQL(DONE, FORGET_ASKED),
    ]
