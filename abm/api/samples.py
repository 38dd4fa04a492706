"""Examples for the schema, made from the schema itself, so that none can be out of date. Pure."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

ID = "01993f5e-6c1a-7c3e-9f60-2f4d7a8b9c01"
BY_NAME: dict[str, Any] = {
    "id": ID,
    "lead": ID,
    "previous": ID,
    "list_version": ID,
    "code": "salesforce",
    "source": "salesforce",
    "external_id": "00Q5i00000AbCdE",
    "deal_id": "0065i00000XyZ12",
    "deal_system": "salesforce",
    "name": "東都精機株式会社",
    "name_kana": "トウトセイキ",
    "name_en": "Toto Precision Co., Ltd.",
    "last_name": "佐藤",
    "first_name": "美咲",
    "corporate_number": "7010001008844",
    "email": "sato@toto-seiki.example",
    "phone": "03-0000-0000",
    "mobile": "090-0000-0000",
    "amount": "1200000",
    "currency": "JPY",
    "next_action": "Call to arrange a visit",
    "note": "Asked for a quotation at the exhibition",
    "title": "Exhibition: booth visit",
    "purpose": "Invitation to the seminar on 3 December",
    "reason": "TIMING",
    "reject_reason": "TIMING",
    "minutes": "12.00",
    "quiet_from": "20:00",
    "quiet_until": "07:00",
    "hours": [["09:00", "12:00"], ["13:00", "18:00"]],
    "from_stage": "MQL",
    "to_stage": "SAL",
    "stage": "SAL",
    "move": "accept",
    "needs": ["next_action", "next_action_on"],
    "allowed_moves": [],
    "stopped_by": "",
    "why": "",
    "because": {},
    "domains": ["toto-seiki.example"],
    "scopes": ["read", "leads:write"],
    "key": "sal_rate",
    "unit": "rate",
    "section": "hand_over",
    "label": "SAL rate",
    "definition": "Accepted within k days of hand-over ÷ matured leads.",
    "value": 0.93,
    "numerator": 930,
    "denominator": 1000,
    "interval": [0.912, 0.944],
    "dimensions": {"team": "Team"},
    "slice": {"team": "第一営業部"},
    "labels": {"team": "第一営業部"},
    "rows": {"numerator": "https://abm.example/api/v1/metrics/sal_rate/rows/?part=numerator"},
    "next": "https://abm.example/api/v1/leads/?cursor=WyItY3JlYXRlZF9hdCIsZmFsc2Us",
}
BY_FORMAT = {"date": "2026-11-24", "date-time": "2026-11-24T00:30:00Z", "uri": "https://abm.example/", "uuid": ID}
PYTHON = {"string": str, "integer": int, "number": int | float, "boolean": bool, "array": list, "object": dict}
BY_TYPE: dict[str, Any] = {"string": "…", "integer": 1, "number": 1.0, "boolean": True}


def sample(schema: Schema, components: Schema, name: str = "") -> Any:
    """A value that fits the schema, as a reader would expect it under this name."""
    if "$ref" in schema:
        return sample(components[schema["$ref"].rpartition("/")[2]], components, name)
    for key in ("allOf", "oneOf", "anyOf"):
        if key in schema:
            return sample(schema[key][0], components, name)
    if "properties" in schema:
        return {key: sample(value, components, key) for key, value in schema["properties"].items()}
    return _plain(schema, components, name)


def _plain(schema: Schema, components: Schema, name: str) -> Any:
    kinds = _kinds(schema)
    if schema.get("enum"):
        return BY_NAME[name] if BY_NAME.get(name) in schema["enum"] else schema["enum"][0]
    if _fits(BY_NAME.get(name), kinds):
        return BY_NAME[name]
    if "array" in kinds:
        return [sample(schema["items"], components)]
    if "object" in kinds or not kinds:
        return {}
    return BY_FORMAT.get(schema.get("format", ""), BY_TYPE[kinds[0]])


def _fits(value: Any, kinds: list[str]) -> bool:
    if value is None:
        return False
    return not kinds or any(isinstance(value, PYTHON[kind]) for kind in kinds)


def _kinds(schema: Schema) -> list[str]:
    kind = schema.get("type", [])
    return [one for one in ([kind] if isinstance(kind, str) else kind) if one != "null"]
