"""Judges names: ids of all packs in one space, new ones with their pack's prefix, check numbers taken once, no table forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guozi.core.kernel.findings import Finding, mark
from guozi.core.reporting.totals import derived_checks
from guozi.packs import shapes
from guozi.packs.lint_places import Told, check_place, key_of
from guozi.packs.nodes import Document, Map, Node

if TYPE_CHECKING:
    from guozi.packs.library import Library


def lint(library: Library) -> list[Finding]:
    """What is wrong with the names of things."""
    judge = _Judge(library)
    judge.ids()
    judge.check_numbers()
    judge.tables()
    return judge.findings


class _Judge:
    def __init__(self, library: Library) -> None:
        self.library = library
        self.findings: list[Finding] = []

    def ids(self) -> None:
        """One name space for items and indicators of all packs; one for check numbers; new ids with the pack's prefix."""
        first: dict[str, str] = {}
        for entry in self.library.entries:
            tell = Told(entry.document, self.findings)
            pack = self.library.packs.get(entry.pack)
            prefix = pack.prefix if pack and pack.builds_on in self.library.packs else ""
            if entry.kind in ("vocabulary", "pack", "test", "source"):
                continue
            top = entry.document.root or Map(1, 1, 2, {})
            if not entry.overlay:
                name = f"{entry.kind} {entry.code}"
                if name in first:
                    tell.say(
                        "id-twice", mark("{code} is declared in {file} already"), top, code=entry.code, file=first[name]
                    )
                first.setdefault(name, entry.path)
                if not entry.code.startswith(prefix):
                    tell.say("prefix", mark("new ids of this pack begin with {prefix}"), top, prefix=prefix)
            elif isinstance(entry.shape, shapes.FormOverlayFile):
                for code in entry.shape.rows:
                    if not code.startswith(prefix):
                        place = key_of(entry.shape.at, "rows", code)
                        tell.say("prefix", mark("new ids of this pack begin with {prefix}"), place, prefix=prefix)
        items = {item.code: form.code for form in self.library.forms.values() for item in form.items()}
        for entry in self.library.entries:
            if entry.kind == "indicator" and not entry.overlay and entry.code in items:
                Told(entry.document, self.findings).say(
                    "id-shared",
                    mark("{code} is an item of {form} already"),
                    entry.document.root or Map(1, 1, 2, {}),
                    code=entry.code,
                    form=items[entry.code],
                )

    def check_numbers(self) -> None:
        """A check number belongs to one check."""
        first: dict[str, str] = {}
        for form in self.library.forms.values():
            entry = next(e for e in self.library.entries if e.kind == "form" and e.code == form.code and not e.overlay)
            numbers = {check.code for layout in form.layouts for check in derived_checks(form, layout)}
            written = [check.code for check in form.checks]
            for number in [*sorted(numbers), *written]:
                if number in first or written.count(number) + (number in numbers) > 1:
                    place = check_place(entry, number)
                    Told(entry.document, self.findings).say(
                        "check-twice", mark("the check number {number} is taken already"), place, number=number
                    )
                first.setdefault(number, form.code)
        for family in self.library.entries:
            if isinstance(family.shape, shapes.CheckFamilyFile):
                for number in family.shape.checks:
                    if number in first:
                        Told(family.document, self.findings).say(
                            "check-twice",
                            mark("the check number {number} is taken already"),
                            key_of(family.shape.at, "checks", number),
                            number=number,
                        )
                    first.setdefault(number, family.code)

    def tables(self) -> None:
        """A table that no file declares is forgotten."""
        mappings = [entry for entry in self.library.entries if entry.kind == "mapping"]
        if any(entry.shape is None for entry in mappings):
            return
        claimed = {f"{entry.path.rpartition('/')[0]}/{getattr(entry.shape, 'table', '')}" for entry in mappings}
        if not claimed <= set(self.library.files):
            return
        for path in self.library.files:
            pack, _, inside = path.partition("/")
            if (
                pack in self.library.packs
                and inside.endswith(".csv")
                and inside != "released.csv"
                and path not in claimed
            ):
                Told(Document(path, []), self.findings).say(
                    "idle-table", mark("no file declares this table"), Node(1, 1, 2)
                )
