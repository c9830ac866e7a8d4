"""Which release was in use when, and what stood in it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from guozi.app import wiring
from guozi.app.regulation.models import PackObject, PackRelease
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark


def active_release(known: datetime | None = None, name: str = "national") -> PackRelease:
    """The release in use at that moment (now unless told otherwise); NotFoundError before the first was loaded."""
    try:
        return PackRelease.objects.get(name=name, active__contains=known or timezone.now())
    except PackRelease.DoesNotExist:
        raise NotFoundError(mark("No release of the pack {name} had been loaded."), name=name) from None


def pack_object(release: PackRelease, kind: str, code: str) -> PackObject:
    """One thing of a release: kind `form`, code `balance_sheet`."""
    try:
        return PackObject.objects.get(releases=release, kind=kind, code=code)
    except PackObject.DoesNotExist:
        raise NotFoundError(mark("There is no {kind} {code} in this release."), kind=kind, code=code) from None


def library_of(release: PackRelease) -> wiring.Library:
    """The release's library, made again from its stored texts."""
    texts = {path: text.encode() for files in release.things.values_list("files", flat=True) for path, text in files}
    return wiring.load_files(texts, (release.name,))
