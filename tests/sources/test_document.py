"""Filings as JSON: digits are kept, mistakes are named, nothing is guessed."""

from __future__ import annotations

import json

import pytest

from guozi.sources import FileReading, Unmapped, Unreadable, read_filing
from tests.sources.made import FORMS, codes, only


def read(body: object) -> FileReading:
    """The reading of a JSON text, or of what is written as JSON."""
    data = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return read_filing(data.encode(), "a.json", FORMS)


def test_a_json_number_keeps_its_digits() -> None:
    reading = only(
        read(
            '{"form": "balance_sheet", "cells": {"cash": {"closing": 1234567890123.10}, "inventories": {"closing": "-0.5"}}}'
        )
    )
    assert reading.cells == {"cash": {"closing": "1234567890123.10"}, "inventories": {"closing": "-0.5"}}
    assert reading.origins["cash"] == {"closing": "/cells/cash/closing"}


def test_null_and_absent_items_are_blank_and_absent_columns_are_not_offered() -> None:
    reading = only(read({"form": "balance_sheet", "cells": {"cash": {"closing": None}}}))
    assert reading.cells == {}
    assert ("inventories", "closing") in reading.offered
    assert ("inventories", "opening") not in reading.offered


def test_not_applicable_has_its_reason() -> None:
    reading = only(read({"form": "balance_sheet", "cells": {"cash": {"closing": {"na": "停业"}}}}))
    assert reading.not_applicable == {"cash": {"closing": "停业"}}


def test_a_slip_in_a_code_is_named_with_what_was_meant_and_the_amount_is_kept() -> None:
    found = read({"form": "balance_sheet", "cells": {"inventory": {"closing": "5"}, "cash": {"closng": "6"}}})
    reading = only(found)
    assert reading.unmapped == (
        Unmapped("inventory/closing", "/cells/inventory/closing", "5"),
        Unmapped("cash/closng", "/cells/cash/closng", "6"),
    )
    assert {finding.hint_text() for finding in reading.findings} == {
        "did you mean inventories?",
        "did you mean closing?",
    }


@pytest.mark.parametrize("content", [True, [], {}, {"na": ""}, "x", "NaN"])
def test_what_is_no_amount_is_unreadable_and_not_blank(content: object) -> None:
    reading = only(read({"form": "balance_sheet", "cells": {"cash": {"closing": content}}}))
    assert [entry.place for entry in reading.unreadable] == ["/cells/cash/closing"]
    assert ("cash", "closing") not in reading.offered
    assert isinstance(reading.unreadable[0], Unreadable)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"form": ', "source.not-json"),
        ("[" * 100_000, "source.not-json"),
        ('{"form": "balance_sheet", "form": "x"}', "source.key-twice"),
        ("[1]", "source.wrong-shape"),
        ("[]", "source.wrong-shape"),
        ('{"form": "balance_sheet"}', "source.wrong-shape"),
        ('{"form": "balance_sheet", "cells": {"cash": "5"}}', "source.wrong-shape"),
        ('{"form": "balanc_sheet", "cells": {}}', "source.no-such-form"),
        ('{"form": ["x"], "cells": {}}', "source.no-such-form"),
    ],
)
def test_a_document_of_the_wrong_shape_is_refused_with_its_place(body: str, code: str) -> None:
    found = read(body)
    assert found.readings == ()
    assert [finding.code for finding in found.findings] == [code]


def test_several_filings_stand_in_a_list() -> None:
    found = read(
        [
            {"form": "balance_sheet", "cells": {"cash": {"closing": "1"}}},
            {"form": "income_statement", "cells": {"revenue": {"ytd": "2"}}},
        ]
    )
    assert [reading.form for reading in found.readings] == ["balance_sheet", "income_statement"]
    assert found.readings[1].origins == {"revenue": {"ytd": "/1/cells/revenue/ytd"}}


def test_an_unknown_key_is_a_warning() -> None:
    assert "source.no-such-key" in codes(read({"form": "balance_sheet", "perid": "2018", "cells": {}}))
