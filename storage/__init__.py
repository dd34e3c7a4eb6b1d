"""SQLite 3 files: the operating system, pages, journals, B-trees, records and cursors."""
