"""From the sheets of a file to readings: which sheet is which form, what the others are, and what is expected but not there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from guozi.core.kernel.findings import Finding, Place, Severity, mark
from guozi.core.reporting.form import Form, Layout
from guozi.core.reporting.mapping import LayoutMapping
from guozi.sources.grid.form import ItemsByName, column_finder, read_form
from guozi.sources.grid.mapped import mapped_columns, mapped_name_head, read_mapped
from guozi.sources.grid.rows import listed
from guozi.sources.grid.sheet import HEAD_ROWS, Cover, Grid, find_heads, name_head, read_cover, read_periods
from guozi.sources.labels import key
from guozi.sources.reading import Ask, FileReading, Reading

_EMPTY_SHEETS = mark("the file has no content: all its sheets are empty")
_WRONG_SHEETS = mark("no sheet of the file is a form that is expected here. There are: {sheets}. Expected: {forms}")
_OTHER_FORM = mark("the file holds {found}, but {expected} is expected")
_LEFT = mark("the sheet is no form that is known here, and was left: {sheet}")
_NO_HEADS = mark(
    "the sheet is {form}, but has no row with a head such as {name} over the names and {columns} over the amounts"
)
_FORM_TWICE = mark("{form} stands in two sheets, {first} and {second}; only the first was read")

_LEAST_NAMES = 5
"""So many rows must bear a form's names before a sheet without a title is taken for it."""


class _Candidate:
    """A form, with the mapping if the file is expected in another layout, and the names by which a sheet of it is known."""

    def __init__(self, form: Form, layout: Layout, mapping: LayoutMapping | None) -> None:
        self.form, self.layout, self.mapping = form, layout, mapping
        self.names = ItemsByName(form, layout)
        self.titles = (key(form.name.zh), key(form.name.en), form.code)
        self.number = key(form.number)
        self._mapped = frozenset(key(row.item) for row in mapping.rows) if mapping else frozenset()

    def titled(self, text: str) -> bool:
        """True where a title or a sheet's name is this form's."""
        bare = key(text)
        return len(bare) <= 60 and any(title and title in bare for title in self.titles)

    def knows(self, name: str) -> bool:
        """True where the form or the mapping has that name."""
        return key(name) in self._mapped if self.mapping else self.names.knows(name)


_KEPT = 64
_candidates: dict[tuple[int, int, int], _Candidate] = {}


def _candidate(form: Form, layout: Layout, mapping: LayoutMapping | None) -> _Candidate:
    """The candidate, made once for the same objects: its tables of names take as long to make as a sheet takes to read.

    Keyed by identity, which cannot be mistaken because the candidate holds the objects themselves.
    """
    spot = id(form), id(layout), id(mapping)
    found = _candidates.get(spot)
    if found is None:
        if len(_candidates) >= _KEPT:
            _candidates.clear()
        found = _candidates[spot] = _Candidate(form, layout, mapping)
    return found


