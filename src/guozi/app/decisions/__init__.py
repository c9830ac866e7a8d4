"""Panorama, my desk, enterprise page, indicator, why, search, close."""
