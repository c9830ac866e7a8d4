"""Work that goes on after the answer: queued in the caller's transaction, run as its person, seen while it runs."""
