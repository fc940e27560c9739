"""Answers of every shape, over real HTTP and in both modes:
each gives the designed result or error class.
"""

import gzip
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from support import ORDER, Client, Wire, answer, hang_up, json_answer

from kustom_facade import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    CancelNotAllowed,
    CaptureNotAllowed,
    ConfigurationError,
    Conflict,
    ConnectionFailed,
    Created,
    Done,
    Forbidden,
    InvalidRequest,
    KustomClient,
    KustomError,
    NoSuchOrder,
    NotAllowed,
    NotFound,
    RateLimited,
    RetryPolicy,
    ServerError,
    UnexpectedResponse,
)

Connect = Callable[..., Client]

#: Every write with the least that it needs.
WRITES: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "acknowledge": ((), {}),
    "cancel": ((), {}),
    "extend_authorization_time": ((), {}),
    "release_remaining_authorization": ((), {}),
    "update_authorization": ((100, []), {}),
    "update_customer_details": ((), {"shipping_address": {}}),
    "update_merchant_references": ((), {"merchant_reference1": ""}),
    "add_shipping_info": (([{}],), {}),
    "capture": ((100,), {}),
    "add_capture_shipping_info": (("c-1", [{}]), {}),
    "refund": ((100,), {}),
}
READS: dict[str, tuple[Any, ...]] = {
    "get_order": (),
    "list_captures": (),
    "get_capture": ("c-1",),
    "get_refund": ("r-1",),
}


def write(client: Client, verb: str, **options: Any) -> Any:
    """Carry out a write."""
    args, kwargs = WRITES[verb]
    return getattr(client, verb)(ORDER, *args, **kwargs, **options)


@pytest.fixture
def client(connect: Connect, server: Wire) -> Client:
    """A client of the scripted server."""
    return connect(base_url=server.url)


@pytest.mark.parametrize("verb", WRITES)
@pytest.mark.parametrize(
    "success",
    [
        answer(204),
        answer(201),
        answer(200, '"a string, as the document says"', Content_Type="application/json"),
        answer(202, "<html>", Content_Type="text/html"),
        answer(200, "{broken", Content_Type="application/json"),
        answer(200, "no gzip", Content_Encoding="gzip"),
        answer(201, "cut", length=100),
        answer(299, b"\xff\xfe"),
    ],
    ids=["204", "201 empty", "string", "html", "broken", "not gzip", "cut off", "299 bytes"],
)
def test_a_write_is_done_with_any_2xx(
    client: Client, server: Wire, verb: str, success: Any
) -> None:
    """Whatever the body holds, also when it breaks off or cannot be decoded:
    sent once, and done.
    """
    server.will(success)
    done = write(client, verb)
    assert type(done) is (Created if verb in ("capture", "refund") else Done)
    assert done.attempts == 1
    assert [request.headers["klarna-idempotency-key"] for request in server.received] == [
        done.idempotency_key
    ]


@pytest.mark.parametrize("verb", ["capture", "refund"])
@pytest.mark.parametrize("spelling", ["{}-id", "{}-Id", "{}-ID"])
def test_the_id_of_what_was_made(client: Client, server: Wire, verb: str, spelling: str) -> None:
    """Headers in any case; location and correlation id come along."""
    name = spelling.format(verb.capitalize() if "-I" in spelling else verb)
    headers: dict[str, Any] = {
        name: "id-1",
        "Location": "https://api.example/x/id-2",
        "klarna-correlation-id": "corr-1",
    }
    server.will(answer(201, **headers))
    done = write(client, verb)
    assert (done.id, done.location, done.correlation_id, done.note) == (
        "id-1",
        "https://api.example/x/id-2",
        "corr-1",
        "",
    )
    assert done.headers["location"] == "https://api.example/x/id-2"


