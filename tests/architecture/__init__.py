"""What the folders look like from outside: sizes, and who imports whom."""
