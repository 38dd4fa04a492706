"""Figures that take long to count, kept until they are counted anew."""

from typing import ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class KeptQuerySet(models.QuerySet["KeptFigures"]):
    """Kept figures."""

    def latest_of(self, code: str, key: str = "") -> "KeptFigures | None":
        """Those of a selection; where only others are kept, that nothing is there to count; None: nothing is kept."""
        found = {one.key: one for one in self.filter(Q(key=key) | Q(key=""), code=code)}
        whole = found.get("")
        return found.get(key) or (whole and whole.of_nothing(key))


class KeptFigures(models.Model):
    """What was counted at `at`: of one page (`code`), for one selection of it (`key`; "": all).

    `asked_at`: when somebody asked for them anew. Only what takes long is kept (accounts.recounting).
    """

    code = models.CharField(max_length=20)
    key = models.CharField(max_length=120, blank=True)
    figures = models.JSONField(encoder=DjangoJSONEncoder)
    at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "key"], name="kept_figures_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.key}"

    @property
    def is_awaited(self) -> bool:
        """Whether somebody has asked for newer ones."""
        return self.asked_at is not None and self.asked_at > self.at

    def of_nothing(self, key: str) -> Self:
        """Figures of a selection in which there was nothing."""
        return type(self)(code=self.code, key=key, figures={}, at=self.at, asked_at=self.asked_at)
