"""What people send in pages: amounts as typed, reasons, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy as _

from guozi.app import wiring
from guozi.core.kernel.money import Unit
from guozi.core.reporting.form import Form

Typed = Mapping[str, Mapping[str, object]]


def cleaned(form: Form, money: Unit, typed: Typed) -> tuple[dict[str, dict[str, object]], dict[str, dict[str, str]]]:
    """Typed cells as they are stored (commas, brackets and full-width digits read), and for each that cannot be read the reason."""
    good: dict[str, dict[str, object]] = {}
    bad: dict[str, dict[str, str]] = {}
    for code, row in typed.items():
        item = form.item(code)
        for column, value in row.items():
            if item is None or not isinstance(value, str):
                good.setdefault(code, {})[column] = value
                continue
            read = wiring.read_amount(value.strip(), item.unit, money)
            if isinstance(read, wiring.Bad):
                said = gettext(read.message).format(text=read.text[:40], item=item.name.zh, unit=money.name.zh)
                bad.setdefault(code, {})[column] = said
            elif read.not_applicable:
                good.setdefault(code, {})[column] = {"na": read.not_applicable}
            else:
                good.setdefault(code, {})[column] = read.text or ""
    return good, bad


def typed_cells(data: QueryDict) -> dict[str, dict[str, object]]:
    """The cells of a form that was sent without JavaScript: fields named `item.column`."""
    out: dict[str, dict[str, object]] = {}
    for name in data:
        item, dot, column = name.partition(".")
        if dot and item.isidentifier() and column.isidentifier():
            out.setdefault(item, {})[column] = str(data[name])
    return out


def typed_explanations(data: QueryDict) -> dict[str, str]:
    """The explanations of a form that was sent without JavaScript: fields named `why:<check>`."""
    return {name.removeprefix("why:"): str(data[name]) for name in data if name.startswith("why:")}


class ReturnForm(forms.Form):
    """Why a filing goes back."""

    reason = forms.CharField(
        label=_("What has to be put right"),
        min_length=4,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "gz-x"}),
    )
    number = forms.IntegerField(widget=forms.HiddenInput, required=False)


class UploadForm(forms.Form):
    """A workbook with one or more forms."""

    file = forms.FileField(label=_("Spreadsheet"), help_text=_("xlsx, xls, csv or json, at most 20 MB"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.xls,.csv,.json"
