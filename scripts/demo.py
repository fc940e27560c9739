"""The story of one order, told with the public client against the sandbox on loopback.

With KUSTOM_API_KEY and KUSTOM_ORDER_ID set, it reads that order instead, and changes nothing.
"""

import argparse
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
)
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox, serve

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
    with serve(Sandbox()) as url, KustomClient("kco_test_demo", base_url=url) as kustom:
        print(f"The sandbox answers at {url}; nothing here leaves this machine.")
        _story(kustom, EXAMPLE_ORDER_ID)
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


def _story(kustom: KustomClient, order_id: str) -> None:
    _step("Read the order")
    order = kustom.get_order(order_id)
    _show(order)
    currency = str(order.purchase_currency)
    lines = [line for line in order.order_lines or [] if isinstance(line, OrderLine)]
    first, rest = lines[:1], lines[1:]

    _step("Acknowledge it, and give it our order number")
    kustom.acknowledge(order_id)
    done = kustom.update_merchant_references(order_id, merchant_reference1="A-1001")
    print(f"   done in {done.attempts} attempt, idempotency key {done.idempotency_key}")

    _step("The first parcel leaves: capture its lines, with the tracking number")
    made = kustom.capture(
        order_id,
        _total(first, currency),
        reference="shipment-1",
        order_lines=first,
        shipping_info=[
            ShippingInfo(shipping_company="PostNord", tracking_number="63456415674545679874")
        ],
    )
    _print_made("captured", _total(first, currency), made)

    _step("The customer wants to cancel: too late, and the error says what to do")
    try:
        kustom.cancel(order_id)
    except CancelNotAllowed as error:
        print(indent(fill(f"{type(error).__name__}: {error}", 100), "   "))

    _step("The second parcel leaves: capture the rest")
    made = kustom.capture(
        order_id, _total(rest, currency), reference="shipment-2", order_lines=rest
    )
    _print_made("captured", _total(rest, currency), made)

    _step("One item comes back: refund it")
    returned = rest[:1]
    made = kustom.refund(
        order_id, _total(returned, currency), reference="return-1", order_lines=returned
    )
    _print_made("refunded", _total(returned, currency), made)

    _step("The order in the end")
    _show(kustom.get_order(order_id))


def _total(lines: list[OrderLine], currency: str) -> Money:
    return Money(sum(line.total_amount for line in lines), currency)


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