def test_a_201_without_ids_says_that_the_money_moved(client: Client, server: Wire) -> None:
    """No failure: the id is None and the note says what to do."""
    server.will(answer(201))
    done = write(client, "capture")
    assert done.id is None
    assert "the money moved" in done.note


ERRORS: list[tuple[Any, type[KustomError], str | None, tuple[str, ...]]] = [
    (
        answer(401, "<html>", Content_Type="text/html", WWW_Authenticate='Basic realm="x"'),
        AuthenticationFailed,
        None,
        (),
    ),
    (answer(403, "<html>blocked", Content_Type="text/html"), Forbidden, None, ()),
    (json_answer(403, '{"error_code": ""}'), Forbidden, None, ()),
    (
        json_answer(403, '{"error_code":"NOT_ALLOWED","error_messages":["Order is expired"]}'),
        NotAllowed,
        "NOT_ALLOWED",
        ("Order is expired",),
    ),
    (
        json_answer(403, '{\n  "error_code" : "CANCEL_NOT_ALLOWED"\n}'),
        CancelNotAllowed,
        "CANCEL_NOT_ALLOWED",
        (),
    ),
    (
        json_answer(403, '{"error_code":"CAPTURE_NOT_ALLOWED","error_messages":[]}'),
        CaptureNotAllowed,
        "CAPTURE_NOT_ALLOWED",
        (),
    ),
    (
        json_answer(404, '{"error_code":"NO_SUCH_ORDER","error_messages":[""]}'),
        NoSuchOrder,
        "NO_SUCH_ORDER",
        (),
    ),
    (
        json_answer(404, '{"error_code":"NOT_FOUND","error_messages":"one string"}'),
        NotFound,
        "NOT_FOUND",
        ("one string",),
    ),
    (answer(404), NotFound, None, ()),
    (
        json_answer(400, '{"error_code":"BAD_REQUEST","error_message":"singular"}'),
        BadRequest,
        "BAD_REQUEST",
        ("singular",),
    ),
    (json_answer(400, "[1, 2]"), BadRequest, None, ()),
    (json_answer(413, "{broken"), BadRequest, None, ()),
    (json_answer(415, "null"), BadRequest, None, ()),
    (json_answer(422, '{"error_code":5,"error_messages":{"a":1}}'), BadRequest, None, ()),
    (answer(409), Conflict, None, ()),
    (answer(418, b"\xff\xfe"), ApiError, None, ()),
    (answer(301, Location="https://elsewhere.example/"), UnexpectedResponse, None, ()),
    (answer(304), UnexpectedResponse, None, ()),
    (answer(400, "no gzip", Content_Encoding="gzip"), BadRequest, None, ()),
]


@pytest.mark.parametrize(("refusal", "kind", "code", "messages"), ERRORS)
@pytest.mark.parametrize("verb", ["get_order", "capture"])
def test_each_refusal_has_its_class(
    client: Client,
    server: Wire,
    verb: str,
    refusal: Any,
    kind: type[KustomError],
    code: str | None,
    messages: tuple[str, ...],
) -> None:
    """By status and code, of a body of any shape; sent once, and with the write's key."""
    server.will(refusal)
    with pytest.raises(KustomError) as caught:
        client.get_order(ORDER) if verb == "get_order" else write(client, verb)
    error: Any = caught.value
    assert type(error) is kind
    assert len(server.received) == error.attempts == 1
    assert error.idempotency_key == server.received[0].headers.get("klarna-idempotency-key")
    if isinstance(error, ApiError):
        assert (error.code, error.messages) == (code, messages)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
@pytest.mark.parametrize(
    "body", ["", "<html>bad gateway", "{broken", "[]", '{"error_code":"INTERNAL_ERROR"}']
)
def test_a_server_error_of_any_shape_is_repeated(
    client: Client, server: Wire, status: int, body: str
) -> None:
    """Also the unofficial statuses of gateways;
    a write says at the end that its outcome is unknown.
    """
    server.will(*[answer(status, body)] * 3)
    with pytest.raises(ServerError) as caught:
        write(client, "refund")
    assert caught.value.status == status
    assert caught.value.outcome_unknown
    assert (
        len(
            {
                (request.headers["klarna-idempotency-key"], request.body)
                for request in server.received
            }
        )
        == 1
    )
    assert len(server.received) == 3


