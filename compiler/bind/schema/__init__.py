"""What a schema holds that has names in it.

``row_expressions`` binds a table's own expressions (DEFAULT, CHECK, generated columns, those of indexes);
``schema_changes`` binds CREATE INDEX, REINDEX and CREATE TABLE AS, ``analyses`` ANALYZE, ``attachments`` ATTACH and
DETACH, ``vacuum`` VACUUM, whose file is an expression, and ``declared_names`` notes what else such statements name.
"""
