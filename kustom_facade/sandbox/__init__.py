"""A stand-in for the Order Management API that keeps its state in memory, and knows nothing of the client.

In the same process it is a transport, `httpx.Client(transport=Sandbox())`; for everything else it is served on
the loopback interface, by `serve(sandbox)` in a test or by `python -m kustom_facade.sandbox` beside it.
"""

from ._clock import Clock
from ._orders import EXAMPLE_ORDER_ID
from ._server import serve
from ._transport import Sandbox

__all__ = ["EXAMPLE_ORDER_ID", "Clock", "Sandbox", "serve"]
