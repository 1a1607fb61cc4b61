"""Exports: what the previous one decided, names, files, refusals, and the writing."""
