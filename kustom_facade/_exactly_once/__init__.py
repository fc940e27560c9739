"""Workflows of several calls that take effect exactly once, safe across crashes.

They are generators like the sending of one call, and so exist once for both clients.
"""