def readings(grids: Sequence[Grid], ask: Ask, findings: Sequence[Finding] = ()) -> FileReading:
    """Reads all sheets that are forms. `findings` are those that the file has brought along."""
    told = list(findings)
    full = [grid for grid in grids if any(content not in (None, "") for row in grid.rows for content in row)]
    if not full:
        return FileReading((), (*told, Finding("source.no-content", _EMPTY_SHEETS)))
    candidates = [_candidate(*ask.forms[m.form], m) for m in ask.mappings if m.form in ask.forms]
    own = [_candidate(form, layout, None) for form, layout in ask.forms.values()]
    found: dict[str, Reading] = {}
    left: list[Grid] = []
    for grid in full:
        candidate, cover = _identify(grid, candidates, own)
        if candidate is None:
            left.append(grid)
            continue
        form = candidate.form
        if form.code in found:
            args = {"form": form.name.zh, "first": found[form.code].place, "second": grid.name}
            told.append(Finding("source.form-twice", _FORM_TWICE, args, Place(sheet=grid.name, form=form.code)))
            continue
        reading = _read(grid, candidate, cover, ask)
        if isinstance(reading, Finding):
            told.append(reading)
        else:
            found[form.code] = reading
    wanted = ask.expected.form
    if wanted and wanted in ask.forms and found and wanted not in found:
        names = listed([ask.forms[code][0].name.zh for code in found])
        args = {"found": names, "expected": ask.forms[wanted][0].name.zh}
        told.append(Finding("source.other-form", _OTHER_FORM, args, Place(form=wanted)))
    if not found and not any(finding.code == "source.no-heads" for finding in told):
        expected = [ask.forms[wanted][0]] if wanted in ask.forms else [form for form, _ in ask.forms.values()]
        args = {
            "sheets": listed([grid.name or "1" for grid in full]),
            "forms": listed([form.name.zh for form in expected]),
        }
        told.append(Finding("source.wrong-sheet", _WRONG_SHEETS, args))
    elif found:
        told += [Finding("source.sheet-left", _LEFT, {"sheet": grid.name}, Place(sheet=grid.name), severity=Severity.HINT) for grid in left]  # fmt: skip
    return FileReading(tuple(found.values()), tuple(told))


def _identify(grid: Grid, mapped: list[_Candidate], own: list[_Candidate]) -> tuple[_Candidate | None, Cover]:
    """A sheet says what it is by its cover, else by its name or title, else by the names of its rows. Our own cover wins over a mapping."""
    head = next((row for row in range(min(HEAD_ROWS, len(grid.rows))) if _has_name_head(grid, row)), 0)
    cover = read_cover(grid, head)
    for name in ("form", "number"):
        if name in cover.values:
            said = key(cover.values[name][0])
            for candidate in own:
                if said in (candidate.form.code, candidate.number):
                    return (candidate if name == "form" or not mapped else _same(candidate, mapped)), cover
    candidates = mapped or own
    for text in (grid.name, *cover.lines):
        for candidate in candidates:
            if candidate.titled(text):
                return candidate, cover
    best, score = None, _LEAST_NAMES - 1
    names = [text for row in grid.rows[:400] for text in row[:12] if isinstance(text, str) and text]
    for candidate in candidates:
        count = sum(1 for text in names if candidate.knows(text))
        if count > score:
            best, score = candidate, count
    return best, cover


def _same(candidate: _Candidate, mapped: list[_Candidate]) -> _Candidate:
    return next((other for other in mapped if other.form.code == candidate.form.code), candidate)


@lru_cache(maxsize=4096)
def _is_name_head(text: str) -> bool:
    return name_head(key(text))


def _has_name_head(grid: Grid, row: int) -> bool:
    return any(isinstance(content, str) and _is_name_head(content) for content in grid.rows[row])


def _read(grid: Grid, candidate: _Candidate, cover: Cover, ask: Ask) -> Reading | Finding:
    form, mapping = candidate.form, candidate.mapping
    is_name: Callable[[str], bool]
    if mapping is None:
        column_of, is_name = column_finder(form), name_head
    else:
        said = read_periods(cover.values["period"][0]) if "period" in cover.values else ()
        period = ask.expected.period or (said[0] if said else None)
        column_of, is_name = mapped_columns(mapping, period.end if period else None), mapped_name_head(mapping)
    heads = find_heads(grid, column_of, is_name)
    if heads is None:
        columns = listed(list(mapping.columns.values()) if mapping else [column.name.zh for column in form.columns])
        args = {"form": form.name.zh, "name": "项目", "columns": columns}
        return Finding("source.no-heads", _NO_HEADS, args, Place(sheet=grid.name, form=form.code))
    if mapping is None:
        return read_form(grid, form, candidate.layout, cover, heads, candidate.names, ask)
    return read_mapped(grid, mapping, form, candidate.layout, cover, heads, ask)
