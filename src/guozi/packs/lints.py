"""Judges packs as a whole: references, dates, citations, paths, units, ids, overlays. Formulas and tests have their own modules beside this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from guozi.core.kernel.asof import Status
from guozi.core.kernel.findings import Finding, mark
from guozi.core.kernel.money import Unit
from guozi.packs import lint_formulas, lint_ids, lint_tests, release, shapes
from guozi.packs.lint_places import Told, key_of
from guozi.packs.nodes import Document, List, Map, Node, Text
from guozi.packs.reader import DID_YOU_MEAN, guess
from guozi.packs.vocabulary import AmountError, read_amount

if TYPE_CHECKING:
    from guozi.packs.library import Entry, Library

_FULLY_SEEN = ("full", "quoted")


def lint(library: Library, words_sound: bool) -> list[Finding]:
    """All that is wrong with the packs beyond the shapes of their files. `words_sound` False: the vocabulary is faulty, what rests on it is not judged."""
    judge = _Judge(library, words_sound)
    for entry in library.entries:
        judge.entry(entry)
    if words_sound:
        judge.findings += lint_ids.lint(library)
        judge.findings += lint_formulas.lint(library)
        judge.findings += lint_tests.lint(library, {finding.place.file for finding in judge.findings})
        judge.findings += release.lint(library)
    return judge.findings


class _Judge:
    def __init__(self, library: Library, words_sound: bool) -> None:
        self.library = library
        self.words_sound = words_sound
        self.findings: list[Finding] = []
        self.declared: dict[str, set[str]] = {}
        for entry in library.entries:
            self.declared.setdefault(entry.kind, set()).add(entry.code)

    def entry(self, entry: Entry) -> None:
        """One file."""
        tell = Told(entry.document, self.findings)
        shape = entry.shape
        if shape is None:
            return
        if entry.overlay:
            self._overlay(entry, tell)
        for cite in _cites(shape.at):
            self._cite(cite, tell)
        rows: tuple[shapes.RowShape, ...] = getattr(shape, "versions", ())
        before = len(self.findings)
        self._rows(rows, tell)
        match shape:
            case shapes.SourceFile():
                self._source(shape, tell)
            case shapes.FormFile():
                self._form(entry, shape, tell)
            case shapes.CheckFamilyFile():
                self._forms_exist(shape.forms, shape.at.value("forms"), tell)
            case shapes.IndicatorFile():
                self._comparable(shape.versions, tell)
            case shapes.ParameterFile():
                self._parameter(shape, shape.versions, self.library.vocabulary.units.get(shape.unit), tell, whole=True)
            case shapes.ParameterOverlayFile():
                base = self._base_shape(entry)
                if isinstance(base, shapes.ParameterFile):
                    unit = self.library.vocabulary.units.get(base.unit)
                    self._parameter(base, shape.versions, unit, tell, whole=False)
            case shapes.WarningFile() | shapes.WarningOverlayFile():
                self._levels(shape.versions, tell)
            case shapes.MappingFile():
                self._mapping(entry, shape, tell)
            case shapes.VocabularyFile():
                self._words(entry, shape, tell)
            case shapes.PackFile():
                if shape.builds_on and not shape.prefix:
                    tell.say("no-prefix", mark("a pack that builds on another has a prefix for its own ids"), shape.at)
        if len(self.findings) == before:
            for row in rows:
                self._paths(row, tell)

    # citations and dated rows

    def _cite(self, cite: Map, tell: Told) -> None:
        source = cite.get("source")
        if isinstance(source, Text) and source.value not in self.declared.get("source", ()):
            known = self.declared.get("source", set())
            tell.unlike("no-source", mark("no source {source}"), source, source.value, known, source=source.value)

    def _rows(self, rows: Iterable[shapes.RowShape], tell: Told) -> None:
        above: shapes.RowShape | None = None
        for row in rows:
            self._seen(row, tell)
            if above is not None:
                here, there = (row.effective, row.issued), (above.effective, above.issued)
                place = row.at.value("effective")
                if here == there:
                    tell.say(
                        "same-dates",
                        mark("two rows effective {effective} issued {issued}"),
                        place,
                        mark("a correction edits the row and adds `corrected`"),
                        effective=row.effective,
                        issued=row.issued,
                    )
                elif here > there:
                    tell.say(
                        "order",
                        mark("{day} stands under {above}"),
                        place,
                        mark("newest first"),
                        day=row.effective,
                        above=above.effective,
                    )
            above = row

    def _seen(self, row: shapes.RowShape, tell: Told) -> None:
        if row.status != Status.ENACTED or row.cite is None:
            return
        source = self.library.sources.get(row.cite.source)
        if source is None or source.seen in _FULLY_SEEN:
            return
        article = row.cite.article
        if source.seen == "part" and (article in source.seen_articles or not source.seen_articles):
            return
        what = f"{source.code} {article}".strip()
        tell.say(
            "unseen",
            mark("enacted, but nobody has seen {what}"),
            row.at.value("status"),
            mark("write unverified"),
            what=what,
        )

    def _paths(self, row: shapes.RowShape, tell: Told) -> None:
        paths = row.at.get("unverified")
        if not isinstance(paths, Map):
            return
        for path, (place, _) in paths.entries.items():
            if not _leads_somewhere(row.at, path.split(".")):
                tell.say("path", mark("nothing stands at {path} in this row"), place, path=path)

    def _source(self, shape: shapes.SourceFile, tell: Told) -> None:
        known = self.declared.get("source", set())
        if shape.repealed_by and shape.repealed_by not in known:
            place = shape.at.value("repealed_by")
            tell.unlike(
                "no-source", mark("no source {source}"), place, shape.repealed_by, known, source=shape.repealed_by
            )

    def _comparable(self, rows: tuple[shapes.IndicatorRow, ...], tell: Told) -> None:
        for index, row in enumerate(rows):
            if row.status == Status.REPEALED:
                continue
            oldest = index == len(rows) - 1
            if not oldest and row.comparable is None:
                tell.say("missing-key", mark("{thing} lacks {key}"), row.at, thing="versions", key="comparable")
            elif row.comparable is not None and row.comparable.with_older == "broken" and row.comparable.why is None:
                tell.say("missing-key", mark("{thing} lacks {key}"), row.comparable.at, thing="comparable", key="why")

    # forms

    def _forms_exist(self, forms: Iterable[str], node: Node, tell: Told) -> None:
        for index, form in enumerate(forms):
            place = node.items[index] if isinstance(node, List) and index < len(node.items) else node
            known = self.declared.get("form", set())
            if form not in known:
                tell.unlike("no-form", mark("no form {form}"), place, form, known, form=form)

    def _form(self, entry: Entry, shape: shapes.FormFile, tell: Told) -> None:
        starts = {row.effective for row in shape.versions}
        starts |= {row.effective for other in self._overlays_of(entry) for row in getattr(other.shape, "versions", ())}
        rows = {code: item for section in shape.sections for code, item in section.rows.items()}
        rows |= {
            code: item for other in self._overlays_of(entry) for code, item in getattr(other.shape, "rows", {}).items()
        }
        defaults = [column for column in shape.columns.values() if column.default]
        if len(defaults) > 1:
            tell.say("defaults", mark("two columns are the default"), defaults[1].at.key("default"))
        seen: dict[str, Node] = {}
        for section in shape.sections:
            for code, item in section.rows.items():
                self._row(code, item, rows, starts, tell)
                place = key_of(section.at, "rows", code)
                if code in seen:
                    tell.say(
                        "twice",
                        mark("{key} stands here twice (first on line {line})"),
                        place,
                        key=code,
                        line=seen[code].line,
                    )
                seen[code] = place
        for number, check in shape.checks.items():
            self._check(number, check, shape, starts, tell)
        for other in self._overlays_of(entry):
            if isinstance(other.shape, shapes.FormOverlayFile):
                aside = Told(other.document, self.findings)
                for code, item in other.shape.rows.items():
                    self._row(code, item, rows, starts, aside)
                    if item.after not in rows:
                        aside.unlike(
                            "no-item",
                            mark("no row {item} in this form"),
                            item.at.value("after"),
                            item.after,
                            rows,
                            item=item.after,
                        )
                for number, check in other.shape.checks.items():
                    self._check(number, check, shape, starts, aside)

    def _row(
        self,
        code: str,
        item: shapes.ItemShape,
        rows: Mapping[str, shapes.ItemShape],
        starts: Iterable[object],
        tell: Told,
    ) -> None:
        self._starts(item, starts, tell)
        if item.part_of and (item.part_of not in rows or item.part_of == code):
            place = item.at.value("part_of")
            known = [row for row in rows if row != code]
            tell.unlike("no-item", mark("no row {item} in this form"), place, item.part_of, known, item=item.part_of)
        parents = {other.part_of for other in rows.values() if other.part_of}
        if item.parts and code not in parents and parents <= set(rows):
            tell.say(
                "no-parts", mark("no row is a part of {item}"), item.at.key("parts"), mark("write part_of"), item=code
            )
        if item.check and not (item.total or item.parts):
            tell.say("idle-check", mark("a check number without total or parts"), item.at.key("check"))

    def _starts(self, thing: shapes.ItemShape | shapes.CheckShape, starts: Iterable[object], tell: Told) -> None:
        for word, day in (("since", thing.since), ("until", thing.until)):
            if day is not None and day not in starts:
                tell.say(
                    "no-layout",
                    mark("no version of this form begins on {day}"),
                    thing.at.value(word),
                    mark("one of {days}"),
                    day=day,
                    days=", ".join(str(start) for start in sorted(starts, key=str)),
                )

    def _check(
        self, number: str, check: shapes.CheckShape, form: shapes.FormFile, starts: Iterable[object], tell: Told
    ) -> None:
        self._starts(check, starts, tell)
        node = check.at.value("columns")
        for index, column in enumerate(check.columns):
            if column not in form.columns:
                place = node.items[index] if isinstance(node, List) else node
                tell.unlike(
                    "no-column", mark("no column {column} in this form"), place, column, form.columns, column=column
                )
        if check.tolerance:
            unit = self.library.vocabulary.units.get("yuan")
            self._amount(check.tolerance, unit, check.at.value("tolerance"), tell)

    # parameters, warnings, mappings, words

    def _parameter(
        self,
        head: shapes.ParameterFile,
        rows: Iterable[shapes.ParameterRow],
        unit: Unit | None,
        tell: Told,
        *,
        whole: bool,
    ) -> None:
        known = self.library.vocabulary.sets.get(head.keyed_by)
        if whole and head.keyed_by and known is None and self.words_sound:
            sets = self.library.vocabulary.sets
            tell.unlike(
                "word",
                mark("'{word}' is not a {kind}"),
                head.at.value("key"),
                head.keyed_by,
                sets,
                word=head.keyed_by,
                kind="set",
            )
        for row in rows:
            values = row.at.get("values")
            if not isinstance(values, Map) or row.values is None:
                continue
            for member in head.members:
                if whole and member not in values.entries:
                    tell.say("missing-key", mark("{thing} lacks {key}"), values, thing="values", key=member)
            for member, (place, value) in values.entries.items():
                if member not in head.members:
                    tell.unlike(
                        "no-member",
                        mark("'{member}' is not one of the members"),
                        place,
                        member,
                        head.members,
                        member=member,
                    )
                elif isinstance(value, Text):
                    if head.keyed_by:
                        tell.say("keyed", mark("a value for each {set} is wanted"), value, set=head.keyed_by)
                    else:
                        self._amount(value.value, unit, value, tell)
                elif isinstance(value, Map):
                    if not head.keyed_by:
                        tell.say("unkeyed", mark("the file names no key, so one value is wanted"), value)
                        continue
                    for word, (spot, amount) in value.entries.items():
                        if known is not None and word not in known.words:
                            near = known.find(word) or guess(word, known.words)
                            tell.say(
                                "word",
                                mark("'{word}' is not a {kind}"),
                                spot,
                                DID_YOU_MEAN if near else "",
                                word=word,
                                kind=head.keyed_by,
                                guess=near,
                            )
                        if isinstance(amount, Text):
                            self._amount(amount.value, unit, amount, tell)

    def _amount(self, text: str, unit: Unit | None, node: Node, tell: Told) -> None:
        if unit is None or not self.words_sound:
            return
        try:
            read_amount(text, unit, self.library.vocabulary)
        except AmountError as error:
            tell.say("amount", error.message, node, error.hint, **error.values)

    def _levels(self, rows: Iterable[shapes.WarningRow], tell: Told) -> None:
        order = list(self.library.vocabulary.words("level"))
        for row in rows:
            last = -1
            for level in row.levels or ():
                rank = order.index(level.level) if level.level in order else last + 1
                if rank <= last:
                    tell.say(
                        "levels",
                        mark("{level} stands under {above}"),
                        level.at.value("level"),
                        mark("gravest first, each once"),
                        level=level.level,
                        above=order[last],
                    )
                last = max(rank, last)

    def _mapping(self, entry: Entry, shape: shapes.MappingFile, tell: Told) -> None:
        self._forms_exist((shape.form,), shape.at.value("form"), tell)
        form = self.library.forms.get(shape.form)
        if form is None:
            return
        columns = [column.code for column in form.columns]
        for column in shape.columns:
            if column not in columns:
                place = key_of(shape.at, "columns", column)
                tell.unlike("no-column", mark("no column {column} in this form"), place, column, columns, column=column)
        codes = [item.code for item in form.items()]
        path = f"{entry.path.rpartition('/')[0]}/{shape.table}"
        lines = self.library.files.get(path, b"").decode("utf-8-sig", "replace").splitlines()
        aside = Told(Document(path, lines), self.findings)
        for line in self.library.tables.get(entry.path, ()):
            if line.code and line.code not in codes:
                place = line.at.value("code")
                aside.unlike("no-item", mark("no row {item} in this form"), place, line.code, codes, item=line.code)
            if line.since and line.until and line.since >= line.until:
                aside.say("never", mark("until is not after since"), line.at.value("until"))

    def _words(self, entry: Entry, shape: shapes.VocabularyFile, tell: Told) -> None:
        base = next(
            (other.shape for other in self.library.entries if other.kind == "vocabulary" and not other.pack), None
        )
        for code, words in shape.sets.items():
            if code == "unit":
                for word in words.words.values():
                    for needed in ("type", "scale"):
                        if needed not in word.at.entries:
                            tell.say("missing-key", mark("{thing} lacks {key}"), word.at, thing="unit", key=needed)
            if not entry.pack or not isinstance(base, shapes.VocabularyFile):
                continue
            place = key_of(shape.at, "sets", code)
            if code in base.sets and not base.sets[code].open:
                tell.say("closed-set", mark("packs may not add words to {set}"), place, set=code)
            for added in words.words:
                if code in base.sets and added in base.sets[code].words:
                    tell.say(
                        "word-twice",
                        mark("{word} is a word of {set} already"),
                        key_of(words.at, "words", added),
                        word=added,
                        set=code,
                    )

    # overlays and ids

    def _overlays_of(self, entry: Entry) -> list[Entry]:
        return [
            other
            for other in self.library.entries
            if other.overlay and other.kind == entry.kind and other.code == entry.code and other.shape is not None
        ]

    def _base_of(self, entry: Entry) -> Entry | None:
        return next(
            (
                other
                for other in self.library.entries
                if not other.overlay and other.kind == entry.kind and other.code == entry.code
            ),
            None,
        )

    def _base_shape(self, entry: Entry) -> object:
        base = self._base_of(entry)
        return base.shape if base else None

    def _overlay(self, entry: Entry, tell: Told) -> None:
        extends = entry.document.root.value("extends") if entry.document.root else Node(1, 1, 2)
        pack = self.library.packs.get(entry.pack)
        base = self._base_of(entry)
        named = extends.value if isinstance(extends, Text) else ""
        if pack is not None and named != pack.builds_on:
            tell.say(
                "extends",
                mark("{pack} does not build on {named}"),
                extends,
                mark("write {base}") if pack.builds_on else mark("say so in pack.yaml: builds_on"),
                pack=entry.pack,
                named=named,
                base=pack.builds_on,
            )
        elif base is None:
            known = self.declared.get(entry.kind, set()) - {entry.code}
            tell.unlike("no-base", mark("there is no {code} to add to"), extends, entry.code, known, code=entry.code)
        elif base.shape is not None and entry.shape is not None:
            self._hidden(base.shape, entry.shape, tell)

    def _hidden(self, base: object, overlay: object, tell: Told) -> None:
        """A newer row of the base that an older row of the overlay hides: somebody has to look."""
        theirs: tuple[shapes.RowShape, ...] = getattr(base, "versions", ())
        ours: tuple[shapes.RowShape, ...] = getattr(overlay, "versions", ())
        if isinstance(overlay, shapes.FormOverlayFile) or not ours or ours[0].status == Status.REPEALED:
            return
        row = ours[0]
        for newer in theirs:
            confirmed = row.confirmed is not None and row.confirmed >= newer.issued
            if (
                newer.issued > row.issued
                and newer.effective >= row.effective
                and _same_keys(newer, row)
                and not confirmed
            ):
                tell.say(
                    "hidden",
                    mark("this row hides a newer one of the base (effective {effective}, issued {issued})"),
                    row.at.value("effective"),
                    mark("confirm it with `confirmed: {issued}` or a later day, or repeal it"),
                    effective=newer.effective,
                    issued=newer.issued,
                )
                return


def _cites(node: Node) -> Iterable[Map]:
    """Every `cite` of a file."""
    if isinstance(node, Map):
        for word, (_, value) in node.entries.items():
            if word == "cite" and isinstance(value, Map):
                yield value
            else:
                yield from _cites(value)
    elif isinstance(node, List):
        for item in node.items:
            yield from _cites(item)


def _leads_somewhere(node: Node, path: list[str]) -> bool:
    if not path:
        return True
    if isinstance(node, Map):
        words = node.entries if path[0] == "*" else [path[0]] if path[0] in node.entries else []
        return any(_leads_somewhere(node.entries[word][1], path[1:]) for word in words)
    if isinstance(node, List) and path[0] == "*":
        return any(_leads_somewhere(item, path[1:]) for item in node.items)
    return False


def _same_keys(base: shapes.RowShape, overlay: shapes.RowShape) -> bool:
    """True where both rows speak for a key in common; rows without `values` speak for the whole thing."""
    theirs, ours = base.at.get("values"), overlay.at.get("values")
    if not isinstance(theirs, Map) or not isinstance(ours, Map):
        return True
    for member, (_, value) in ours.entries.items():
        other = theirs.get(member)
        if isinstance(other, Text) or (
            isinstance(other, Map) and isinstance(value, Map) and set(other.entries) & set(value.entries)
        ):
            return True
    return False
