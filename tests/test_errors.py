"""The error tree: which class for which answer,
what the text says, and that every error crosses process borders.
"""

import copy
import inspect
import json
import pickle
from typing import Any

import pytest
from celery import Celery
from celery.backends.base import DisabledBackend
from hypothesis import given, strategies as st

from kustom_facade import errors
from kustom_facade.errors import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    CancelNotAllowed,
    CaptureNotAllowed,
    ConfigurationError,
    Conflict,
    ConnectionFailed,
    DuplicateReference,
    Forbidden,
    IdempotencyKeyReused,
    InvalidRequest,
    KustomError,
    NoSuchCapture,
    NoSuchOrder,
    NotAllowed,
    NotFound,
    RateLimited,
    ReferenceConflict,
    RefundNotAllowed,
    ServerError,
    UnexpectedResponse,
    class_for,
)

TREE = {
    KustomError: Exception,
    ConfigurationError: KustomError,
    InvalidRequest: KustomError,
    IdempotencyKeyReused: InvalidRequest,
    ReferenceConflict: KustomError,
    DuplicateReference: KustomError,
    ConnectionFailed: KustomError,
    UnexpectedResponse: KustomError,
    ApiError: KustomError,
    AuthenticationFailed: ApiError,
    Forbidden: ApiError,
    NotAllowed: ApiError,
    CaptureNotAllowed: NotAllowed,
    RefundNotAllowed: NotAllowed,
    CancelNotAllowed: NotAllowed,
    NotFound: ApiError,
    NoSuchOrder: NotFound,
    NoSuchCapture: NotFound,
    BadRequest: ApiError,
    Conflict: ApiError,
    RateLimited: ApiError,
    ServerError: ApiError,
}
CONCRETE = sorted(TREE, key=lambda kind: kind.__name__)


def make(kind: type[KustomError]) -> KustomError:
    """An error of a class with everything it can carry."""
    sent = {"idempotency_key": "key-1", "attempts": 2, "outcome_unknown": True}
    answered = {"status": 418, "headers": {"a": "b"}, "text": "teapot", "correlation_id": "corr-1"}
    if issubclass(kind, ApiError):
        return kind("it broke", **answered, **sent, code="X", messages=("m",), retry_after=2.0)
    if issubclass(kind, UnexpectedResponse):
        return kind("it broke", **answered, **sent)  # type: ignore[arg-type]  # as above
    if issubclass(kind, InvalidRequest):
        return kind("it broke", problems=("a: b",), **sent)
    return kind("it broke", **sent)  # type: ignore[arg-type]  # as above


def test_the_tree_is_as_designed_and_drawn() -> None:
    """Each class stands below its parent,
    in the code and in the drawing at the top of the module.
    """
    public = {
        member
        for name, member in vars(errors).items()
        if inspect.isclass(member) and issubclass(member, KustomError) and not name.startswith("_")
    }
    assert public == set(TREE)
    drawn = errors.__doc__ or ""
    for kind, parent in TREE.items():
        assert issubclass(kind, parent)
        assert kind.__name__ in drawn


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "INVALID_ORDER_ID", BadRequest),
        (400, None, BadRequest),
        (401, None, AuthenticationFailed),
        (401, "UNAUTHORIZED", AuthenticationFailed),
        (402, None, ApiError),
        (403, None, Forbidden),
        (403, "NOT_ALLOWED", NotAllowed),
        (403, "SOMETHING_NEW", NotAllowed),
        (403, "CAPTURE_NOT_ALLOWED", CaptureNotAllowed),
        (403, "REFUND_NOT_ALLOWED", RefundNotAllowed),
        (403, "CANCEL_NOT_ALLOWED", CancelNotAllowed),
        (404, None, NotFound),
        (404, "NOT_FOUND", NotFound),
        (404, "NO_SUCH_ORDER", NoSuchOrder),
        (404, "NO_SUCH_CAPTURE", NoSuchCapture),
        (409, "CONFLICT", Conflict),
        (413, None, BadRequest),
        (415, None, BadRequest),
        (422, None, BadRequest),
        (429, "TOO_MANY_REQUESTS", RateLimited),
        (451, "CAPTURE_NOT_ALLOWED", ApiError),
        (500, "INTERNAL_ERROR", ServerError),
        (503, None, ServerError),
        (520, None, ServerError),
        (599, "NO_SUCH_ORDER", ServerError),
    ],
)
def test_the_class_of_an_error_answer(
    status: int, code: str | None, expected: type[ApiError]
) -> None:
    """By status and code, never by text."""
    assert class_for(status, code) is expected


@pytest.mark.parametrize("kind", CONCRETE)
def test_every_error_survives_pickle_and_copy(kind: type[KustomError]) -> None:
    """Equal, with the key and all other attributes;
    a worker's error must reach its parent whole.
    """
    error = make(kind)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301  # our own bytes
        assert type(again) is kind
        assert again == error
        assert hash(again) == hash(error)
        assert str(again) == str(error)
        assert again.args == error.args
        assert again.idempotency_key == "key-1"
    assert copy.deepcopy(error) == error


