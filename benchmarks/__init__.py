"""Benchmarks that print numbers; no test depends on them, because machines are noisy."""
