"""Exactly once, under kills and faults. See harness."""
