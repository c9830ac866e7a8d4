"""The table door: CSV and its kin, as spreadsheet programs and accounting systems export them."""

from guozi.sources.table.reader import claims, read

__all__ = ["claims", "read"]
