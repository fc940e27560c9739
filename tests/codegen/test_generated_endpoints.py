"""The generated endpoints, for the facade and as a client by themselves.

The facade takes ``_get_kwargs``, which is private by name, so the generator is pinned exactly.
Every endpoint has it, with the parameters that the facade uses.
"""

import asyncio
import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from kustom_order_management import AuthenticatedClient, document, models
from kustom_order_management.api import captures, orders, refunds
from kustom_order_management.errors import UnexpectedStatus
from kustom_order_management.models import (
    Capture,
    CaptureNotAllowed,
    CaptureObject,
    MerchantOrder,
    NotFound,
)

ORDER_ID = UUID("f3392f8b-6116-4073-ab96-e330819e2c07")

# operationId: module, further ids in the path, model of the body, header parameters.
KEY = ("klarna_idempotency_key",)
ENDPOINTS: dict[str, tuple[str, tuple[str, ...], str | None, tuple[str, ...]]] = {
    "getOrder": ("orders.get_order", (), None, ("klarna_integrator",)),
    "acknowledgeOrder": ("orders.acknowledge_order", (), None, KEY),
    "cancelOrder": ("orders.cancel_order", (), None, KEY),
    "extendAuthorizationTime": ("orders.extend_authorization_time", (), None, KEY),
    "releaseRemainingAuthorization": ("orders.release_remaining_authorization", (), None, KEY),
    "updateAuthorization": ("orders.update_authorization", (), "UpdateAuthorization", KEY),
    "updateConsumerDetails": ("orders.update_consumer_details", (), "UpdateConsumer", KEY),
    "updateMerchantReferences": (
        "orders.update_merchant_references",
        (),
        "UpdateMerchantReferences",
        KEY,
    ),
    "appendOrderShippingInfo": ("orders.append_order_shipping_info", (), "UpdateShippingInfo", KEY),
    "getCaptures": ("captures.get_captures", (), None, ()),
    "captureOrder": ("captures.capture_order", (), "CaptureObject", KEY),
    "getCapture": ("captures.get_capture", ("capture_id",), None, ()),
    "appendShippingInfo": (
        "captures.append_shipping_info",
        ("capture_id",),
        "UpdateShippingInfo",
        KEY,
    ),
    "refundOrder": ("refunds.refund_order", (), "RefundObject", KEY),
    "getRefund": ("refunds.get_refund", ("refund_id",), None, ()),
}
BODIES = {
    "UpdateAuthorization": {"order_amount": 0, "order_lines": []},
    "UpdateConsumer": {"shipping_address": {"city": "", "undeclared": 1}},
    "UpdateMerchantReferences": {"merchant_reference1": ""},
    "UpdateShippingInfo": {"shipping_info": [{"tracking_number": "0"}]},
    "CaptureObject": {"captured_amount": 0, "order_lines": [{"type": "unheard-of"}]},
    "RefundObject": {"refunded_amount": 1},
}


def _endpoint(name: str) -> Any:
    return import_module(f"kustom_order_management.api.{ENDPOINTS[name][0]}")


def _arguments(name: str) -> tuple[list[Any], dict[str, Any]]:
    _, ids, body, _ = ENDPOINTS[name]
    keywords = {"body": getattr(models, body).from_dict(BODIES[body])} if body else {}
    return [ORDER_ID, *(f"{name}-1" for name in ids)], keywords


def test_the_table_has_every_endpoint() -> None:
    """Every operation of the document, and every module of the bindings."""
    folder = Path(import_module("kustom_order_management.api").__path__[0])
    modules = {
        f"{path.parent.name}.{path.stem}"
        for path in folder.glob("*/*.py")
        if path.stem != "__init__"
    }
    assert ENDPOINTS.keys() == document.OPERATIONS.keys()
    assert {module for module, *_ in ENDPOINTS.values()} == modules


