"""What imports cannot show: no foreign key points upstairs, and nobody downstairs reads one backwards."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model
from django.db.models.fields.reverse_related import ForeignObjectRel

from tests.house.floors import APPS, ROOT, may_know, sources

LOOKUPS_IN_TEXT = {
    *("F", "OuterRef", "Q", "Prefetch", "Count", "Sum", "Min", "Max", "Avg", "Exists"),
    *("filter", "exclude", "get", "order_by", "values", "values_list", "select_related", "prefetch_related", "only"),
}


def models_of(app: str) -> Iterator[type[Model]]:
    yield from apps.get_app_config(app).get_models()


@pytest.mark.parametrize("app", APPS)
def test_no_foreign_key_points_upstairs(app: str) -> None:
    fields = [field for model in models_of(app) for field in model._meta.get_fields() if not field.auto_created]
    targets = {str(field): field.related_model for field in fields if isinstance(field.related_model, type)}
    assert [name for name, target in targets.items() if not may_know(app, target._meta.app_label)] == []


@pytest.mark.parametrize("app", APPS)
def test_nobody_reads_a_relation_backwards_from_upstairs(app: str) -> None:
    names = backward_names(app)
    found = [f"{path.relative_to(ROOT)}: {name}" for path in sources(app) for name in used_names(path) if name in names]
    assert found == []


def backward_names(app: str) -> set[str]:
    """Names under which models of `app` and of floors below are pointed at from floors that `app` must not know."""
    names: set[str] = set()
    for below in filter(lambda other: may_know(app, other), APPS):
        for model in models_of(below):
            for relation in model._meta.related_objects:
                names |= names_of(relation) if not may_know(app, relation.related_model._meta.app_label) else set()
    return names - forward_names(app)


def names_of(relation: ForeignObjectRel) -> set[str]:
    if relation.hidden:
        return set()
    return {name for name in (relation.get_accessor_name(), relation.name) if name}


def forward_names(app: str) -> set[str]:
    """Fields and backward names of what `app` may know: the same word used for these is no trespass."""
    known = [model for other in APPS if may_know(app, other) for model in models_of(other)]
    fields = [field for model in known for field in model._meta.get_fields()]
    return {field.name for field in fields if not isinstance(field, ForeignObjectRel) or field.related_model in known}


def used_names(path: Path) -> Iterator[str]:
    """Words by which this file may reach a related object: attributes of objects, parts of lookups."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and not is_module(node.value):
            yield node.attr
        if isinstance(node, ast.Call):
            yield from (part for word in node.keywords if word.arg for part in word.arg.split("__") if "__" in word.arg)
            if called(node) in LOOKUPS_IN_TEXT:
                yield from (part for argument in node.args for part in text_of(argument).lstrip("-").split("__"))


def is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and (node.id in APPS or node.id in {"models", "enums", "settings"})


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def text_of(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
