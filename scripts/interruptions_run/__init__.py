"""Calls that are cancelled, or struck by a signal, at random moments."""
