"""TPC-H: its schema, seeded data of its shape, and its 22 queries in SQLite's dialect."""
