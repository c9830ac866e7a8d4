"""An instance of guozi on one machine: its home folder, its secret key, its own PostgreSQL; standard library only."""
