"""What the law of a pack says differently on two days, in words of both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from guozi.core.kernel.asof import AsOf, Dated
from guozi.core.kernel.citation import Citation, Label
from guozi.core.kernel.findings import mark
from guozi.packs.library import Library
from guozi.packs.rulebook import Rulebook

_NOTHING = Label(zh="无", en="nothing")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what it is about, what held before and what holds after, from when, by which text."""

    kind: str
    code: str
    about: Label
    before: Label
    after: Label
    effective: date
    cite: Citation
    source: Label

    def text(self, language: str, translate: Callable[[str], str] = str) -> str:
        """The change as a sentence in that language; `translate` gives the template of the sentence in it."""
        said = mark("{about} {before} → {after}, from {effective}, {source}")
        return translate(said).format(
            about=self.about.in_language(language),
            before=self.before.in_language(language),
            after=self.after.in_language(language),
            effective=self.effective,
            source=self.source.in_language(language),
        )


def diff(
    library: Library, before: date, after: date, known: date = date.max, paths: tuple[str, ...] = ()
) -> list[Change]:
    """The changes between the law that governs a period ending on `before` and one ending on `after`.

    `paths` limits them to files whose path (from the folder of packs, or from the pack) begins with one of these.
    """
    old, new = library.rulebook(AsOf(before, known)), library.rulebook(AsOf(after, known))
    changes = [
        *_parameters(library, old, new),
        *_indicators(library, old, new),
        *_warnings(library, old, new),
        *_forms(library, old, new),
    ]
    if not paths:
        return changes
    wanted = {
        (entry.kind, entry.code)
        for entry in library.entries
        if entry.path.startswith(paths) or entry.path.partition("/")[2].startswith(paths)
    }
    return [change for change in changes if (change.kind, change.code) in wanted]


def _change(
    library: Library,
    kind: str,
    code: str,
    about: Label,
    before: Label,
    after: Label,
    rows: tuple[Dated | None, Dated | None],
) -> Change:
    row = rows[1] or _last_word(library, kind, code, rows[0])
    source = library.sources.get(row.cite.source)
    words = Label(row.cite.source, row.cite.source)
    if source is not None:
        number = f" ({source.number})" if source.number else ""
        words = Label(f"{source.title.zh}{number}", f"{source.title.en}{number}")
    return Change(kind, code, about, before, after, row.effective, row.cite, words)


def _last_word(library: Library, kind: str, code: str, row: Dated | None) -> Dated:
    """The repealing row that ended `row`: the next one that stands above it."""
    layers = {
        "parameter": library.layers.parameters,
        "indicator": library.layers.indicators,
        "warning": library.layers.warnings,
        "form": library.layers.forms,
    }[kind]
    assert row is not None
    newer = [
        each
        for rows in layers.get(code, ())
        for each in rows
        if (each.effective, each.issued) > (row.effective, row.issued)
    ]
    return min(newer, key=lambda each: (each.effective, each.issued), default=row)


def _parameters(library: Library, old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for key in dict.fromkeys((*old.parameter_rows, *new.parameter_rows)):
        name, word = key
        code, _, member = name.partition(".")
        table = library.parameters.get(code)
        rows = old.parameter_rows.get(key), new.parameter_rows.get(key)
        if table is None or rows[0] is rows[1]:
            continue
        if old.parameters.values.get(key) == new.parameters.values.get(key):
            continue
        said = [row.values[member][word] if row else "" for row in rows]
        of = library.vocabulary.sets.get(table.key)
        which = of.words[word].name if of and word in of.words else Label(word, word)
        label = table.members.get(member, table.name)
        about = Label(f"{label.zh} {which.zh}".strip(), f"{label.en} {which.en}".strip())
        yield _change(library, "parameter", code, about, _said(said[0]), _said(said[1]), rows)


def _indicators(library: Library, old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for code in dict.fromkeys((*old.indicators, *new.indicators)):
        was, now = old.indicators.get(code), new.indicators.get(code)
        rows = (was.version if was else None, now.version if now else None)
        said = [row.formula if row else "" for row in rows]
        if said[0] != said[1]:
            name = library.indicators[code].name
            yield _change(library, "indicator", code, name, _said(said[0]), _said(said[1]), rows)


def _warnings(library: Library, old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for code in dict.fromkeys((*old.warnings, *new.warnings)):
        was, now = old.warnings.get(code), new.warnings.get(code)
        rows = (was.version if was else None, now.version if now else None)
        words = library.vocabulary.sets.get("level")
        levels = [{level.level: level.when for level in row.levels} if row else {} for row in rows]
        for level in dict.fromkeys((*levels[0], *levels[1])):
            said = [each.get(level, "") for each in levels]
            if said[0] != said[1]:
                name = library.warnings[code].name
                word = words.words[level].name if words and level in words.words else Label(level, level)
                about = Label(f"{name.zh} {word.zh}", f"{name.en} {word.en}")
                yield _change(library, "warning", code, about, _said(said[0]), _said(said[1]), rows)


def _forms(library: Library, old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for code in dict.fromkeys((*old.forms, *new.forms)):
        was, now = old.forms.get(code), new.forms.get(code)
        rows = (was[1] if was else None, now[1] if now else None)
        form = library.forms[code]
        items = [list(form.items(row)) if row else [] for row in rows]
        for here, there, put in ((items[1], items[0], True), (items[0], items[1], False)):
            for item in here:
                if item not in there:
                    about = Label(f"{form.name.zh} {item.name.zh}", f"{form.name.en}: {item.name.en}")
                    row = Label(zh="有此项", en="a row")
                    both = (_NOTHING, row) if put else (row, _NOTHING)
                    turned = next(
                        (each for each in form.layouts if each.effective == (item.since if put else item.until)), None
                    )
                    yield _change(library, "form", code, about, *both, (rows[0], turned or rows[1]))


def _said(text: str) -> Label:
    return Label(text, text) if text else _NOTHING
