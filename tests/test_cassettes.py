"""Every verb against recorded answers, in both modes, with the network blocked.

Recorded by scripts/record; cassettes/README.md says against what, and how to record against the
playground. Both modes replay the same cassettes, so both send the same.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kustom_order_management import document
from recording import PLAYGROUND, scrubber, without_personal_data
from ruamel.yaml import YAML
from support import CANARY, Client

from kustom_facade import AuthenticationFailed, CancelNotAllowed, NoSuchOrder, RefundNotAllowed
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox, serve

#: Where the cassettes are; scripts/record and one test below record into another folder.
CASSETTES = Path(
    os.environ.get("KUSTOM_CASSETTES", Path(__file__).parent / "cassettes" / "test_cassettes")
)
#: The orders as the cassettes know them: one to fulfil, one to cancel.
ORDERS = (EXAMPLE_ORDER_ID, "a7a6b9c4-52f6-6d0e-9f2c-3b1f0f6f2c11")
#: The tests that record and replay, of one mode: what scripts/record runs.
REPLAYING = "(test_fulfilment or test_cancellation or test_refusals) and not async"
NOWHERE = "00000000-0000-4000-8000-000000000000"
#: Set by whoever records against the playground: a key, and two fresh orders in the state
#: AUTHORIZED.
RECORD_KEY = os.environ.get("KUSTOM_RECORD_API_KEY")
RECORD_ORDERS = tuple(os.environ.get("KUSTOM_RECORD_ORDERS", "").split(","))

pytestmark = [pytest.mark.vcr]


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """What pytest-recording gives to vcrpy."""
    live = dict(zip(RECORD_ORDERS, ORDERS, strict=True)) if RECORD_KEY else {}
    return scrubber(lambda: {**live, **({RECORD_KEY: "[key]"} if RECORD_KEY else {})})


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    """Where pytest-recording looks for them."""
    return str(CASSETTES)


@pytest.fixture
def default_cassette_name(request: pytest.FixtureRequest) -> str:
    """One cassette for both modes."""
    return str(request.node.originalname)


@pytest.fixture
def target(record_mode: str) -> Iterator[dict[str, Any]]:
    """Options of a client: the playground as recorded, or what there is to record."""
    if record_mode == "none":
        yield {"base_url": PLAYGROUND, "api_key": CANARY}
    elif RECORD_KEY:
        yield {"api_key": RECORD_KEY}
    else:
        sandbox = Sandbox()
        sandbox.add_order({**sandbox.order(ORDERS[0]), "order_id": ORDERS[1]})
        with serve(sandbox) as url:
            yield {"base_url": url, "api_key": CANARY}


@pytest.fixture
def orders(record_mode: str) -> tuple[str, ...]:
    """The orders to fulfil and to cancel."""
    return RECORD_ORDERS if RECORD_KEY and record_mode != "none" else ORDERS


@pytest.mark.block_network
def test_fulfilment(
    connect: Callable[..., Client], target: dict[str, Any], orders: tuple[str, ...]
) -> None:
    """From the purchase to the refund: every verb but cancel."""
    kustom, order_id = connect(**target), orders[0]
    order = kustom.get_order(order_id)
    assert (order.order_id, order.status) == (order_id, "AUTHORIZED")
    kustom.acknowledge(order_id)
    kustom.update_merchant_references(order_id, merchant_reference1="A-1001")
    kustom.update_customer_details(order_id, shipping_address={"city": "City", "country": "SE"})
    kustom.add_shipping_info(order_id, [{"shipping_company": "PostNord"}])
    kustom.extend_authorization_time(order_id)
    kustom.update_authorization(order_id, order.order_amount, order.order_lines)
    first = order.order_lines[0]
    created = kustom.capture(
        order_id, first.total_amount, reference="shipment-1", order_lines=[first]
    )
    assert created.location.endswith(f"/captures/{created.id}")
    assert kustom.get_capture(order_id, created.id).captured_amount == first.total_amount
    kustom.add_capture_shipping_info(
        order_id, created.id, [{"tracking_number": "63456415674545679874"}]
    )
    assert [capture.capture_id for capture in kustom.list_captures(order_id)] == [created.id]
    with pytest.raises(CancelNotAllowed):
        kustom.cancel(order_id)
    kustom.release_remaining_authorization(order_id)
    back = kustom.refund(order_id, first.total_amount, reference="return-1", order_lines=[first])
    assert kustom.get_refund(order_id, back.id).refunded_amount == first.total_amount
    with pytest.raises(RefundNotAllowed):
        kustom.refund(order_id, 1)


@pytest.mark.block_network
def test_cancellation(
    connect: Callable[..., Client], target: dict[str, Any], orders: tuple[str, ...]
) -> None:
    """An order that is not to be delivered."""
    kustom = connect(**target)
    kustom.cancel(orders[1])
    assert kustom.get_order(orders[1]).status == "CANCELLED"


@pytest.mark.block_network
def test_refusals(connect: Callable[..., Client], target: dict[str, Any]) -> None:
    """An order that is not there, and a key that is not taken."""
    with pytest.raises(NoSuchOrder):
        connect(**target).get_order(NOWHERE)
    with pytest.raises(AuthenticationFailed):
        connect(**{"base_url": PLAYGROUND, **target, "api_key": "kco_wrong_CANARY"}).get_order(
            NOWHERE
        )


def recorded() -> list[dict[str, Any]]:
    """All interactions of all cassettes."""
    reader = YAML(typ="safe")
    return [
        interaction
        for path in sorted(CASSETTES.glob("*.yaml"))
        for interaction in reader.load(path)["interactions"]
    ]


def test_the_cassettes_hold_every_operation_with_a_success() -> None:
    """None of the 15 is left out."""
    seen = set()
    for interaction in recorded():
        if interaction["response"]["status"]["code"] < 300:
            path = interaction["request"]["uri"].removeprefix(PLAYGROUND)
            seen.add((interaction["request"]["method"], path))
    for name, facts in document.OPERATIONS.items():
        shape = re.compile(re.sub(r"\{\w+\}", "[^/]+", facts["path"]))
        assert any(method == facts["method"] and shape.fullmatch(path) for method, path in seen), (
            name
        )


def strays(folder: Path) -> set[str]:
    """Every file below a folder of cassettes that no test uses, and every one that a test lacks."""
    replaying = {
        f"{CASSETTES.name}/{name}.yaml"
        for name, member in globals().items()
        if name.startswith("test_") and getattr(member, "pytestmark", [])
    }
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    return there ^ {*replaying, "README.md", "recorded-against"}


def test_every_cassette_is_used() -> None:
    """One for each test that replays, and beside them,
    in whatever folder, no other file but two that say what they are.
    """
    assert strays(CASSETTES.parent) == set()


def test_a_cassette_that_no_test_uses_is_found(tmp_path: Path) -> None:
    """In another folder as well, and so is one that is gone."""
    folder = tmp_path / "cassettes"
    shutil.copytree(CASSETTES.parent, folder)
    for stray in (
        "test_gone/x.yaml",
        "x.yaml",
        f"{CASSETTES.name}/x.yaml",
        f"{CASSETTES.name}/a/b.yml",
    ):
        path = folder / stray
        path.parent.mkdir(exist_ok=True)
        path.touch()
        assert strays(folder) == {stray}
        path.unlink()
    (folder / CASSETTES.name / "test_refusals.yaml").unlink()
    assert strays(folder) == {f"{CASSETTES.name}/test_refusals.yaml"}


def normal(path: Path) -> str:
    """A cassette without what is new in every recording:
    ids, dates, and lengths that follow from them.
    """
    text = re.sub(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", path.read_text(encoding="utf-8")
    )
    text = re.sub(r"\d{4}-\d{2}-\d{2}T[0-9:.]+Z", "<date>", text)
    return " ".join(text.split())


def test_a_fresh_recording_is_the_same(tmp_path: Path) -> None:
    """Beyond ids and dates: else either the sandbox or the client has changed, and scripts/record
    was not run.

    Cassettes of the playground cannot be recorded here; scripts/record notes which ones these are.
    """
    against = (CASSETTES.parent / "recorded-against").read_text(encoding="utf-8").strip()
    if against != "sandbox":
        pytest.skip(
            f"the cassettes were recorded against the {against}: only "
            f"scripts/record can do that anew"
        )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            __file__,
            "--record-mode=rewrite",
            "-k",
            REPLAYING,
        ],
        env={**os.environ, "KUSTOM_CASSETTES": str(tmp_path)},
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in CASSETTES.iterdir()}
    for path in tmp_path.iterdir():
        assert normal(path) == normal(CASSETTES / path.name), f"{path.name}: run scripts/record"


def test_cassettes_of_the_playground_are_passed_over_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A skipped test with its reason, not one that has passed without a look."""
    (tmp_path / "recorded-against").write_text("playground\n")
    monkeypatch.setattr(sys.modules[__name__], "CASSETTES", tmp_path / "test_cassettes")
    with pytest.raises(pytest.skip.Exception, match="recorded against the playground"):
        test_a_fresh_recording_is_the_same(tmp_path)


