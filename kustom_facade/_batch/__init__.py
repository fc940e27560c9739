"""Many events, one after the other of each order, that can be gone on with at any time.

The public names are in ``kustom_facade.batch``.
"""
