"""Indicator values, live and of a run."""
