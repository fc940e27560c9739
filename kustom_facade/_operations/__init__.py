"""What can be asked of the API: 15 pure functions, each of which makes a ``Call``.

Nothing here sends or waits. This is the only importer of the bindings' endpoints.
"""
