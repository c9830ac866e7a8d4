"""What was done: entries that can be added and never changed."""
