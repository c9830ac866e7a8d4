"""Warning rules: a measure, levels gravest first, when they clear; returns signals."""
