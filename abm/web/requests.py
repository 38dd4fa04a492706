"""A page's request as views may count on it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from users.models import User


class PageRequest(HttpRequest):
    """Sign-in is required by a middleware, so whoever asks is a User; for the type checker only."""

    user: User
    htmx: HtmxDetails
