"""Sheets of cells, from whatever file, read as forms: our own layout, or another one by a mapping."""
