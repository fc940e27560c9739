"""Interleavings of the exactly-once workflows against the tests' model; see harness."""
