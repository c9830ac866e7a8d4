"""Enterprises and the trees they stand in: codes, names, attributes, all dated."""
