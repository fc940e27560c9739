"""Outcomes: one table for all errors, plain JSON data both ways."""

import json
import pickle

import pytest
from hypothesis import given
from support import ORDER

from batch.values import OUTCOMES, capture, classes, receipt
from kustom_facade import KustomError, NotFound, UnexpectedResponse, errors
from kustom_facade._batch import outcomes
from kustom_facade.batch import Outcome, Void

#: What each class comes to: as it is, where it is transient or not known, and whether all events
#: would fail as well.
EXPECTED = {
    "KustomError": ("refused", "retry", False),
    "ConfigurationError": ("retry", "retry", True),
    "InvalidRequest": ("invalid", "retry", False),
    "IdempotencyKeyReused": ("refused", "refused", False),
    "ReferenceConflict": ("refused", "refused", False),
    "DuplicateReference": ("refused", "refused", False),
    "ConnectionFailed": ("retry", "retry", False),
    "UnexpectedResponse": ("refused", "retry", False),
    "ApiError": ("refused", "retry", False),
    "AuthenticationFailed": ("retry", "retry", True),
    "Forbidden": ("retry", "retry", True),
    "NotAllowed": ("refused", "retry", False),
    "CaptureNotAllowed": ("refused", "retry", False),
    "RefundNotAllowed": ("refused", "retry", False),
    "CancelNotAllowed": ("refused", "retry", False),
    "NotFound": ("retry", "retry", True),
    "NoSuchOrder": ("refused", "retry", False),
    "NoSuchCapture": ("refused", "retry", False),
    "BadRequest": ("invalid", "retry", False),
    "Conflict": ("retry", "retry", False),
    "RateLimited": ("retry", "retry", False),
    "ServerError": ("retry", "retry", False),
}


@given(outcome=OUTCOMES)
def test_an_outcome_crosses_as_json_and_as_pickle(outcome: Outcome) -> None:
    """Event, result and error included."""
    assert Outcome.from_dict(json.loads(json.dumps(outcome.to_dict()))) == outcome
    assert pickle.loads(pickle.dumps(outcome)) == outcome  # noqa: S301  # pickled a moment ago


def test_the_table_is_whole() -> None:
    """Each class of the tree has its row here, with what the answers of the API make of it."""
    found = {}
    for kind in classes():
        error = kind("x")
        code = "X" if kind.__name__ in ("NoSuchOrder", "NoSuchCapture") else None
        if isinstance(error, NotFound):
            error.code = code
        unknown = kind("x")
        unknown.outcome_unknown = True
        found[kind.__name__] = (
            outcomes.of_error(capture("a"), error).status,
            outcomes.of_error(capture("a"), unknown).status,
            outcomes.is_about_all(error),
        )
    assert found == EXPECTED


def test_what_another_server_answers_is_about_all() -> None:
    """A redirect; a 404 with the API's own code is about the event."""
    redirect = UnexpectedResponse("x", status=302)
    assert outcomes.is_about_all(redirect)
    assert outcomes.of_error(capture("a"), redirect).status == "retry"
    assert not outcomes.is_about_all(UnexpectedResponse("x", status=200))
    assert outcomes.of_error(capture("a"), NotFound("x", code="ODD")).status == "refused"


def test_when_to_run_it_again() -> None:
    """As the API asked, else once gateways have given up. Only a retry has it."""
    limited = errors.RateLimited("x", retry_after=7.0)
    assert outcomes.of_error(capture("a"), limited).retry_after == 7.0
    lost = errors.ConnectionFailed("x")
    assert outcomes.of_error(capture("a"), lost).retry_after == outcomes.RETRY_AFTER
    assert outcomes.of_error(capture("a"), errors.DuplicateReference("x")).retry_after is None


def test_an_outcome_reads_as_a_line() -> None:
    """The event, the status, and what is to be known about it."""
    done = Outcome(capture("a"), "done", receipt(capture("a"), "odd"))
    assert str(done) == f"capture {ORDER} a: done: odd"
    assert str(Outcome(Void(ORDER), "done", receipt(Void(ORDER), ""))) == f"void {ORDER}: done"
    assert "not known" in str(
        outcomes.of_error(capture("a"), KustomError("x", outcome_unknown=True))
    )
    assert done.is_done
    assert done.is_final
    assert not Outcome(capture("a"), "retry").is_final


def test_no_other_status() -> None:
    """What a newer version might write is refused, and not guessed."""
    data = Outcome(capture("a"), "done").to_dict()
    with pytest.raises(ValueError, match="odd"):
        Outcome.from_dict({**data, "status": "odd"})
