"""Queries whose answers follow from one another: ternary logic partitioning, NoREC, and passes switched off."""