def test_too_many_requests(client: Client, server: Wire) -> None:
    """A wait above the policy's cap is handed to the caller; nothing took effect."""
    server.will(json_answer(429, '{"error_code":"TOO_MANY_REQUESTS"}', Retry_After="120"))
    with pytest.raises(RateLimited) as caught:
        write(client, "capture")
    assert (caught.value.retry_after, caught.value.attempts) == (120.0, 1)
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("verb", READS)
@pytest.mark.parametrize(
    "success",
    [
        answer(200),
        answer(204),
        json_answer(200, "{broken"),
        json_answer(200, '"text"'),
        answer(200, "<html>"),
        json_answer(200, "5"),
    ],
    ids=["empty", "204", "broken", "string", "html", "number"],
)
def test_a_read_that_cannot_be_understood(
    client: Client, server: Wire, verb: str, success: Any
) -> None:
    """Repeated like a 502, then UnexpectedResponse with what came; never a half-read model."""
    server.will(*[success] * 3)
    with pytest.raises(UnexpectedResponse, match="could not be read") as caught:
        getattr(client, verb)(ORDER, *READS[verb])
    assert (len(server.received), caught.value.attempts, caught.value.transient) == (3, 3, True)
    server.will(success, json_answer(200, "[]" if verb == "list_captures" else "{}"))
    assert getattr(client, verb)(ORDER, *READS[verb]) is not None


def test_a_refusal_whose_json_is_cut_is_the_apis_own(client: Client, server: Wire) -> None:
    """No firewall's: what is missing is a part of it."""
    server.will(json_answer(403, '{"error_code": "CAPTURE_NOT_AL'))
    with pytest.raises(NotAllowed) as caught:
        write(client, "capture")
    assert (type(caught.value), caught.value.code) == (NotAllowed, None)


@pytest.mark.parametrize("verb", ["get_order", "get_capture", "get_refund"])
def test_a_list_where_an_object_is_expected(client: Client, server: Wire, verb: str) -> None:
    """The other way round, 'no captures' of an error body, is a test of the calls."""
    server.will(*[json_answer(200, "[]")] * 3)
    with pytest.raises(UnexpectedResponse):
        getattr(client, verb)(ORDER, *READS[verb])


def test_a_read_keeps_what_nobody_declared_and_survives_what_is_missing(
    client: Client, server: Wire
) -> None:
    """Unknown enum values, explicit nulls, new fields, wrong types: the order is never lost."""
    order = {
        "status": "FROZEN",
        "order_amount": "5",
        "locale": None,
        "new": {"a": [1]},
        "order_lines": [{"type": "box"}],
    }
    server.will(json_answer(200, json.dumps(order)))
    read = client.get_order(ORDER)
    assert read.status == "FROZEN"
    assert read.order_amount == "5"
    assert read.locale is read.captured_amount is None
    assert read["new"] == {"a": [1]}
    assert read.order_lines[0].name is None
    assert read.to_dict() == {name: value for name, value in order.items() if value is not None}


def test_compressed_answers_are_read(client: Client, server: Wire) -> None:
    """Gateways compress."""
    server.will(answer(200, gzip.compress(b'{"order_amount": 7}'), Content_Encoding="gzip"))
    assert client.get_order(ORDER).order_amount == 7


def test_a_disconnect_in_the_middle_of_a_body_is_repeated(client: Client, server: Wire) -> None:
    """A read has no answer until it is whole; an error of a write neither."""
    server.will(answer(200, '{"order', length=100), json_answer(200, '{"order_amount": 7}'))
    assert client.get_order(ORDER).order_amount == 7
    assert len(server.received) == 2
    server.will(answer(503, "ups", length=100), hang_up, answer(201, Capture_Id="c-1"))
    assert write(client, "capture").attempts == 3


