"""The two front doors: pages and the API."""

from django.urls import include, path

handler500 = "abm.api.problems.server_error"

urlpatterns = [
    path("api/", include("abm.api.urls")),
    path("", include("abm.web.urls")),
]
