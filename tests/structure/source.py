"""The source as the structure tests read it: its modules, each with its tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "guozi"


@dataclass(frozen=True)
class Code:
    """A Python file: where it stands below the repository, and what it says."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full name of each import, relative ones left out."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@cache
def modules(below: str = "") -> tuple[Code, ...]:
    """Every module of the package, or of a folder in it; what the machine made (migrations) included."""
    return tuple(
        Code(str(file.relative_to(ROOT)), file.read_text("utf-8")) for file in sorted((SOURCE / below).rglob("*.py"))
    )
