"""Tests of the workflows that take effect exactly once."""
