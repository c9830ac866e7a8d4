"""Made-up values for the living page of components."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from guozi.app.ui.formulas import Op, Over, Term
from guozi.app.ui.numbers import MoneyUnit
from guozi.app.ui.templatetags.gz import money_html
from guozi.core.kernel.unknown import Unknown, Why


class SampleForm(forms.Form):
    """One field as it stands, one with an error."""

    good = forms.CharField(label=gettext_lazy("Note"), help_text=gettext_lazy("Up to 200 characters"), required=False)
    bad = forms.DecimalField(label=gettext_lazy("Amount"))


def _term(label: str, value: str, key: str, lit: bool = False) -> Term:
    return Term(label, money_html(Decimal(value), MoneyUnit.YI), f"?term={key}", key, lit)


def samples() -> dict[str, Any]:
    """The context of the page."""
    return {
        "amount": Decimal("231847000000"),
        "loss": Decimal("-124000000"),
        "zero": Decimal(0),
        "missing": Unknown(Why.NOT_FILED, "cash_flow 2025"),
        "na": Unknown(Why.NOT_APPLICABLE),
        "debt": Decimal("0.6184"),
        "debt_before": Decimal("0.6152"),
        "now": Decimal("105"),
        "before": Decimal(100),
        "fallen": Decimal("96.7"),
        "minus": Decimal(-3),
        "series": [Decimal(n) for n in (14, 15, 13, 18, 17, 20, 22, 21, 25)],
        "series_before": [Decimal(n) for n in (10, 11, 10, 13, 14, 15, 15, 16, 17, 18, 19, 20)],
        "formula": (
            Op("="),
            Over(
                (_term(gettext("Net profit"), "160842000000", "num", lit=True),),
                (
                    Op("("),
                    _term(gettext("Opening equity"), "3120418000000", "eq0"),
                    Op("+"),
                    _term(gettext("Closing equity"), "3246790000000", "eq1"),
                    Op(") \u00f7 2"),
                ),
            ),
            Op("\u00d7 100%"),
        ),
        "form": SampleForm({"good": "", "bad": ""}),
        "cells": [
            {"words": "24 total_assets", "url": "#24"},
            {"words": "46 total_liabilities_and_equity", "url": "#46"},
        ],
    }
