"""The mark of a demo company: with it, and only with it, a database may be wiped."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DemoCompany(models.Model):
    """One row while the demo company is here: when it was built, and what it is made of."""

    built_at = models.DateTimeField()
    user_ids = ArrayField(models.BigIntegerField())
    last_account_id = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "demo companies"

    def __str__(self) -> str:
        return f"{self.built_at:%Y-%m-%d %H:%M}"
