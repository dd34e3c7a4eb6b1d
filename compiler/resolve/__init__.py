"""Syntax tree to bound statements: the catalog, scopes, names, affinities and collations."""
