"""The story of one order, told with the public client against the sandbox on loopback.

With KUSTOM_API_KEY and KUSTOM_ORDER_ID set, it reads that order instead, and changes nothing.
"""

import argparse
import logging
import os
import sys
from itertools import count
from textwrap import fill, indent

from kustom_facade import (
    CancelNotAllowed,
    Created,
    KustomClient,
    KustomError,
    MerchantOrder,
    Money,
    OrderLine,
    ShippingInfo,
    lines,
)
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox, serve

_steps = count(1)


def main() -> int:
    """Run the demo, and return the exit status."""
    argparse.ArgumentParser(
        prog="demo",
        description="Tells one order's story against the sandbox; with KUSTOM_API_KEY and "
        "KUSTOM_ORDER_ID set, reads that order instead and changes nothing.",
    ).parse_args()
    key, order_id = os.environ.get("KUSTOM_API_KEY"), os.environ.get("KUSTOM_ORDER_ID")
    if key and order_id:
        return _read_only(order_id)
    if key or order_id:
        print(
            "(To read a real order, set KUSTOM_API_KEY and KUSTOM_ORDER_ID; using the sandbox.)\n"
        )
    sandbox = Sandbox()
    with serve(sandbox) as url, KustomClient("kco_test_demo", base_url=url) as kustom:
        print(f"The sandbox answers at {url}; nothing here leaves this machine.")
        _story(kustom, sandbox, EXAMPLE_ORDER_ID)
    print("\ndemo: done; the order was captured in two parts and one item refunded.")
    return 0


def _read_only(order_id: str) -> int:
    print("Reading your order; nothing is changed.")
    try:
        with KustomClient() as kustom:
            _show(kustom.get_order(order_id))
    except KustomError as error:
        print(f"demo: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print("\ndemo: done; the order was read and nothing changed.")
    return 0


def _story(kustom: KustomClient, sandbox: Sandbox, order_id: str) -> None:
    _step("Read the order")
    order = kustom.get_order(order_id)
    _show(order)
    currency = str(order.purchase_currency)
    ordered = [line for line in order.order_lines or [] if isinstance(line, OrderLine)]
    first, rest = ordered[:1], ordered[1:]

    _step("Acknowledge it, and give it our order number")
    kustom.acknowledge(order_id)
    done = kustom.update_merchant_references(order_id, merchant_reference1="A-1001")
    print(f"   done in {done.attempts} attempt, idempotency key {done.idempotency_key}")

    _step("The first parcel leaves: capture its lines, with the tracking number")
    amount = Money(lines.total(first), currency)
    made = kustom.capture(
        order_id,
        amount,
        reference="shipment-1",
        order_lines=first,
        shipping_info=[
            ShippingInfo(shipping_company="PostNord", tracking_number="63456415674545679874")
        ],
    )
    _print_made("captured", amount, made)

    _step("The customer wants to cancel: too late, and the error says what to do")
    try:
        kustom.cancel(order_id)
    except CancelNotAllowed as error:
        _wrapped(f"{type(error).__name__}: {error}")

    _step("The second parcel leaves: capture the rest. The money moves, and the answer is lost")
    amount = Money(lines.total(rest), currency)
    sandbox.faults.add(Fault("lose", verb="capture", times=1))
    logging.getLogger("kustom_facade").addHandler(_Teller())
    made = kustom.ensure_capture(order_id, amount, reference="shipment-2", order_lines=rest)
    _print_made("captured", amount, made)

    _step("The job is run again, as queues do: ensure_capture finds what was done")
    again = kustom.ensure_capture(order_id, amount, reference="shipment-2", order_lines=rest)
    print(f"   already done: {again.already_done}, id {again.id}")
    print(f"   captures of this order: {len(kustom.list_captures(order_id))}, not three")

    _step("One item comes back: refund it")
    returned = rest[:1]
    amount = Money(lines.total(returned), currency)
    made = kustom.refund(order_id, amount, reference="return-1", order_lines=returned)
    _print_made("refunded", amount, made)

    _step("The order in the end")
    _show(kustom.get_order(order_id))


class _Teller(logging.Handler):
    """Prints what the client logs, as a part of the story."""

    def emit(self, record: logging.LogRecord) -> None:
        _wrapped(f"log: {record.getMessage()}")


def _wrapped(text: str) -> None:
    print(indent(fill(text, 97), "   "))


def _step(title: str) -> None:
    print(f"\n{next(_steps)}. {title}")


def _print_made(verb: str, amount: Money, made: Created) -> None:
    print(f"   {verb} {amount}: id {made.id}, idempotency key {made.idempotency_key}")


def _show(order: MerchantOrder) -> None:
    """Print an order for people, without what it does not have."""
    currency = order.purchase_currency
    print(f"   order {order.order_id}: {order.status}, fraud status {order.fraud_status}")
    if order.merchant_reference1:
        print(f"   your reference: {order.merchant_reference1}")
    for line in order.order_lines or []:
        print(f"   {line.quantity:>6} x {line.name:<28} {_amount(line.total_amount, currency):>14}")
    for name in (
        "order_amount",
        "captured_amount",
        "refunded_amount",
        "remaining_authorized_amount",
    ):
        print(f"   {name.replace('_', ' '):<37} {_amount(getattr(order, name), currency):>14}")


def _amount(minor: object, currency: object) -> str:
    """Return an amount for people. In a real order nothing is certain to be there."""
    if isinstance(minor, int) and isinstance(currency, str):
        return str(Money(minor, currency))
    return "?"


if __name__ == "__main__":
    sys.exit(main())
