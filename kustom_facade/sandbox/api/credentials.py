"""The API key of a request."""

import base64

from .wire import Request


def api_key(request: Request) -> str:
    """Return the key of either published form: sent raw, or as the password of a username."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    credentials = credentials.strip()
    if scheme.lower() != "basic":
        return ""
    if credentials.startswith("kco_"):
        return credentials
    try:
        _, _, key = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:  # not base64, or not text
        return ""
    return key
