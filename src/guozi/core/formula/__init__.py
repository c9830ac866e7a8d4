"""The formula language: text → checked tree → one functions table → SQL tree → explanation."""