def test_cassettes_hold_no_secret_and_nobody() -> None:
    """No credentials, no address of a machine,
    and of every person only what the scrubber makes of them.
    """
    for path in CASSETTES.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"(?i)kco_|canary|basic (?!realm)|127\.0\.0\.1|localhost|idempotency-key", text
        )
    bodies = 0
    for interaction in recorded():
        assert "authorization" not in {name.lower() for name in interaction["request"]["headers"]}
        for body in (interaction["request"]["body"], interaction["response"]["body"]["string"]):
            if body and body.startswith("{"):
                bodies += 1
                assert without_personal_data(json.loads(body)) == json.loads(body)
    assert bodies > 0


def test_people_are_taken_out_at_any_depth() -> None:
    """What the scrubber does with a recorded order of the playground."""
    order = {
        "billing_address": {"given_name": "Real", "title": "", "country": "SE"},
        "customer": {"date_of_birth": "1999-09-09"},
        "captures": [{"shipping_address": {"email": "real@example.org"}}],
    }
    assert without_personal_data(order) == {
        "billing_address": {"given_name": "Given", "title": "", "country": "SE"},
        "customer": {"date_of_birth": "1941-03-21"},
        "captures": [{"shipping_address": {"email": "person@example.com"}}],
    }


def test_what_a_shop_or_a_customer_wrote_is_taken_out_too() -> None:
    """Free text and every reference of the document, wherever they are."""
    written = {name for name in fields_of_the_document() if "reference" in name}
    written |= {"merchant_data", "description", "user_input"}
    inner = dict.fromkeys(written, "CANARY Real Person")
    order = {**inner, "order_lines": [inner], "captures": [{**inner, "refunds": [inner]}]}
    assert "CANARY" not in json.dumps(without_personal_data(order))
    assert without_personal_data({"merchant_data": "", "reference": None}) == {
        "merchant_data": "",
        "reference": None,
    }


def fields_of_the_document() -> set[str]:
    """The name of every field of every schema."""
    text = (Path(__file__).parent.parent / "openapi.yaml").read_text(encoding="utf-8")
    schemas = YAML(typ="safe").load(text)["components"]["schemas"].values()
    return {name for schema in schemas for name in schema.get("properties", {})}
