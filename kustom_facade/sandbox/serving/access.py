"""Who may use a served sandbox: programs of this machine, and its own page.

It listens on the loopback interface only. But any web page that is open in a browser of this
machine can send requests there too: forms, scripts, and names that lead to 127.0.0.1 (DNS
rebinding). The browser's own headers tell them apart.
"""

import re

from ..api.refusals import Refusal
from ..api.wire import Request

_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?", re.IGNORECASE)


def check(request: Request) -> None:
    """Check where a request comes from.

    Raises:
        Refusal: Its `Host` is no name of this machine, or a page of another origin has sent it.
    """
    # Only old programs send no host. A browser always does.
    host = request.headers.get("host", "localhost")
    if not _LOOPBACK.fullmatch(host):
        raise Refusal(403, "FORBIDDEN", f"Host must be 127.0.0.1, localhost or [::1], not {host}")
    origin = request.headers.get("origin", request.origin)
    if origin.lower() != request.origin.lower():
        raise Refusal(403, "FORBIDDEN", f"A page of {origin} has no access, only {request.origin}")
    # A browser sends no origin where a page only reads, which uses up faults all the same.
    site = request.headers.get("sec-fetch-site", "none")
    # To follow a link to the page is harmless. In a frame its buttons could be clicked unseen.
    is_link = request.path == "/" and request.headers.get("sec-fetch-dest") == "document"
    if site not in {"none", "same-origin"} and not is_link:
        raise Refusal(403, "FORBIDDEN", "A page of another origin has no access")
