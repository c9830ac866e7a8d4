"""An upload is kept whole and once, and fetched by those who may."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from guozi.app import gate
from guozi.app.files import queries
from guozi.app.files.actions import store
from guozi.app.files.models import Kind, Upload
from guozi.core.kernel.errors import DeniedError, NotFoundError, RefusedError, UnavailableError
from tests.app.world import World

XLSX = b"PK\x03\x04" + b"rest of a workbook" * 100


def keep(world: World, data: bytes = XLSX, *, name: str = "季报.xlsx", who: str = "reporter", **rest: int) -> Upload:
    with gate.acting_as(getattr(world, who).pk):
        return store(BytesIO(data), name=name, org_id=world.mill.pk, **rest)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_what_was_handed_in_comes_back_byte_by_byte(world: World, files_root: Path) -> None:
    upload = keep(world)
    assert (upload.sha256, upload.size, upload.kind) == (sha256(XLSX).hexdigest(), len(XLSX), Kind.XLSX)
    assert queries.path(upload).read_bytes() == XLSX
    assert files_root.stat().st_mode & 0o077 == 0


def test_the_same_bytes_twice_are_one_file_and_two_uploads(world: World, files_root: Path) -> None:
    first, second = keep(world), keep(world, name="again.xlsx")
    assert first.uid != second.uid
    assert len(files(files_root)) == 1


@pytest.mark.parametrize(("data", "limit", "code"), [(b"", None, "file.empty"), (b"x" * 2049, 2048, "file.too-large")])
def test_what_is_empty_or_too_large_is_refused_and_leaves_nothing(
    world: World, files_root: Path, data: bytes, limit: int | None, code: str
) -> None:
    with pytest.raises(RefusedError) as refusal:
        keep(world, data, **({} if limit is None else {"limit": limit}))
    assert [finding.code for finding in refusal.value.findings] == [code]
    assert files(files_root) == []


def test_an_endless_stream_is_cut_at_the_limit(world: World, files_root: Path) -> None:
    class Endless:
        given = 0

        def read(self, size: int) -> bytes:
            self.given += size
            return b"x" * size

    stream = Endless()
    with gate.acting_as(world.reporter.pk), pytest.raises(RefusedError):
        store(stream, name="x", org_id=world.mill.pk, limit=3 * 1024 * 1024)
    assert stream.given <= 4 * 1024 * 1024


def test_a_disk_that_takes_nothing_is_said_and_nothing_is_recorded(world: World, files_root: Path) -> None:
    files_root.write_text("a file where the folder should be")
    with pytest.raises(UnavailableError, match="could not be kept"):
        keep(world)
    with gate.acting_as(world.console):
        assert Upload.objects.count() == 0


@pytest.mark.parametrize("who", ["colleague", "stranger", "newcomer", "leader"])
def test_who_may_not_hand_in_leaves_nothing(world: World, files_root: Path, who: str) -> None:
    with pytest.raises(DeniedError):
        keep(world, who=who)
    assert not files_root.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), (r"C:\Users\me\表.xlsx", "表.xlsx"), ("", "upload"), ("a" * 300, "a" * 200)],
)
def test_a_name_is_only_a_name(world: World, files_root: Path, name: str, kept: str) -> None:
    assert keep(world, name=name).name == kept


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04", Kind.XLSX),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.XLS),
        (b'{"a": 1}', Kind.JSON),
        ("项目,金额".encode("gb18030"), Kind.TEXT),
        ("项目".encode("utf-16"), Kind.TEXT),
        (b"\x89PNG\r\n\x1a\n\0\0\0\r", Kind.OTHER),
    ],
)
def test_the_content_says_what_a_file_is(head: bytes, kind: Kind) -> None:
    assert queries.kind_of(head) is kind


def test_an_address_gives_the_file_as_an_attachment_to_those_who_may(
    world: World, files_root: Path, client: Client
) -> None:
    upload = keep(world, b"<script>alert(1)</script>", name="报表.html")
    client.force_login(world.reviewer)
    answer = client.get(f"/files/{upload.uid}/")
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%8A%A5")
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("who", "status"), [(None, 302), ("stranger", 404), ("newcomer", 404), ("reporter", 200)])
def test_who_may_not_fetch_it_does_not_learn_that_it_is_there(
    world: World, files_root: Path, client: Client, who: str | None, status: int
) -> None:
    upload = keep(world)
    if who:
        client.force_login(getattr(world, who))
    answer = client.get(f"/files/{upload.uid}/")
    answer.close()
    assert answer.status_code == status


def test_bytes_that_are_gone_are_said_to_be_gone(world: World, files_root: Path, client: Client) -> None:
    upload = keep(world)
    queries.path(upload).unlink()
    client.force_login(world.reporter)
    assert client.get(f"/files/{upload.uid}/").status_code == 503
    with gate.acting_as(world.reporter.pk), pytest.raises(NotFoundError):
        queries.upload(uuid4())
