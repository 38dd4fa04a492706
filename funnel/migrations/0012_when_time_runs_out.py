"""When a delivery's time begins to run out, so that the clock need not work it out for all of them every time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funnel", "0011_times_of_both_sides")]

    operations = [
        migrations.AddField(model_name="handoff", name="at_risk_at", field=models.DateTimeField(null=True)),
    ]
