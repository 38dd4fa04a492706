"""What the rollup counts: a column for each measure of `funnel.cohorts`."""

from django.db import models


class Counts(models.Model):
    """How many leads each measure counted."""

    delivered = models.PositiveIntegerField()
    recalled = models.PositiveIntegerField()
    handed_over = models.PositiveIntegerField()
    open = models.PositiveIntegerField()
    matured = models.PositiveIntegerField()
    accepted_in_time = models.PositiveIntegerField()
    rejected_in_time = models.PositiveIntegerField()
    ignored = models.PositiveIntegerField()
    asked = models.PositiveIntegerField()
    breached = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    reasoned = models.PositiveIntegerField()
    appealed = models.PositiveIntegerField()
    appeals_decided = models.PositiveIntegerField()
    appeals_upheld = models.PositiveIntegerField()
    disposition_due = models.PositiveIntegerField()
    disposed_late = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    ghosts = models.PositiveIntegerField()
    followed = models.PositiveIntegerField()
    not_followed = models.PositiveIntegerField()
    never_answered = models.PositiveIntegerField()
    pipeline = models.PositiveIntegerField()
    accepted_pipeline = models.PositiveIntegerField()
    won = models.PositiveIntegerField()
    lost = models.PositiveIntegerField()
    decided = models.PositiveIntegerField()

    class Meta:
        abstract = True