def test_a_refusal_whose_body_breaks_off_is_a_refusal(client: Client, server: Wire) -> None:
    """No repeat would change it, and what came of the body still says why."""
    server.will(answer(403, '{"error_code":"CAPTURE_NOT_ALLOWED"}', length=100))
    with pytest.raises(CaptureNotAllowed) as caught:
        write(client, "capture")
    assert (caught.value.attempts, caught.value.outcome_unknown) == (1, False)


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"error_code":"CAPTURE_NOT_ALLOWED","error_messages":[],"error_message":"why"}',
        b'{"error_code":"CAPTURE_NOT_ALLOWED","error_messages":["why"],"x":"\\ud800"}',
    ],
    ids=["byte order mark", "half a letter"],
)
def test_an_odd_but_readable_error_is_read(client: Client, server: Wire, body: bytes) -> None:
    """What the order's back office needs is in it."""
    server.will(answer(403, body))
    with pytest.raises(CaptureNotAllowed, match="why"):
        write(client, "capture")


def test_an_error_that_is_none_of_the_transports_own(connect: Connect) -> None:
    """A transport of the caller's may raise anything; what leaves the facade is ours."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise ConnectionResetError("reset by peer")

    with pytest.raises(ConnectionFailed, match="reset by peer") as caught:
        connect(transport=httpx.MockTransport(fail)).capture(ORDER, 1)
    assert (caught.value.attempts, caught.value.outcome_unknown) == (3, True)


def test_a_transport_of_the_other_mode_is_refused(connect: Connect) -> None:
    """Before anything is sent, and named."""
    client = connect()
    wrong: Any = httpx.AsyncHTTPTransport() if client.mode == "sync" else httpx.HTTPTransport()
    with pytest.raises(TypeError, match="transport must be an httpx"):
        connect(transport=wrong)


def test_a_lost_answer_keeps_the_key_for_the_caller(client: Client, server: Wire) -> None:
    """The outcome is unknown, the error carries the key, and with it the call can go on."""
    server.will(hang_up, hang_up, hang_up)
    with pytest.raises(ConnectionFailed) as caught:
        write(client, "capture")
    assert caught.value.outcome_unknown
    key = caught.value.idempotency_key
    assert {request.headers["klarna-idempotency-key"] for request in server.received} == {key}
    server.will(answer(201, Capture_Id="c-1"))
    assert write(client, "capture", idempotency_key=key).idempotency_key == key


def test_a_server_that_is_not_there(connect: Connect) -> None:
    """Nothing can have taken effect, and the error says so."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConnectionFailed, match="Nothing was changed") as caught:
            connect(base_url=url).capture(ORDER, 1)
    assert (caught.value.attempts, caught.value.outcome_unknown) == (3, False)