@pytest.mark.parametrize("name", ENDPOINTS)
def test_get_kwargs_has_the_parameters_that_the_facade_uses(name: str) -> None:
    """Ids by position, the body required by name, headers optional by name."""
    _, ids, body, headers = ENDPOINTS[name]
    parameters = inspect.signature(_endpoint(name)._get_kwargs).parameters.values()
    by_position = [
        parameter.name
        for parameter in parameters
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    by_name = {
        parameter.name: parameter.default is parameter.empty
        for parameter in parameters
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    assert by_position == ["order_id", *ids]
    assert by_name == ({"body": True} if body else {}) | dict.fromkeys(headers, False)
    assert len(parameters) == len(by_position) + len(by_name)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_get_kwargs_builds_the_request_of_the_document(name: str) -> None:
    """Method, path and body, without a header that was not asked for."""
    ids, keywords = _arguments(name)
    facts, body = document.OPERATIONS[name], ENDPOINTS[name][2]
    path = facts["path"].replace("{order_id}", str(ORDER_ID))
    for part in ENDPOINTS[name][1]:
        path = path.replace(f"{{{part}}}", f"{part}-1")
    sent = _endpoint(name)._get_kwargs(*ids, **keywords)
    assert sent.pop("method").upper() == facts["method"]
    assert sent.pop("url") == path
    assert sent.pop("json", None) == (BODIES[body] if body else None)
    assert sent.pop("headers", {}) == ({"Content-Type": "application/json"} if body else {})
    assert sent == {}


@pytest.mark.parametrize("name", [name for name, (*_, headers) in ENDPOINTS.items() if headers])
def test_get_kwargs_sends_the_header(name: str) -> None:
    """The key, or the integrator, goes out as it was given."""
    ids, keywords = _arguments(name)
    (parameter,) = ENDPOINTS[name][3]
    header = {
        "klarna_idempotency_key": "Klarna-Idempotency-Key",
        "klarna_integrator": "Klarna-Integrator",
    }
    sent = _endpoint(name)._get_kwargs(*ids, **keywords, **{parameter: "A b/c"})
    assert sent["headers"][header[parameter]] == "A b/c"


@pytest.mark.parametrize("name", [name for name, (_, ids, *_) in ENDPOINTS.items() if ids])
def test_an_id_stays_one_segment(name: str) -> None:
    """Slashes, question marks and the like are escaped."""
    _, keywords = _arguments(name)
    sent = _endpoint(name)._get_kwargs(ORDER_ID, "../a?b#c%d é", **keywords)
    assert "/..%2Fa%3Fb%23c%25d%20%C3%A9" in sent["url"]


# --- as a client by themselves: no answer is an exception after the money has moved

#: JSON that is nested more deeply than Python reads.
DEEP = pytest.param('{"a":' * 5000 + "{}" + "}" * 5000, id="deep")
HTML = "<html><body>502 Bad Gateway</body></html>"
#: The success of every operation.
SUCCESS = {name: min(map(int, facts["responses"])) for name, facts in document.OPERATIONS.items()}


def _client(
    answer: httpx.Response | Callable[[httpx.Request], httpx.Response], **more: Any
) -> AuthenticatedClient:
    """Return a client whose every request gets this answer."""
    transport = httpx.MockTransport(answer if callable(answer) else lambda _request: answer)
    return AuthenticatedClient(
        "https://api.example.com",
        token="kco_test_x",
        prefix="Basic",
        httpx_args={"transport": transport},
        **more,
    )


def _called(name: str, client: AuthenticatedClient, *, asynchronous: bool = False) -> Any:
    module, ids, body, _ = ENDPOINTS[name]
    endpoint = import_module(f"kustom_order_management.api.{module}")
    arguments = [ORDER_ID, *(f"{part}-1" for part in ids)]
    keywords = {"body": getattr(models, body).from_dict(BODIES[body])} if body else {}
    if asynchronous:
        return asyncio.run(endpoint.asyncio_detailed(*arguments, client=client, **keywords))
    return endpoint.sync_detailed(*arguments, client=client, **keywords)


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("content", ["", HTML, "null", "5", '"done"', "{", "\ufeff", DEEP])
@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_success_is_one_whatever_its_body_holds(
    name: str, content: str, asynchronous: bool
) -> None:
    """The body is parsed as nothing; status, headers and content are there."""
    answer = httpx.Response(SUCCESS[name], text=content, headers={"Capture-Id": "c-1"})
    response = _called(name, _client(answer), asynchronous=asynchronous)
    assert (response.status_code, response.parsed) == (SUCCESS[name], None)
    assert (response.content.decode(), response.headers["capture-id"]) == (content, "c-1")


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 418, 429, 500, 502, 520, 599])
@pytest.mark.parametrize("content", ["", HTML, "[]", "{", DEEP])
@pytest.mark.parametrize("name", ["getOrder", "captureOrder", "updateAuthorization"])
def test_an_error_with_any_status_and_body_is_an_answer(
    name: str, content: str, status: int
) -> None:
    """Also with statuses that nobody knows."""
    response = _called(name, _client(httpx.Response(status, text=content)))
    assert (response.status_code, response.content.decode()) == (status, content)
    assert response.parsed is None


