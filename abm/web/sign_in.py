"""Signing in (with one click while the demo is on), and what each person chooses: language, theme, keys."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abm.web.frame import KEYS_COOKIE, THEME_COOKIE
from users import preferences
from users.enums import Theme
from users.models import User

YEAR = 365 * 24 * 3600


class SignInForm(AuthenticationForm):
    """Name or mail address, and password."""

    username = forms.CharField(
        label=_("User name or mail address"),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}),
    )
    error_messages = {
        "invalid_login": _("This name and password do not belong together. Please check both and try again."),
        "inactive": _("This account is closed. Please ask your administrator."),
    }


class SignIn(LoginView):
    """The sign-in page."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demo_users": list(demo_users())}


def demo_users() -> QuerySet[User]:
    """Whom one click signs in as: the demo company's people, only while the demo is on."""
    if not settings.DEMO:
        return User.objects.none()
    return User.objects.active().filter(source="demo", is_service=False).select_related("team").order_by("id")


@login_not_required
@require_POST
def sign_in_as(request: HttpRequest, username: str) -> HttpResponse:
    """One click in the demo; 404 for anyone who is not of the demo company."""
    user = get_object_or_404(demo_users(), username=username)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(back_to(request, settings.LOGIN_REDIRECT_URL))


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language in a cookie, and with the user when signed in."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if request.user.is_authenticated:
        preferences.choose(request.user, language=language, now=timezone.now())
    return _keep(redirect(back_to(request)), settings.LANGUAGE_COOKIE_NAME, language)


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """light, dark, or auto: what the browser says."""
    theme = request.POST.get("theme", "").upper()
    if theme not in list(Theme):
        raise Http404
    if request.user.is_authenticated:
        preferences.choose(request.user, theme=theme, now=timezone.now())
    return _keep(redirect(back_to(request)), THEME_COOKIE, theme.lower())


@login_not_required
@require_POST
def choose_keys(request: HttpRequest) -> HttpResponse:
    """Single-key shortcuts on or off, for those whose tools type letters (WCAG 2.1.4)."""
    return _keep(redirect(back_to(request)), KEYS_COOKIE, "off" if request.POST.get("keys") == "off" else "on")


def back_to(request: HttpRequest, otherwise: str = "/") -> str:
    """The page the form came from (`next`), if it is one of ours."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else otherwise


def _keep(response: HttpResponse, cookie: str, value: str) -> HttpResponse:
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