def test_a_timeout_is_an_unknown_outcome(connect: Connect) -> None:
    """The server got the request and did not answer in time."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        client = connect(base_url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(ConnectionFailed, match="ReadTimeout") as caught:
            client.refund(ORDER, 1, timeout=0.05, max_attempts=1)
    assert caught.value.outcome_unknown


# --- options


def test_options_of_one_call(client: Client, server: Wire) -> None:
    """max_attempts for this call only."""
    server.will(*[answer(503)] * 4)
    with pytest.raises(ServerError):
        client.get_order(ORDER, max_attempts=1)
    assert len(server.received) == 1
    with pytest.raises(ServerError):
        client.get_order(ORDER)
    assert len(server.received) == 4


def test_with_options_shares_the_connections(client: Client, server: Wire) -> None:
    """Another policy and integrator over the same transport; the original keeps its own."""
    other = client.client.with_options(
        retry=RetryPolicy(attempts=2, base=0.0), integrator="Shop", timeout=3
    )
    assert (other._config.timeout, client.client._config.timeout) == (3.0, 30.0)
    assert other._connections is client.client._connections
    server.will(*[answer(503)] * 3)
    derived = Client.__new__(Client)
    derived.__dict__.update(client.__dict__, client=other)
    with pytest.raises(ServerError):
        derived.get_order(ORDER)
    assert [request.headers.get("klarna-integrator") for request in server.received] == [
        "Shop",
        "Shop",
    ]
    limited = client.client.with_options(max_attempts=1)
    derived.__dict__.update(client=limited)
    with pytest.raises(ServerError):
        derived.get_order(ORDER)
    assert "klarna-integrator" not in server.received[2].headers


@pytest.mark.parametrize("bad", [{"timeout": 0}, {"max_attempts": 0}, {"timeout": float("nan")}])
def test_options_that_make_no_sense_are_refused_before_sending(
    client: Client, server: Wire, bad: dict[str, Any]
) -> None:
    """A ValueError, for a single call as for a derived client."""
    with pytest.raises(ValueError, match=r"timeout|attempts"):
        client.get_order(ORDER, **bad)
    with pytest.raises(ValueError, match=r"timeout|attempts"):
        client.client.with_options(**bad)
    assert server.received == []


def test_closing(connect: Connect, server: Wire) -> None:
    """A closed client says so;
    closing a derived one leaves the connections open, closing twice is harmless.
    """
    client = connect(base_url=server.url)
    derived = client.client.with_options()
    server.will(json_answer(200, "{}"))
    other = Client.__new__(Client)
    other.__dict__.update(client.__dict__, client=derived)
    close = "close" if client.mode == "sync" else "aclose"
    getattr(other, close)()
    client.get_order(ORDER)
    for _ in range(2):
        getattr(client if client.mode == "async" else client.client, close)()
    for closed in (client, other):
        with pytest.raises(ConfigurationError, match="closed"):
            closed.get_order(ORDER)


def test_nothing_is_sent_when_a_call_is_refused(client: Client, server: Wire) -> None:
    """InvalidRequest and TypeError come before the network."""
    with pytest.raises(InvalidRequest):
        client.capture(ORDER, -1)
    with pytest.raises(TypeError):
        client.capture(ORDER, 1.0)
    assert server.received == []


def test_headers_of_every_request(client: Client, server: Wire) -> None:
    """JSON is asked for, the library names itself, cookies are not kept."""
    server.will(json_answer(200, "{}", Set_Cookie="a=b"), json_answer(200, "{}"))
    client.get_order(ORDER)
    client.get_order(ORDER)
    for request in server.received:
        assert request.headers["accept"] == "application/json"
        assert request.headers["user-agent"].startswith("kustom-facade/")
        assert "cookie" not in request.headers


def test_log_lines_go_to_the_logger_of_the_library(
    client: Client, server: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """One line per attempt, named kustom_facade, quiet by default below WARNING."""
    caplog.set_level(logging.INFO, "kustom_facade")
    server.will(answer(503), json_answer(200, "{}"))
    client.get_order(ORDER)
    assert [(record.name, record.levelname) for record in caplog.records] == [
        ("kustom_facade", "WARNING"),
        ("kustom_facade", "INFO"),
    ]


class _Torn(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off, on a connection that cannot even be closed."""

    def __iter__(self) -> Iterator[bytes]:
        yield b""
        raise httpx.ReadError("gone")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b""
        raise httpx.ReadError("gone")

    def close(self) -> None:
        raise httpx.ReadError("close")

    async def aclose(self) -> None:
        raise httpx.ReadError("close")


