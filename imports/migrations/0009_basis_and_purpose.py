import accounts.enums
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0008_samples'),
    ]

    operations = [
        migrations.AddField(
            model_name='importjob',
            name='basis',
            field=models.CharField(blank=True, choices=[(accounts.enums.Basis['CONSENT'], accounts.enums.Basis['CONSENT']), (accounts.enums.Basis['CARD'], accounts.enums.Basis['CARD']), (accounts.enums.Basis['DEALINGS'], accounts.enums.Basis['DEALINGS']), (accounts.enums.Basis['PUBLISHED'], accounts.enums.Basis['PUBLISHED'])], default='', max_length=10),
        ),
        migrations.AddField(
            model_name='importjob',
            name='purpose',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
    ]
