"""The schema, its reader, and the answer to addresses that do not exist."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.resources import Address


class Schema(SpectacularAPIView):
    """OpenAPI 3.1 of this API."""

    permission_classes = [IsAuthenticated]


class Reader(SpectacularSwaggerSplitView):
    """The schema to read and to try, with the signed-in user's own rights."""

    permission_classes = [IsAuthenticated]
    template_name = "api/docs.html"


class Nowhere(Address):
    """Every address that is not one."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Nothing is here."""
        raise Http404

    post = put = patch = delete = get