def test_a_success_stands_although_the_connection_cannot_be_closed(connect: Connect) -> None:
    """The status was there: the capture is made, and is not sent again."""
    sent: list[httpx.Request] = []

    def give(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(201, headers={"Capture-Id": "c-1"}, stream=_Torn())

    client = connect(transport=_Raw(give))
    assert client.capture(ORDER, 1).id == "c-1"
    assert len(sent) == 1


class _Raw(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that hands on exactly what it is given."""

    def __init__(self, give: Callable[[httpx.Request], httpx.Response]) -> None:
        self._give = give

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._give(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._give(request)


def test_with_options_changes_checks_and_guard(client: Client, server: Wire) -> None:
    """For lines that do not add up, and for keys that are used twice on purpose."""
    odd = {"name": "a", "quantity": 1, "unit_price": 9, "total_amount": 1}
    server.will(*[answer(201, Capture_Id="c-1")] * 3)
    other = Client.__new__(Client)
    other.__dict__.update(
        client.__dict__, client=client.client.with_options(check="off", guard_keys=False)
    )
    for amount in (1, 2):
        assert (
            other.capture(ORDER, amount, order_lines=[odd], idempotency_key="same key").id == "c-1"
        )
    other.client = client.client.with_options(check="error")
    with pytest.raises(InvalidRequest):
        other.capture(ORDER, 1, order_lines=[odd])
    with pytest.raises(ValueError, match="check must be one of"):
        client.client.with_options(check="loud")


def test_with_options_keeps_what_a_subclass_has() -> None:
    """A shop's own client stays one."""

    class Shop(KustomClient):
        def __init__(self, shop: str) -> None:
            super().__init__("kco_test_x")
            self.shop = shop

    assert Shop("north").with_options(timeout=3.0).shop == "north"


# --- answers that are about something else

OTHER = "00000000-0000-4000-8000-000000000000"
FOREIGN: dict[str, tuple[tuple[str, ...], str, str]] = {
    "get_order": (
        (),
        f'{{"order_id": "{OTHER}"}}',
        f'{{"order_id": "{ORDER.upper().replace("-", "")}"}}',
    ),
    "list_captures": (
        (),
        f'[{{"capture_id": "c-1", "order_id": "{OTHER}"}}]',
        '[{"capture_id": "c-1"}]',
    ),
    "get_capture": (("c-1",), '{"capture_id": "c-2"}', '{"capture_id": "C-1"}'),
    "get_refund": (("r-1",), '{"refund_id": "r-2"}', '{"refund_id": null}'),
}


@pytest.mark.parametrize("verb", FOREIGN)
def test_an_answer_about_something_else_is_repeated_and_then_told(
    client: Client, server: Wire, verb: str
) -> None:
    """A mixed-up connection, cache or proxy:
    money must not be moved by what another order shows.
    """
    ids, foreign, own = FOREIGN[verb]
    server.will(json_answer(200, foreign), json_answer(200, own))
    assert getattr(client, verb)(ORDER, *ids)
    assert len(server.received) == 2
    server.will(*[json_answer(200, foreign, Klarna_Correlation_Id="corr-1")] * 3)
    with pytest.raises(
        UnexpectedResponse, match="was asked for, and the answer is about"
    ) as caught:
        getattr(client, verb)(ORDER, *ids)
    error = caught.value
    assert (error.attempts, error.transient, error.outcome_unknown) == (3, True, False)
    assert error.correlation_id == "corr-1"
    assert "mixes up answers" in str(error)


@pytest.mark.parametrize("verb", FOREIGN)
def test_an_answer_that_names_no_id_passes(client: Client, server: Wire, verb: str) -> None:
    """Absent keys are common, and no proof of anything."""
    server.will(json_answer(200, "[{}]" if verb == "list_captures" else "{}"))
    assert getattr(client, verb)(ORDER, *FOREIGN[verb][0])
    assert len(server.received) == 1


# --- what is still open


def test_a_conflict_after_an_unknown_outcome_leaves_it_unknown(
    client: Client, server: Wire
) -> None:
    """The first request with this key may still be under way; a success settles it."""
    key = f"open {client.mode}"
    once = client.with_options(max_attempts=1)

    def capture() -> Any:
        called = once.capture(ORDER, 100, idempotency_key=key)
        return client._runner.run(called) if client._runner else called

    server.will(json_answer(409, "{}"))
    with pytest.raises(Conflict) as first:
        capture()
    server.will(hang_up, json_answer(409, '{"error_code": "CONFLICT"}'))
    with pytest.raises(ConnectionFailed):
        capture()
    with pytest.raises(Conflict) as second:
        capture()
    assert (first.value.outcome_unknown, second.value.outcome_unknown) == (False, True)
    assert key in second.value.hint
    server.will(answer(201, Capture_Id="c-1"), json_answer(409, "{}"))
    capture()
    with pytest.raises(Conflict) as third:
        capture()
    assert not third.value.outcome_unknown


@pytest.mark.parametrize(
    ("later", "unknown"),
    [
        (json_answer(409, "{}"), True),
        (json_answer(429, '{"error_code": "TOO_MANY_REQUESTS"}'), True),
        (answer(403, "<html>", Content_Type="text/html"), True),
        (answer(401, "<html>"), True),
        (json_answer(403, '{"error_code": "CAPTURE_NOT_ALLOWED"}'), False),
    ],
    ids=["409", "429", "firewall", "gateway", "refusal"],
)
def test_only_the_apis_own_word_settles_an_open_outcome(
    client: Client, server: Wire, later: Any, unknown: bool
) -> None:
    """No gateway, and no limit, says what became of the first request with this key."""
    other = Client.__new__(Client)
    other.__dict__.update(client.__dict__, client=client.client.with_options(max_attempts=1))
    key = str(uuid4())
    server.will(hang_up, later)
    for expected in (True, unknown):
        with pytest.raises(KustomError) as caught:
            other.capture(ORDER, 100, idempotency_key=key)
        assert caught.value.outcome_unknown is expected


def test_a_connection_that_fails_later_does_not_say_that_nothing_was_changed(
    connect: Connect,
) -> None:
    """The first request with this key may have moved the money."""
    failures: list[Exception] = [httpx.ReadError("reset"), httpx.ConnectError("refused")]

    def fail(_: httpx.Request) -> httpx.Response:
        raise failures.pop(0)

    client = connect(transport=httpx.MockTransport(fail), retry=RetryPolicy(attempts=1))
    for _ in range(2):
        with pytest.raises(ConnectionFailed) as caught:
            client.capture(ORDER, 100, idempotency_key="the same key of this test")
        assert caught.value.outcome_unknown
        assert "Nothing was changed" not in str(caught.value)


def test_only_a_capture_fails_for_want_of_payment(client: Client, server: Wire) -> None:
    """The code on another operation is a refusal like others."""
    server.will(json_answer(403, '{"error_code": "PAYMENT_METHOD_FAILED"}'))
    with pytest.raises(NotAllowed) as caught:
        client.refund(ORDER, 100)
    assert type(caught.value) is NotAllowed
    assert "attempt" not in caught.value.hint


def test_a_customer_who_cannot_be_charged_now(client: Client, server: Wire) -> None:
    """Not in the published list of codes: it may pass, and needs another key then."""
    server.will(json_answer(403, '{"error_code": "PAYMENT_METHOD_FAILED", "error_messages": []}'))
    with pytest.raises(CaptureNotAllowed) as caught:
        client.capture(ORDER, 100)
    assert (caught.value.code, caught.value.outcome_unknown) == ("PAYMENT_METHOD_FAILED", False)
    assert "attempt=2" in caught.value.hint
    server.will(hang_up, *[json_answer(403, '{"error_code": "PAYMENT_METHOD_FAILED"}')])
    with pytest.raises(CaptureNotAllowed) as caught:
        client.capture(ORDER, 100)
    assert caught.value.outcome_unknown
    assert "attempt=2" not in caught.value.hint
