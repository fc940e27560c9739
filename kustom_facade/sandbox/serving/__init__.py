"""The sandbox behind a socket: the HTTP server, its control paths, its page and its state file."""
