"""The document door: filings as JSON, as accounting systems send them and as the API takes them."""

from guozi.sources.document.reader import claims, read

__all__ = ["claims", "read"]
