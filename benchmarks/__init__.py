"""Benchmarks that compare this engine with others in one run."""
