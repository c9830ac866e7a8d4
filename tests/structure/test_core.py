"""What core refuses: other people's packages, the clock, the world outside, and binary floats."""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.structure.source import SOURCE, Code, modules

ADMITTED = {"formula": {"sqlglot"}, "ownership": {"numpy", "scipy"}, "warning": {"numpy", "scipy"}}
"""Other people's packages that a room of core may import."""

# fmt: off
OUTSIDE = {
    "asyncio", "concurrent", "ctypes", "fileinput", "ftplib", "glob", "http", "importlib", "logging", "mmap",
    "multiprocessing", "os", "pathlib", "pickle", "platform", "random", "secrets", "select", "shelve", "shutil", "signal",
    "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid", "webbrowser",
}
# fmt: on
"""Modules of the standard library that read the clock or reach outside; core is values in, values out."""

CALLS = {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"}
CLOCKS = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today")}

ARRAYS = "float64"
"""A module that computes in arrays says so in its first line, with this word."""


def foreign(code: Code) -> Iterator[str]:
    room = code.path.removeprefix("src/guozi/core/").split("/")[0]
    for line, name in code.imports():
        package = name.split(".")[0]
        if package != "guozi" and package not in sys.stdlib_module_names and package not in ADMITTED.get(room, set()):
            yield f"{code.path}:{line}: {name}"


def reaching_out(code: Code) -> Iterator[str]:
    for line, name in code.imports():
        if name.split(".")[0] in OUTSIDE:
            yield f"{code.path}:{line}: {name}"
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield f"{code.path}:{node.lineno}: {node.func.id}()"
        elif isinstance(node, ast.Attribute) and (ast.unparse(node.value).split(".")[-1], node.attr) in CLOCKS:
            yield f"{code.path}:{node.lineno}: the clock"


def floats(code: Code) -> Iterator[str]:
    """Where a binary float is made or named.

    Not meant are a type test (`isinstance(x, float)`), which refuses one, and the `cutoff` of difflib: how alike two words are.
    """
    if ARRAYS in (ast.get_docstring(code.tree) or "").split("\n")[0]:
        return
    harmless = {
        id(name)
        for node in ast.walk(code.tree)
        if (isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance")
        or (isinstance(node, ast.keyword) and node.arg == "cutoff")
        for name in ast.walk(node)
    }
    for node in ast.walk(code.tree):
        made = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
        named = isinstance(node, ast.Name) and node.id == "float"
        math = isinstance(node, ast.Attribute) and ast.unparse(node.value) == "math" and node.attr not in ("gcd", "lcm")
        if (made or named or math) and id(node) not in harmless:
            yield f"{code.path}:{node.lineno}: {ast.unparse(node)}"


CORE = modules("core")


def test_core_imports_the_standard_library_and_what_its_rooms_are_admitted() -> None:
    assert [place for code in CORE for place in foreign(code)] == []


def test_core_has_no_clock_and_does_not_reach_outside() -> None:
    assert [place for code in CORE for place in reaching_out(code)] == []


def test_core_and_packs_have_no_binary_float_but_in_modules_that_compute_in_arrays() -> None:
    assert [place for code in (*CORE, *modules("packs")) for place in floats(code)] == []


def test_core_is_there_to_be_checked() -> None:
    assert (SOURCE / "core" / "kernel").is_dir()
    assert len(CORE) > 5


@pytest.mark.parametrize("text", ["import numpy", "from django.db import models", "import sqlglot"])
def test_a_foreign_package_is_seen(text: str) -> None:
    assert list(foreign(Code("src/guozi/core/kernel/x.py", text)))


@pytest.mark.parametrize("text", ["import decimal", "from guozi.core.kernel import money", "import sqlglot"])
def test_what_a_room_is_admitted_is_not_foreign(text: str) -> None:
    assert not list(foreign(Code("src/guozi/core/formula/x.py", text)))


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "from time import sleep",
        "open('x')",
        "print(1)",
        "datetime.now()",
        "datetime.date.today()",
        "from urllib.request import urlopen",
    ],
)
def test_a_clock_and_a_way_outside_are_seen(text: str) -> None:
    assert list(reaching_out(Code("src/guozi/core/kernel/x.py", text)))


@pytest.mark.parametrize("text", ["from datetime import date\ndate(2024, 1, 1)", "import re", "period.today"])
def test_a_date_is_not_a_clock(text: str) -> None:
    assert not list(reaching_out(Code("src/guozi/core/kernel/x.py", text)))


@pytest.mark.parametrize("text", ["x = 0.1", "float(x)", "x: float", "math.sqrt(x)", "x = 1e3"])
def test_a_float_is_seen(text: str) -> None:
    assert list(floats(Code("src/guozi/core/kernel/x.py", text)))


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "isinstance(x, float)",
        "get_close_matches(a, b, cutoff=0.6)",
        "Decimal('0.1')",
        '"""Look-through in float64 arrays."""\nx = 0.1',
    ],
)
def test_whole_numbers_decimals_and_array_modules_pass(text: str) -> None:
    assert not list(floats(Code("src/guozi/core/kernel/x.py", text)))
