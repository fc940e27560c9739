"""How a call gets to the API and back: sending, repeating, and telling what became of it.

Everything is pure but ``http``, which is the only module that knows an HTTP library.
"""
