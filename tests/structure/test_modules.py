"""The shape of a module: what it is for, how long it is, and that its imports stand at its top."""

import ast
from collections.abc import Iterator

import pytest

from tests.structure.source import ROOT, SOURCE, Code, modules

LONGEST = 600
"""Lines after which a module gives its reason in QUIRKS.md."""

OPTIONAL_DRIVERS = ("src/guozi/engines/", "src/guozi/sources/", "src/guozi/learning/")
"""Where an import may wait until it is needed, since its package may be absent."""


def hidden_imports(code: Code) -> Iterator[str]:
    """Imports in functions; `ready` of an `apps.py` aside, since Django allows models no earlier."""
    for function in ast.walk(code.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            if function.name == "ready" and code.path.endswith("/apps.py"):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield f"{code.path}:{node.lineno}"


def without_purpose(code: Code) -> bool:
    return "/migrations/" not in code.path and bool(code.text.strip()) and not ast.get_docstring(code.tree)


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    assert [code.path for code in modules() if without_purpose(code)] == []


def test_no_module_hides_an_import_in_a_function() -> None:
    checked = [code for code in modules() if not code.path.startswith(OPTIONAL_DRIVERS)]
    assert [place for code in checked for place in hidden_imports(code)] == []


def test_a_long_module_gives_its_reason_in_quirks() -> None:
    quirks = (ROOT / "QUIRKS.md").read_text("utf-8")
    long = [code.path for code in modules() if len(code.text.splitlines()) > LONGEST]
    assert [path for path in long if path not in quirks] == []


def test_every_folder_with_modules_is_a_package_so_that_no_room_is_overlooked() -> None:
    folders = {file.parent for file in SOURCE.rglob("*.py")}
    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").is_file()) == []


@pytest.mark.parametrize("text", ["def f():\n    import os", "class A:\n    def f(self):\n        from os import path"])
def test_an_import_in_a_function_is_seen(text: str) -> None:
    assert list(hidden_imports(Code("x.py", text)))


@pytest.mark.parametrize(
    "text", ["import os", "if True:\n    import os", "try:\n    import os\nexcept ImportError: os = None"]
)
def test_an_import_at_the_top_is_no_hidden_one(text: str) -> None:
    assert not list(hidden_imports(Code("x.py", text)))


def test_an_app_may_import_its_models_when_django_is_ready() -> None:
    text = "class A:\n    def ready(self):\n        import os"
    assert not list(hidden_imports(Code("src/guozi/app/x/apps.py", text)))
    assert list(hidden_imports(Code("src/guozi/app/x/views.py", text)))


def test_a_module_without_a_first_line_is_seen() -> None:
    assert without_purpose(Code("x.py", "import os"))
    assert not without_purpose(Code("x.py", '"""What it is for."""'))
