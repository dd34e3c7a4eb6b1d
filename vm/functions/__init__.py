"""The SQL functions, by subject; each is one declaration."""
