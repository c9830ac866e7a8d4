"""Uploads, kept by their hash."""
