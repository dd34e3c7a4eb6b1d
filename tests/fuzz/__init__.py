"""Statements nobody would write: whatever they are, rows or ``foundrydb.Error`` come back, and nothing else."""
