"""Tests of the pure functions that make and read requests."""
