"""Tests of sending, repeating, and telling what became of a call."""
