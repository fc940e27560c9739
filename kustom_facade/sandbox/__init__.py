"""A stateful stand-in for the Order Management API, independent of the client.

In the same process it is a transport, `httpx.Client(transport=Sandbox())`. For everything else it
is served on the loopback interface, by `serve(sandbox)` in a test or by
`python -m kustom_facade.sandbox` beside it. `sandbox.faults.add(Fault("lose", verb="capture"))`
sets what goes wrong on the way.

For pytest there are fixtures: `pytest_plugins = ["kustom_facade.sandbox.pytest"]`.
"""

from .api.orders import EXAMPLE_ORDER_ID
from .clock import Clock
from .faults import Fault
from .serving.server import serve
from .transport import Sandbox

__all__ = ["EXAMPLE_ORDER_ID", "Clock", "Fault", "Sandbox", "serve"]
