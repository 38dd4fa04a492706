"""What is asked of people outside the inbox: links in mails to answer by, and feedback on accepted leads."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Account
from audit.public_ids import public_id_field
from funnel.enums import FEEDBACK_STEPS, QUALITIES, Progress
from funnel.querysets import FeedbackQuerySet
from users.models import Team

USER = settings.AUTH_USER_MODEL


class Feedback(models.Model):
    """What the person who has a lead tells of it, 30, 60 and 90 days after its acceptance: asked, then answered.

    It may be answered until `closes_at`, when the next is asked for; unanswered it stays, and counts as unanswered.
    `quality` runs from 1 to 5, 5 the best.
    """

    public_id = public_id_field()
    lead = models.ForeignKey("funnel.Lead", on_delete=models.PROTECT, related_name="feedback")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="feedback")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField(choices=[(step, str(step)) for step in FEEDBACK_STEPS])
    asked_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    progress = models.CharField(max_length=12, blank=True, choices=[(p, p) for p in Progress])
    quality = models.PositiveSmallIntegerField(null=True, choices=[(q, str(q)) for q in QUALITIES])
    note = models.CharField(max_length=300, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "feedback"
        ordering: ClassVar = ["lead_id", "step"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lead", "step"], name="feedback_once_per_step"),
            models.CheckConstraint(name="feedback_closes", condition=Q(closes_at__gt=F("asked_at"))),
            models.CheckConstraint(
                name="feedback_answered",
                condition=Q(answered_at=None, progress="", quality=None)
                | (Q(answered_at__isnull=False, quality__in=QUALITIES) & ~Q(progress="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-asked_at"], name="feedback_user"),
            models.Index(fields=["asked_at"], name="feedback_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.lead} +{self.step}"


class AnswerLink(models.Model):
    """A way to answer one handoff, or one request for feedback, out of a mail: once, by one user, until it expires.

    Its secret is in the mail only; here is the secret's digest. Whether it still works is asked of what it answers.
    """

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    handoff = models.ForeignKey("funnel.Handoff", null=True, on_delete=models.PROTECT, related_name="links")
    feedback = models.ForeignKey(Feedback, null=True, on_delete=models.PROTECT, related_name="links")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="answer_link_answers_one_thing",
                condition=Q(handoff=None, feedback__isnull=False) | Q(handoff__isnull=False, feedback=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.handoff or self.feedback}"
