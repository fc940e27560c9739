"""Tests of events by the hundred thousand."""
