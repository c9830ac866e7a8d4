"""People, their roles, and where in which tree these hold; signing in and out."""
