"""A stand-in for the Order Management API that keeps its state in memory, and knows nothing of the client.

In the same process it is a transport, `httpx.Client(transport=Sandbox())`; for everything else it is served on
the loopback interface, by `serve(sandbox)` in a test or by `python -m kustom_facade.sandbox` beside it. What goes wrong
on the way is set by `sandbox.faults.add(Fault("lose", verb="capture", nth=1))`.

For pytest there are fixtures: `pytest_plugins = ["kustom_facade.sandbox.pytest"]`.
"""

from ._clock import Clock
from ._faults import Fault
from ._orders import EXAMPLE_ORDER_ID
from ._server import serve
from ._transport import Sandbox

__all__ = ["EXAMPLE_ORDER_ID", "Clock", "Fault", "Sandbox", "serve"]
