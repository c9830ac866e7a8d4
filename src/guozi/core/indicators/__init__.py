"""Indicators: a formula with a unit, a direction, a blank rule and a citation."""
