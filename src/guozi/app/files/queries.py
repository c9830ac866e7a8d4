"""Finding an upload and its bytes."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings

from guozi.app import gate
from guozi.app.files.models import Kind, Upload
from guozi.core.kernel.errors import NotFoundError, UnavailableError
from guozi.core.kernel.findings import mark

_MAGIC = (
    (b"PK\x03\x04", Kind.XLSX),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.XLS),
    (b"{", Kind.JSON),
    (b"[", Kind.JSON),
)


def kind_of(head: bytes) -> Kind:
    """What the beginning of a file shows it to be; a name is not asked. An XLSX may be another zip, which its reader finds out."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return Kind.OTHER if b"\0" in head[:4096] and not head.startswith((b"\xff\xfe", b"\xfe\xff")) else Kind.TEXT


def upload(uid: UUID) -> Upload:
    """NotFoundError where there is none, or none of an enterprise whose files this person may fetch."""
    found = Upload.objects.filter(uid=uid).first()
    if found is None or not gate.may(gate.somebody(), "files.read", found):
        raise NotFoundError(mark("There is no such file that you may see."))
    return found


def place_of(sha256: str) -> Path:
    """Where bytes of that hash stand."""
    return Path(settings.FILES_ROOT) / sha256[:2] / sha256


def path(upload: Upload) -> Path:
    """Where its bytes stand; UnavailableError where they are gone."""
    place = place_of(upload.sha256)
    if not place.is_file():
        raise UnavailableError(mark("The file {name} is missing from the store."), name=upload.name)
    return place