@given(
    kind=st.sampled_from(CONCRETE),
    message=st.text(),
    key=st.none() | st.text(),
    attempts=st.integers(0, 9),
    unknown=st.booleans(),
    reference=st.none() | st.text(),
    hint=st.text(),
    changed=st.dictionaries(st.sampled_from(["transient", "decided_locally"]), st.booleans()),
    texts=st.lists(st.text(), max_size=3).map(tuple),
    number=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
def test_every_error_survives_json(
    kind: type[KustomError],
    message: str,
    key: str | None,
    attempts: int,
    unknown: bool,
    reference: str | None,
    hint: str,
    changed: dict[str, bool],
    texts: tuple[str, ...],
    number: float | None,
) -> None:
    """By its arguments and by to_dict(), with what was set later. What is unknown stays so."""
    own: dict[str, Any] = {}
    if issubclass(kind, ApiError | UnexpectedResponse):
        own = {"status": 503, "headers": {"a": message}, "text": message, "correlation_id": key}
    if issubclass(kind, ApiError):
        own |= {"code": key, "messages": texts, "retry_after": number}
    if issubclass(kind, InvalidRequest):
        own = {"problems": texts}
    error = kind(message, idempotency_key=key, attempts=attempts, **own)
    error.outcome_unknown, error.reference, error.hint = unknown, reference, hint
    for name, value in changed.items():
        setattr(error, name, value)
    by_args = kind(*json.loads(json.dumps(error.args)))
    by_dict = KustomError.from_dict(json.loads(json.dumps(error.to_dict())))
    for again in (by_args, by_dict, kind(*error.args), copy.copy(error)):
        assert again == error
        assert again.args == error.args
        assert str(again) == str(error)


def test_what_a_newer_version_writes_can_be_read() -> None:
    """A field that is not known is left out; a class that is not known is told."""
    error = KustomError.from_dict({"type": "ConnectionFailed", "message": "late", "mood": "bad"})
    assert error == ConnectionFailed("late")
    with pytest.raises(ValueError, match="no error of this library has the type 'Mood'"):
        KustomError.from_dict({"type": "Mood", "message": "bad"})


def test_celerys_default_results_keep_what_matters() -> None:
    """Its JSON backend rebuilds an exception of its arguments."""
    backend = DisabledBackend(app=Celery(set_as_current=False))
    error = ConnectionFailed("late", idempotency_key="k-1", attempts=3, outcome_unknown=True)
    stored = json.loads(json.dumps(backend.prepare_exception(error, serializer="json")))
    again: Any = backend.exception_to_python(stored)
    assert again == error
    assert again.outcome_unknown


def test_errors_of_other_content_or_class_are_not_equal() -> None:
    """Equality is by type and content."""
    assert ConnectionFailed("a") != ConnectionFailed("a", idempotency_key="k")
    assert NoSuchOrder("a", status=404) != NotFound("a", status=404)
    assert ConnectionFailed("a") != "a"


@pytest.mark.parametrize("kind", CONCRETE)
def test_the_text_says_what_happened_and_what_to_do(kind: type[KustomError]) -> None:
    """With an unknown outcome, the way on is always the same: the same key, never a new one."""
    error = make(kind)
    text = str(error)
    assert text.startswith("it broke (")
    assert "2 attempts" in text
    assert "key-1" in text
    assert "could do it twice" in text
    assert "\n" not in text
    if isinstance(error, ApiError | UnexpectedResponse):
        assert "correlation id corr-1" in text


@pytest.mark.parametrize(
    "kind", [kind for kind in CONCRETE if kind not in (KustomError, ConfigurationError)]
)
def test_every_class_has_a_hint_of_its_own_or_of_its_parent(kind: type[KustomError]) -> None:
    """One line that ends the text when nothing is unknown."""
    error = (
        kind("it broke", status=400)
        if issubclass(kind, ApiError | UnexpectedResponse)
        else kind("it broke")
    )
    assert error.default_hint
    assert str(error) == f"it broke. {error.default_hint}"
    assert error.hint == error.default_hint


def test_the_root_says_just_what_happened() -> None:
    """No hint, no stray punctuation; one attempt is singular."""
    assert str(KustomError("it broke")) == "it broke."
    assert str(KustomError("it broke", attempts=1)) == "it broke (1 attempt)."


def test_misuse_is_also_a_value_error() -> None:
    """Both classes that refuse before sending may be caught as what Python calls it."""
    assert issubclass(ConfigurationError, ValueError)
    assert issubclass(InvalidRequest, ValueError)


@given(status=st.integers(400, 599), code=st.none() | st.text(min_size=1, max_size=30))
def test_every_error_status_has_a_class(status: int, code: str | None) -> None:
    """Of 5xx always ServerError, of 4xx never."""
    assert issubclass(class_for(status, code), ApiError)
    assert (class_for(status, code) is ServerError) == (status >= 500)


def test_an_unknown_outcome_without_a_key_advises_no_repeat() -> None:
    """Nothing would protect it: ``idempotency_key=None`` makes a new one."""
    text = str(ConnectionFailed("it broke", outcome_unknown=True))
    assert "idempotency_key" not in text
    assert "do not repeat the call blindly" in text


def test_a_hint_of_its_own_stands_in_for_that_of_the_class() -> None:
    """Also after pickling."""
    error = NotAllowed("it broke", status=403)
    error.hint = "Ask the vendor."
    for same in (error, pickle.loads(pickle.dumps(error))):  # noqa: S301  # our own bytes
        assert same.hint == "Ask the vendor."
        assert str(same).endswith(". Ask the vendor.")
