import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_sources_basis_and_cost'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='suppressed_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='suppressed_told',
        ),
        migrations.AddIndex(
            model_name='optout',
            index=models.Index(fields=['address'], name='opt_out_by_address'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='suppressed_new', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    PERFORM set_config('abm.seqscan', current_setting('enable_seqscan'), true);\n    PERFORM set_config('enable_seqscan', 'off', true);\n    IF EXISTS (SELECT 1 FROM told JOIN accounts_optout o ON o.address = lower(told.email)\n               WHERE told.email <> '' AND told.opted_out_at IS NULL AND o.lifted_at IS NULL) THEN\n        UPDATE accounts_person p SET opted_out_at = o.at FROM told JOIN accounts_optout o\n            ON o.address = lower(told.email)\n            WHERE p.id = told.id AND told.email <> '' AND p.opted_out_at IS NULL AND o.lifted_at IS NULL;\n    END IF;\n    PERFORM set_config('enable_seqscan', current_setting('abm.seqscan'), true);\n    RETURN NULL;\n", hash='6c738927244e112385aba0e9446e94642e54850f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_suppressed_new_ac5a8', referencing='REFERENCING NEW TABLE AS told ', table='accounts_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='suppressed_told', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    PERFORM set_config('abm.seqscan', current_setting('enable_seqscan'), true);\n    PERFORM set_config('enable_seqscan', 'off', true);\n    IF EXISTS (SELECT 1 FROM told JOIN accounts_optout o ON o.address = lower(told.email)\n               WHERE told.email <> '' AND told.opted_out_at IS NULL AND o.lifted_at IS NULL) THEN\n        UPDATE accounts_person p SET opted_out_at = o.at FROM told JOIN accounts_optout o\n            ON o.address = lower(told.email)\n            WHERE p.id = told.id AND told.email <> '' AND p.opted_out_at IS NULL AND o.lifted_at IS NULL;\n    END IF;\n    PERFORM set_config('enable_seqscan', current_setting('abm.seqscan'), true);\n    RETURN NULL;\n", hash='5dab594427c2a3d644133c092669e75661870c21', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_suppressed_told_d2dd7', referencing='REFERENCING NEW TABLE AS told ', table='accounts_person', when='AFTER')),
        ),
    ]
