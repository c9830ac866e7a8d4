"""What our own layout and a mapped one have in common: reading an amount into a reading, with its remarks and complaints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from guozi.core.kernel.findings import Finding, Place, Severity, mark
from guozi.core.kernel.money import Type, Unit
from guozi.core.reporting.form import Item
from guozi.sources.amounts import Amount, Bad, Quick, read_amount, shown
from guozi.sources.grid.sheet import NO_VALUE, Grid, address
from guozi.sources.reading import Notes, Unmapped, Unreadable

_ERROR_CELL = mark("{item}: the cell holds the error {text}")
_NO_RESULT = mark("{item}: the cell holds a formula whose result was not stored")
_NO_RESULT_HINT = mark("Open the file in a spreadsheet program, let it calculate, save it and send it again")
_CONVERTED_HINT = mark(
    "Spreadsheet programs turn texts such as 1-2 into dates: format the cell as a number and write the amount again"
)


@dataclass(slots=True)
class Collected:
    """What gathers while a sheet is read."""

    grid: Grid
    form: str
    money: Unit
    unmapped: list[Unmapped] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: Notes = field(init=False)
    quick: Quick = field(init=False)
    prefixes: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.notes = Notes(self.grid.name)
        self.quick = Quick(self.money)
        widest = max(map(len, self.grid.rows), default=0)
        self.prefixes = [self.grid.place(0, column)[:-1] for column in range(widest)]  # a place without its row

    def amount(self, row: int, column: int, item: Item, column_code: str) -> Amount | None:
        """The amount in that cell, or None where it is unreadable, which is then listed with a finding."""
        flaw = self.grid.flaws.get((row, column)) if self.grid.flaws else None
        if flaw is not None:
            no_result = flaw == NO_VALUE
            self.complain(row, column, item, column_code, flaw, "formula-without-result" if no_result else "error-in-cell",
                          _NO_RESULT if no_result else _ERROR_CELL, _NO_RESULT_HINT if no_result else "")  # fmt: skip
            return None
        content = self.grid.cell(row, column)
        if content is None or content == "":
            return _BLANK
        if type(content) is float and item.unit.type is Type.MONEY and (text := self.quick.text(content)):
            return Amount(text)
        read = read_amount(content, item.unit, self.money)
        if isinstance(read, Bad):
            hint = _CONVERTED_HINT if isinstance(content, date) else ""
            self.complain(row, column, item, column_code, read.text, read.kind, read.message, hint)
            return None
        if read.note:
            self.notes.add(read.note, address(row, column), read.before, read.text or "")
        return read

    def complain(
        self, row: int, column: int, item: Item, column_code: str, text: str, kind: str, message: str, hint: str = ""
    ) -> None:
        """Lists the cell as unreadable, with a finding of its own."""
        self.unreadable.append(Unreadable(self.grid.place(row, column), text))
        args = {"text": text, "item": item.name.zh, "unit": item.unit.name.zh}
        place = Place(
            sheet=self.grid.name, address=address(row, column), form=self.form, item=item.code, item_column=column_code
        )
        self.findings.append(Finding(f"source.{kind}", message, args, place, hint))

    def keep(self, name: str, row: int, column: int) -> None:
        """Keeps an amount that no item carries, if there is one."""
        flaw = self.grid.flaws.get((row, column)) if self.grid.flaws else None
        text = flaw or shown(self.grid.cell(row, column)).strip()
        if text.strip("-—－–"):
            self.unmapped.append(Unmapped(name, self.grid.place(row, column), text))

    def say(self, code: str, message: str, severity: Severity, at: str = "", hint: str = "", **args: object) -> None:
        """Adds a finding about this sheet."""
        place = Place(sheet=self.grid.name, address=at, form=self.form)
        self.findings.append(Finding(f"source.{code}", message, args, place, hint, severity))


_BLANK = Amount()


def listed(names: list[str], most: int = 8) -> str:
    """Names in a sentence, the first few of them."""
    return "、".join(names[:most]) + (" …" if len(names) > most else "")
