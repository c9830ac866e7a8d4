"""The application: what remembers and shows; one Django app a shelf."""
