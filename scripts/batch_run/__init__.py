"""Exactly once at size, through kills and faults. See harness."""
