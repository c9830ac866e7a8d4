"""The checks that a form's rows already say: totals, parts that add up, parts that may not exceed; derived anew for each layout."""

from __future__ import annotations

from collections.abc import Iterable

from guozi.core.kernel.citation import Label
from guozi.core.reporting.form import Check, Form, Item, Kind, Layout, Section

SUM_OF_SECTION = "sum(section)"
ALL = "all"
AT_MOST = "at_most"

_TOTAL_NAME = Label(zh="{name}：合计", en="{name}: total")
_PARTS_NAME = Label(zh="{name}：各组成项之和", en="{name}: sum of its parts")
_AT_MOST_NAME = Label(zh="{name}：其中项不大于本项", en="{name}: its parts are no more than it")
_TOTAL_SAYS = Label(
    zh="{name} {{left}} 与应有合计 {{right}} 不符，差 {{difference}}",
    en="{name} {{left}} is not the total {{right}} that it should be; difference {{difference}}",
)
_PARTS_SAYS = Label(
    zh="{name} {{left}} 与各组成项之和 {{right}} 不符，差 {{difference}}",
    en="{name} {{left}} is not the sum {{right}} of its parts; difference {{difference}}",
)
_AT_MOST_SAYS = Label(
    zh="{name}的其中项之和 {{left}} 大于本项 {{right}}，差 {{difference}}",
    en="The parts of {name}, {{left}}, are more than the whole {{right}}; difference {{difference}}",
)


def derived_checks(form: Form, layout: Layout) -> tuple[Check, ...]:
    """The checks implied by `total`, `parts`, `part_of` and `minus` of the rows that this layout carries, in printed order.

    A section's sum leaves out totals and "of which" rows. A total or a sum without any row under it in this layout makes no check.
    """
    checks: list[Check] = []
    for section in form.sections:
        for item in section.items:
            if not item.in_layout(layout.effective):
                continue
            numbered = item.check
            if item.total:
                right = _section_sum(section, layout) if item.total == SUM_OF_SECTION else item.total
                if right:
                    code = numbered or f"{item.code}.total"
                    numbered = ""
                    checks.append(_check(form, layout, item, code, f"{item.code} = {right}", _TOTAL_NAME, _TOTAL_SAYS))
            parts = _sum(part for part in form.items(layout) if part.part_of == item.code) if item.parts else ""
            if parts:
                code = numbered or f"{item.code}.parts"
                if item.parts == ALL:
                    checks.append(_check(form, layout, item, code, f"{item.code} = {parts}", _PARTS_NAME, _PARTS_SAYS))
                else:
                    checks.append(
                        _check(form, layout, item, code, f"{parts} <= {item.code}", _AT_MOST_NAME, _AT_MOST_SAYS)
                    )
    return tuple(checks)


def _section_sum(section: Section, layout: Layout) -> str:
    return _sum(
        item for item in section.items if not item.total and not item.part_of and item.in_layout(layout.effective)
    )


def _sum(items: Iterable[Item]) -> str:
    """A sum as a formula text; the sign of each row by its `minus`."""
    text = ""
    for item in items:
        sign = "-" if item.minus else "+"
        text = f"{text} {sign} {item.code}" if text else f"-{item.code}" if item.minus else item.code
    return text


def _check(form: Form, layout: Layout, item: Item, code: str, holds: str, name: Label, says: Label) -> Check:
    zh, en = (text.replace("{", "{{").replace("}", "}}") for text in (item.name.zh, item.name.en))
    return Check(
        code,
        Label(name.zh.format(name=item.name.zh), name.en.format(name=item.name.en)),
        Kind.LOGICAL,
        holds,
        Label(says.zh.format(name=zh), says.en.format(name=en)),
        layout.cite,
        columns=tuple(column.code for column in form.columns),
        when=form.checks_when,
        forms=(form.code,),
        status=layout.status,
        derived=True,
    )
