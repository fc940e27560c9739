"""Stock OpenTelemetry sees every attempt, and no secret."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry.instrumentation.httpx import (
    AsyncOpenTelemetryTransport,
    HTTPX2ClientInstrumentor,
    HTTPXClientInstrumentor,
    SyncOpenTelemetryTransport,
)
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from support import CANARY, ORDER, Client

from kustom_facade._sending import http
from kustom_facade.sandbox import Fault, Sandbox, serve

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "tracing.md"


@pytest.fixture
def exported() -> InMemorySpanExporter:
    """Return where the spans go."""
    return InMemorySpanExporter()


@pytest.fixture
def provider(exported: InMemorySpanExporter) -> TracerProvider:
    """Return what makes spans."""
    made = TracerProvider()
    made.add_span_processor(SimpleSpanProcessor(exported))
    return made


@pytest.fixture
def instrumented(
    provider: TracerProvider, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TracerProvider]:
    """Instrument the library that the clients use, as a program would."""
    for direction, header in (
        ("REQUEST", "klarna-idempotency-key"),
        ("RESPONSE", "klarna-correlation-id"),
    ):
        monkeypatch.setenv(f"OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_{direction}", header)
    is_httpx2 = http._own.__name__ == "httpx2"
    instrumentor = (HTTPX2ClientInstrumentor if is_httpx2 else HTTPXClientInstrumentor)()
    instrumentor.instrument(tracer_provider=provider)
    yield provider
    instrumentor.uninstrument()


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_each_attempt_is_a_span_of_its_own(
    mode: str, instrumented: TracerProvider, exported: InMemorySpanExporter
) -> None:
    """A refusal by a gateway, a lost answer, and the repeat that was answered, within the caller's
    span. They show the key and the correlation id where asked to, and no secret.
    """
    sandbox = Sandbox()
    sandbox.faults.add(Fault("status", status=503, nth=1), Fault("lose", nth=2))
    with serve(sandbox) as url:
        client = Client(mode, base_url=url)
        with instrumented.get_tracer("shop").start_as_current_span("ship"):
            done = client.capture(ORDER, 100, reference="shipment-1")
        client.close()
    *attempts, ship = exported.get_finished_spans()
    assert done.attempts == len(attempts) == 3
    seen = [dict(span.attributes or {}) for span in attempts]
    assert [span.get("http.status_code") for span in seen] == [503, None, 201]
    assert [span.status.status_code for span in attempts] == [
        StatusCode.ERROR,
        StatusCode.ERROR,
        StatusCode.UNSET,
    ]
    parents = {span.parent.span_id if span.parent else None for span in attempts}
    assert ship.context
    assert parents == {ship.context.span_id}
    assert {str(span["http.url"]).rpartition("/orders/")[2] for span in seen} == {
        f"{ORDER}/captures"
    }
    keys = [span["http.request.header.klarna_idempotency_key"] for span in seen]
    assert keys == [(done.idempotency_key,)] * 3
    assert seen[-1]["http.response.header.klarna_correlation_id"] == (done.correlation_id,)
    assert all(CANARY not in span.to_json() for span in attempts)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_transport_of_the_callers_can_be_wrapped(
    mode: str, provider: TracerProvider, exported: InMemorySpanExporter
) -> None:
    """As OpenTelemetry's own documentation has it."""
    inner = httpx.MockTransport(lambda _: httpx.Response(200, json={"order_id": ORDER}))
    wrap = SyncOpenTelemetryTransport if mode == "sync" else AsyncOpenTelemetryTransport
    client = Client(mode, transport=wrap(inner, tracer_provider=provider))
    client.get_order(ORDER)
    client.close()
    (span,) = exported.get_finished_spans()
    assert (span.attributes or {})["http.status_code"] == 200


def test_the_page_runs() -> None:
    """Its program prints a span for each request, and for a repeat."""
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    sandbox = Sandbox()
    sandbox.faults.add(Fault("status", "write", status=503, nth=1))
    with serve(sandbox) as url:
        done = subprocess.run(
            [sys.executable, "-c", f"{program}\nship({ORDER!r}, 100, 'shipment-1')"],
            env={**os.environ, "KUSTOM_API_KEY": CANARY, "KUSTOM_BASE_URL": url},
            capture_output=True,
            text=True,
            check=True,
        )
    assert re.findall(r'"name": "(\w+)"', done.stdout) == ["GET", "POST", "POST", "GET", "ship"]
    assert CANARY not in done.stdout
