"""The command line `guozi`: for the people of the information centre and for scripts; a contract (docs/reference/cli.md)."""

from guozi.cli import setup as _setup  # noqa: F401  (first: it sets Django up)  # isort: skip
from guozi.cli.root import main

__all__ = ["main"]
