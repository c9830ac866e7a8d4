"""Keeping an upload: bounded, whole or not at all, once per content."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from django.conf import settings

from guozi.app import gate
from guozi.app.audit.actions import record
from guozi.app.files.models import Upload
from guozi.app.files.queries import kind_of, place_of
from guozi.core.kernel.errors import RefusedError, UnavailableError
from guozi.core.kernel.findings import Finding, Place, mark

CHUNK = 1024 * 1024


class Stream(Protocol):
    """Anything that can be read in pieces."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


@gate.action("files.upload", about=lambda stream, *, org_id, **rest: org_id)
def store(stream: Stream, *, name: str, org_id: int, limit: int | None = None) -> Upload:
    """The bytes go to the instance's home under their hash, then a row says whose they are.

    RefusedError for an empty file or one above `limit` bytes (the instance's own limit unless given); UnavailableError
    where the disk does not take it. A crash may leave bytes without a row behind, never a row without its bytes.
    """
    name = Path(name.replace("\\", "/")).name[:200] or "upload"
    folder = Path(settings.FILES_ROOT)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=folder, prefix="upload-")
        try:
            with open(descriptor, "wb") as target:
                digest, size, head = _copy(stream, target, name, settings.UPLOAD_LIMIT if limit is None else limit)
                target.flush()
                os.fsync(target.fileno())
            place = place_of(digest)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(part, place)
            _sync_folder(place.parent)
        finally:
            Path(part).unlink(missing_ok=True)
    except OSError as error:
        raise UnavailableError(
            mark("The file could not be kept ({reason}). Nothing was changed."), reason=error.strerror
        ) from error
    upload = Upload.objects.create(
        org_id=org_id, sha256=digest, size=size, name=name, kind=kind_of(head), person_id=gate.current()
    )
    record("files.upload", upload, org_id, name=name, sha256=digest, size=size)
    return upload


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


def _copy(stream: Stream, target: _Sink, name: str, bound: int) -> tuple[str, int, bytes]:
    digest, size, head = sha256(), 0, b""
    while piece := stream.read(CHUNK):
        size += len(piece)
        if size > bound:
            raise _refused("too-large", mark("{name} is larger than {bound} MB."), name, bound // 1024**2)
        head = head or piece
        digest.update(piece)
        target.write(piece)
    if not size:
        raise _refused("empty", mark("{name} is empty."), name, 0)
    return digest.hexdigest(), size, head


def _refused(code: str, message: str, name: str, bound: int) -> RefusedError:
    finding = Finding(f"file.{code}", message, {"name": name, "bound": bound}, Place(file=name))
    return RefusedError(message, [finding], name=name, bound=bound)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
