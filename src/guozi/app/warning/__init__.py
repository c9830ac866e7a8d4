"""Signals: what the warning rules raised, run by run."""
