"""The reference of keys and the JSON Schema come from the shapes, and say what the reader demands."""

import re
from typing import Any

import pytest

from guozi.packs import shapes
from guozi.packs.reference import json_schema, key_reference
from guozi.packs.specs import Shape, keys
from tests.packs.small import load_small
from tests.structure.source import ROOT


def test_the_page_of_keys_is_what_the_shapes_say() -> None:
    assert (ROOT / "docs/reference/packs.md").read_text("utf-8") == key_reference()


def test_every_key_of_every_shape_stands_in_the_reference() -> None:
    text = key_reference()
    for shape, overlay in shapes.FILES.values():
        for each in (shape, overlay):
            for word in keys(each) if each else ():
                assert re.search(rf"^\| `{word}` \|", text, re.MULTILINE)


def test_one_kind_may_be_asked_for() -> None:
    assert key_reference(("indicator",)).count("\n## ") == 1


def every_shape(base: type[Shape] = Shape) -> list[type[Shape]]:
    return [each for child in base.__subclasses__() for each in (child, *every_shape(child))]


def test_every_key_says_what_it_is_for() -> None:
    assert [word for shape in every_shape() for word, key in keys(shape).items() if not key.doc] == []
    assert len(every_shape()) > 25


def refers(schema: Any, word: str) -> bool:
    return word in str(schema)


@pytest.mark.parametrize("kind", list(shapes.FILES))
def test_every_kind_of_file_has_a_schema(kind: str) -> None:
    schema = json_schema(kind, load_small().vocabulary)
    assert schema["title"] == kind
    assert "properties" in schema or len(schema["anyOf"]) == 2


def test_a_schema_knows_the_words_and_refuses_other_keys() -> None:
    one, overlay = json_schema("indicator", load_small().vocabulary)["anyOf"]
    assert one["properties"]["unit"]["enum"] == ["yuan", "wan_yuan", "yi_yuan", "percent"]
    assert one["additionalProperties"] is False
    assert "unit" in one["required"]
    assert "extends" in overlay["required"]
