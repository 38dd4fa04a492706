"""What users choose for themselves."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from audit import log
from users.enums import Theme
from users.models import User


class PreferenceRefused(ValueError):
    """A choice that does not exist; the text names those that do."""


def choose(user: User, *, now: datetime, language: str | None = None, theme: str | None = None) -> User:
    """Keeps the user's language ("" follows the browser) and theme."""
    if language is not None and language not in ("", *dict(settings.LANGUAGES)):
        raise PreferenceRefused(_("Please choose Japanese or English."))
    if theme is not None and theme not in list(Theme):
        raise PreferenceRefused(_("Please choose light, dark or automatic."))
    user.language = user.language if language is None else language
    user.theme = user.theme if theme is None else theme
    user.save(update_fields=["language", "theme"])
    log.record("preferences.choose", user, by=user, at=now)
    return user
