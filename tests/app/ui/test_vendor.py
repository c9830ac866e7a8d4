"""The third-party files that the pages load."""

import hashlib
import re
from pathlib import Path

from guozi.app import ui

STATIC = Path(ui.__file__).parent / "static" / "ui"
TEMPLATES = Path(ui.__file__).parent / "templates"
VENDOR = STATIC / "vendor"


def test_every_vendored_file_is_the_one_that_was_recorded() -> None:
    recorded = dict(
        reversed(line.split("  "))
        for line in (VENDOR / "VERSIONS.txt").read_text().splitlines()
        if re.match("[0-9a-f]{64}  ", line)
    )
    present = {p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.is_file()} - {
        "VERSIONS.txt",
        "icons.txt",
    }
    assert present == set(recorded)
    for name, digest in recorded.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_each_package_has_its_licence_text() -> None:
    assert {p.stem for p in (VENDOR / "licences").iterdir()} == {"tabler", "tabler-icons", "htmx", "inter"}


def test_no_file_refers_to_a_source_map_or_loads_from_elsewhere() -> None:
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        assert "sourceMappingURL" not in text, path.name
        assert not re.search(r"""(?:url\(|import\s*|from\s*)["']?https?:""", text), path.name


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text()))
    named = {
        name
        for page in TEMPLATES.rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', page.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= sprite
