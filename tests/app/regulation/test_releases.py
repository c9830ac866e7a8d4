"""A release of a pack is taken in once, kept whole, and can be loaded again as it was."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import DatabaseError, ProgrammingError, transaction
from django.utils import timezone

from guozi.app import gate, wiring
from guozi.app.regulation import actions, queries
from guozi.app.regulation.models import PackObject
from guozi.core.kernel.errors import DeniedError, NotFoundError, RefusedError
from guozi.core.kernel.findings import Finding, mark
from tests.app.world import World

PATH = "national/sources/probe.yaml"


def changed(library: wiring.Library) -> wiring.Library:
    """The packs on disk with one text of law more."""
    some = next(path for path in sorted(library.files) if path.startswith("national/sources/"))
    return wiring.load_files({**library.files, PATH: library.files[some]})


@pytest.mark.usefixtures("console")
def test_a_release_gives_its_library_again() -> None:
    release = actions.load_release()
    again = queries.library_of(release)
    here = wiring.library()
    assert not again.findings
    assert [(thing.path, thing.sha256) for thing in again.objects()] == [
        (thing.path, thing.sha256) for thing in here.objects()
    ]
    assert again.forms == here.forms
    assert release.version == here.packs["national"].version


@pytest.mark.usefixtures("console")
def test_the_same_content_again_is_the_same_release() -> None:
    first = actions.load_release()
    count = PackObject.objects.count()
    assert actions.load_release() == first
    assert PackObject.objects.count() == count


@pytest.mark.usefixtures("console")
def test_a_changed_pack_is_a_new_release_that_shares_what_did_not_change() -> None:
    before = timezone.now()
    first = actions.load_release()
    count = PackObject.objects.count()
    between = timezone.now()
    second = actions.load_release(changed(wiring.library()))
    assert PackObject.objects.count() == count + 1
    assert queries.active_release() == second
    assert queries.active_release(between) == first
    assert second.things.count() == first.things.count() + 1
    with pytest.raises(NotFoundError):
        queries.active_release(before)


@pytest.mark.usefixtures("console")
def test_a_thing_of_a_release_is_found_by_kind_and_code() -> None:
    release = actions.load_release()
    some = next(thing for thing in wiring.library().objects() if thing.kind != "vocabulary")
    assert queries.pack_object(release, some.kind, some.code).sha256 == some.sha256
    with pytest.raises(NotFoundError):
        queries.pack_object(release, some.kind, "no_such_thing")


@pytest.mark.usefixtures("console")
def test_what_has_judged_cannot_be_changed() -> None:
    actions.load_release()
    with pytest.raises(DatabaseError), transaction.atomic():
        PackObject.objects.update(code="other")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        PackObject.objects.all()._raw_delete("default")


@pytest.mark.usefixtures("console")
def test_a_pack_with_faults_is_refused_with_them() -> None:
    fault = Finding("test.fault", mark("it is wrong"))
    with pytest.raises(RefusedError) as refusal:
        actions.load_release(dataclasses.replace(wiring.library(), findings=(fault,)))
    assert refusal.value.findings == (fault,)


@pytest.mark.parametrize("who", ["reporter", "reviewer", "leader", "newcomer"])
def test_who_may_not_load_does_not(world: World, who: str) -> None:
    with gate.acting_as(getattr(world, who).pk), pytest.raises(DeniedError):
        actions.load_release()
