"""Every page's address. One module per screen; a page-builder adds lines under its own heading."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from abm.web import health, home, sign_in, styleguide

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    # Signing in, and what each person chooses
    path("login/", sign_in.SignIn.as_view(), name="sign_in"),
    path("login/as/<str:username>/", sign_in.sign_in_as, name="sign_in_as"),
    path("logout/", LogoutView.as_view(), name="sign_out"),
    path("me/language/", sign_in.choose_language, name="choose_language"),
    path("me/theme/", sign_in.choose_theme, name="choose_theme"),
    path("me/keys/", sign_in.choose_keys, name="choose_keys"),
]