def test_an_undocumented_status_raises_where_that_is_asked_for() -> None:
    """A documented one does not, whatever its body holds."""
    with pytest.raises(UnexpectedStatus) as raised:
        _called(
            "getOrder", _client(httpx.Response(520, text=HTML), raise_on_unexpected_status=True)
        )
    assert (raised.value.status_code, raised.value.content) == (520, HTML.encode())
    for status in (201, 403):
        answer = httpx.Response(status, text=HTML)
        assert (
            _called("captureOrder", _client(answer, raise_on_unexpected_status=True)).parsed is None
        )


def test_what_the_document_declares_is_read() -> None:
    """An order, a list of captures with an odd item, and errors, as their models."""
    order = httpx.Response(200, json={"order_id": "x", "order_amount": 5, "status": "FROZEN"})
    read = orders.get_order.sync(ORDER_ID, client=_client(order))
    assert isinstance(read, MerchantOrder)
    assert (read.order_id, read.order_amount, read.status) == ("x", 5, "FROZEN")
    listed = captures.get_captures.sync(
        ORDER_ID, client=_client(httpx.Response(200, json=[{"capture_id": "c"}, 5]))
    )
    assert listed == [Capture(capture_id="c"), 5]
    refused = httpx.Response(
        403, json={"error_code": "CAPTURE_NOT_ALLOWED", "error_messages": ["no"]}
    )
    body = CaptureObject(captured_amount=1)
    answer = asyncio.run(
        captures.capture_order.asyncio(ORDER_ID, client=_client(refused), body=body)
    )
    assert isinstance(answer, CaptureNotAllowed)
    assert answer.error_messages == ["no"]
    gone = refunds.get_refund.sync(
        ORDER_ID, "r", client=_client(httpx.Response(404, json={"error_code": "NEW"}))
    )
    assert isinstance(gone, NotFound)
    assert gone.error_code == "NEW"


def test_the_request_is_that_of_the_document() -> None:
    """Credentials as Kustom wants them, the key where it is given, and no null."""
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, headers={"Capture-Id": "c-1"})

    body = CaptureObject(captured_amount=0, description="", reference=None)
    for key in ("k-1", None):
        response = captures.capture_order.sync_detailed(
            ORDER_ID, client=_client(answer), body=body, klarna_idempotency_key=key
        )
        assert response.headers["Capture-Id"] == "c-1"
    assert [request.headers.get("Klarna-Idempotency-Key") for request in seen] == ["k-1", None]
    assert seen[0].headers["Authorization"] == "Basic kco_test_x"
    assert seen[0].url.path == f"/ordermanagement/v1/orders/{ORDER_ID}/captures"
    assert httpx.Response(200, content=seen[0].content).json() == {
        "captured_amount": 0,
        "description": "",
    }


def test_no_repr_shows_the_key_a_body_or_headers() -> None:
    """Of the client, also after it was used, and of an answer."""
    order = {"order_id": "x", "billing_address": {"city": "Umeå"}}
    client = _client(httpx.Response(200, json=order, headers={"Set-Cookie": "session=secret"}))
    response = orders.get_order.sync_detailed(ORDER_ID, client=client)
    assert isinstance(response.parsed, MerchantOrder)
    assert "order_id='x'" in repr(response)
    assert "Ume" not in repr(response)
    assert response.headers["Set-Cookie"] == "session=secret"
    assert "secret" not in repr(response)
    assert "kco_test_x" not in repr([client, client.with_headers({"a": "b"})])
