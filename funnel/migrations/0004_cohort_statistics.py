from django.conf import settings
from django.db import migrations

# Tells the planner that cohorts have few months: without it, it takes each lead for a group of its own and sorts them
# all. Another TIME_ZONE later only makes this useless, never wrong.
CREATE = (
    "CREATE STATISTICS IF NOT EXISTS lead_cohort_month "
    f"ON (date_trunc('month', handed_over_at AT TIME ZONE '{settings.TIME_ZONE}')) FROM funnel_lead"
)


class Migration(migrations.Migration):
    dependencies = [("funnel", "0003_cohort_rollup")]
    operations = [migrations.RunSQL(CREATE, "DROP STATISTICS IF EXISTS lead_cohort_month")]
