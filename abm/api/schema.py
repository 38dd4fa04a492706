"""How the API describes itself (OpenAPI 3.1): what drf-spectacular finds, completed by what holds everywhere.

Every operation gets its errors, its headers and examples here, so that no view can forget them.
"""

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from abm.api.problems import MEDIA_TYPE, TYPE
from abm.api.samples import ID, sample

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. Refused moves also carry code, allowed_moves and missing.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer into the body, as a fragment."},
                    "parameter": {"type": "string", "description": "The query parameter."},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
        "known": {"type": "array", "items": {"type": "string"}, "description": "The filters there are."},
        "code": {"type": "string"},
        "allowed_moves": {"type": "array", "items": {"type": "string"}},
        "missing": {"type": "array", "items": {"type": "string"}},
        "answered_by": {"type": "object"},
        "answered_at": {"type": "string", "format": "date-time"},
        "outcome": {"type": "string"},
        "limit": {"type": "integer"},
    },
}  # fmt: skip
REF = {"$ref": "#/components/schemas/Problem"}
KINDS = {
    400: ("bad-query", "The query or the body cannot be understood."),
    401: ("not-authenticated", "Please send a token: Authorization: Bearer …"),
    403: ("permission-denied", "Your role, or your token's scopes, do not allow this."),
    404: ("not-found", "There is nothing here that you may see."),
    406: ("not-acceptable", "Answers are JSON."),
    409: ("move-refused", "The move is not allowed now, or clashes with what is already stored."),
    412: ("precondition-failed", "Somebody has changed this since. Please read it again."),
    413: ("too-large", "The body is larger than 5 MB."),
    415: ("unsupported-media-type", "The body has another content type than the operation takes."),
    422: ("key-reused", "This Idempotency-Key was used for another request."),
    428: ("precondition-required", "Please send the ETag you have seen as If-Match."),
}
MORE: dict[int, dict[str, Any]] = {
    400: {"errors": [{"parameter": "colour", "detail": "There is no such filter."}], "known": ["stage", "assignee"]},
    409: {
        "code": "missing",
        "allowed_moves": ["accept", "reject"],
        "missing": ["next_action", "next_action_on"],
        "answered_by": {"id": ID, "name": "鈴木 健"},
    },
}
ALWAYS = (400, 401, 403, 404, 406)
BY_METHOD: dict[str, tuple[int, ...]] = {
    "post": (409, 413, 415, 422),
    "put": (409, 413, 415),
    "patch": (409, 412, 413, 415, 428),
    "delete": (409,),
}
HEADERS = {
    "post": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes asking twice safe: one effect, the same answer, for 48 hours.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    },
    "patch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag last seen.",
        "schema": {"type": "string"},
    },
}


class BearerScheme(OpenApiAuthenticationExtension):
    """Tokens, as OpenAPI words them."""

    target_class = "abm.api.auth.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "`manage.py token create` issues one."}


class MoneyOfScheme(OpenApiSerializerFieldExtension):
    """Money as read: the same shape as money as written, or null."""

    target_class = "abm.api.fields.MoneyOf"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        parts = {"amount": {"type": "string", "format": "decimal"}, "currency": {"type": "string"}}
        kind: Any = ["object", "null"] if self.target.allow_null else "object"
        return {"type": kind, "required": list(parts), "properties": parts, "readOnly": True}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A post-processing hook of drf-spectacular."""
    components = result["components"]["schemas"]
    components["Problem"] = PROBLEM
    for methods in result["paths"].values():
        for method, operation in methods.items():
            _complete(operation, method, components)
    return result


def _complete(operation: dict[str, Any], method: str, components: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter["schema"].pop("format", None)  # ids are opaque
    if method in HEADERS:
        operation.setdefault("parameters", []).append(HEADERS[method])
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for content in (content for body in bodies for content in body.get("content", {}).values()):
        content.setdefault("example", sample(content["schema"], components))
    for status in sorted({*ALWAYS, *BY_METHOD.get(method, ())}):
        operation["responses"].setdefault(str(status), _problem(status))


def _problem(status: int) -> dict[str, Any]:
    kind, text = KINDS[status]
    example = {"type": TYPE + kind, "title": HTTPStatus(status).phrase, "status": status, "detail": text}
    content = {"schema": REF, "example": example | MORE.get(status, {})}
    return {"description": text, "content": {MEDIA_TYPE: content}}
