from django.db import migrations, models

MOMENTS = (
    "asked_at", "breached_at", "disposed_at", "appealed_at", "upheld_at", "denied_at", "routing_due_at",
    "disposition_due_at",
)
COUNTS = (
    "asked", "breached", "rejected", "reasoned", "appealed", "appeals_decided", "appeals_upheld", "disposition_due",
    "disposed_late",
)
# What the moves say of leads that are here already. Times to answer and marketing's dues were not promised then.
TOLD = """
UPDATE funnel_lead SET asked_at = told.asked, breached_at = told.breached, disposed_at = told.disposed,
    appealed_at = told.appealed, upheld_at = told.upheld, denied_at = told.denied
FROM (
    SELECT lead_id,
        min(at) FILTER (WHERE move = 'ask') AS asked,
        min(at) FILTER (WHERE move = 'answer' AND (data ->> 'breach')::bool) AS breached,
        min(at) FILTER (WHERE from_stage = 'REJECTED' AND move NOT IN ('undo', 'recode')) AS disposed,
        min(at) FILTER (WHERE move = 'appeal' AND NOT data ? 'verdict' AND to_stage = 'REJECTED') AS appealed,
        min(at) FILTER (WHERE move = 'appeal' AND to_stage = 'MQL') AS upheld,
        min(at) FILTER (WHERE move = 'appeal' AND data ? 'verdict' AND to_stage = 'REJECTED') AS denied
    FROM funnel_leadmove WHERE move IN ('ask', 'answer', 'appeal') OR from_stage = 'REJECTED' GROUP BY lead_id
) AS told WHERE told.lead_id = funnel_lead.id
"""
FORGET = "DELETE FROM funnel_cohortrollup"  # counted anew by the next roll-up


class Migration(migrations.Migration):
    dependencies = [("funnel", "0010_recode_is_a_move")]

    operations = [
        migrations.RunSQL(FORGET, FORGET),
        *(
            migrations.AddField("lead", name, models.DateTimeField(blank=True, null=True))
            for name in MOMENTS
        ),
        migrations.AddField("lead", "answer_hours", models.FloatField(blank=True, null=True)),
        migrations.AddField("handoff", "answer_hours", models.FloatField(null=True)),
        *(
            migrations.AddField("cohortrollup", name, models.PositiveIntegerField(default=0), preserve_default=False)
            for name in COUNTS
        ),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
    ]
