"""Foreign keys point the way that imports do, also the ones written as a string, which import-linter cannot see."""

from configparser import ConfigParser

from django.apps import apps
from django.db.models import Field, Model

from tests.structure.source import ROOT


def order() -> list[str]:
    """The rooms of the application from the top storey down, as the contract has them."""
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    return [line.strip("()") for line in contracts["importlinter:contract:app"]["layers"].split()]


def points_up(source: str, target: str, rooms: list[str]) -> bool:
    return source in rooms and target in rooms and rooms.index(target) < rooms.index(source)


def keys() -> list[tuple[type[Model], Field]]:
    ours = (model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("guozi."))
    return [
        (model, field)
        for model in ours
        for field in model._meta.get_fields()
        if getattr(field, "remote_field", None) and field.concrete
    ]


def test_no_foreign_key_points_up() -> None:
    rooms = order()
    assert [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model, field in keys()
        if points_up(model._meta.app_label, field.related_model._meta.app_label, rooms)
    ] == []


def test_every_app_of_ours_has_its_place_in_the_order() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("guozi.app.")}
    assert ours - set(order()) == set()


def test_there_are_foreign_keys_to_check() -> None:
    assert keys()


def test_a_key_that_points_up_is_seen() -> None:
    rooms = ["reporting", "entities", "audit"]
    assert points_up("audit", "entities", rooms)
    assert not points_up("reporting", "entities", rooms)
    assert not points_up("entities", "entities", rooms)
    assert not points_up("reporting", "contenttypes", rooms)
