"""Ways in which data arrive: one folder a way (spreadsheet, table, document), each with `claims` and `read`, all with one contract.

The contract (held by tests/sources/test_contract.py): content decides, the name never does; exactly one door claims any file; bounds are
checked before anything is parsed; nothing in a file raises an exception; a file that cannot be read has no readings and an error
that says why; texts are kept as filed; what is not understood is listed, never dropped and never taken as blank; each amount says from which place it came.
"""

from guozi.sources.filing import DOORS, Door, read_filing
from guozi.sources.reading import Ask, Expected, FileReading, Limits, Reading, Unmapped, Unreadable

__all__ = [
    "DOORS",
    "Ask",
    "Door",
    "Expected",
    "FileReading",
    "Limits",
    "Reading",
    "Unmapped",
    "Unreadable",
    "read_filing",
]
