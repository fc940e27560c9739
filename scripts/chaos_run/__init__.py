"""Exactly once, whatever dies: the library under kills and faults; see harness."""
