"""Words for reading touches."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.models import Account
from engagement.enums import TouchKind
from users.roles import Role

if TYPE_CHECKING:
    from engagement.models import Touch  # noqa: F401


class TouchQuerySet(models.QuerySet["Touch"]):
    """Touches."""

    def visible_to(self, user: Any) -> "TouchQuerySet":
        """Those at accounts the user sees."""
        if user.role != Role.PARTNER:
            return self
        return self.filter(account__in=Account.objects.visible_to(user))

    def about(self, *, account_id: int, department_id: int | None, offering_id: int | None) -> "TouchQuerySet":
        """Evidence for one demand: of its department and offering where these are known."""
        found = self.filter(account=account_id)
        if department_id:
            found = found.filter(department=department_id)
        return found.filter(models.Q(offering=offering_id) | models.Q(offering=None)) if offering_id else found

    def before(self, moment: datetime) -> "TouchQuerySet":
        """Those that had happened by `moment`."""
        return self.filter(occurred_at__lte=moment)

    def counted(self) -> "TouchQuerySet":
        """Those the scores already know."""
        return self.filter(uncounted=None)

    def by_us(self) -> "TouchQuerySet":
        """What our own people did: calls, meetings, visits."""
        return self.filter(user__isnull=False)

    def personal(self) -> "TouchQuerySet":
        """Those that somebody noticed: a mail that was only sent, to everybody, has touched nobody."""
        return self.exclude(kind=TouchKind.MAIL_SENT)
