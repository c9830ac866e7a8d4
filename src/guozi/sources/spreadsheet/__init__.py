"""The spreadsheet door: xlsx, xlsm, xls and ods as filings, and our forms as xlsx."""

from guozi.sources.spreadsheet.reader import claims, read
from guozi.sources.spreadsheet.template import Block, write_template

__all__ = ["Block", "claims", "read", "write_template"]
