"""Orders as the plugins of real shops send them, and what a back office does with one of them.

The formulas are those of published plugins for this API family. Each function names its source as
repository, file and commit. The Python here is our own, the facts are theirs. Money is in minor
units: a Decimal where the shop has not rounded yet, an int where it has.
"""

import logging
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import islice
from typing import Any, Final

from kustom_facade import KustomClient, Money, OrderLine, lines, orders
from kustom_facade.sandbox import Sandbox

Json = dict[str, Any]
#: Positions of a cart as coupons see them: the price of all pieces, and their number.
Priced = Sequence[tuple[Decimal, int]]

RATES: Final = (0, 700, 1200, 1350, 1900, 2100, 2500, 2550)
#: What customers in some states of the US pay on top, in hundredths of a percent.
SALES_TAXES: Final = (0, 625, 825, 888)
#: A sandbox copies its orders, so that many small ones are faster than a large one.
ORDERS_PER_SANDBOX: Final = 250


# --- what is in a cart, as the shop has computed it


@dataclass(frozen=True, slots=True)
class Item:
    """A position of a cart, without tax and its tax, before and after the coupon."""

    reference: str
    quantity: int
    rate: int
    subtotal: Decimal
    subtotal_tax: Decimal
    total: Decimal
    total_tax: Decimal


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart when it is bought."""

    items: tuple[Item, ...]
    #: Whether the shop keeps its prices without tax.
    net: bool
    coupon: bool
    shipping: Item | None
    gift_card: int
    #: What the shop charges.
    total: int


def php_round(value: Decimal) -> int:
    """Round as PHP does: half away from zero."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def _tax(amount: Decimal, rate: int, *, net: bool) -> Decimal:
    base = 10_000 if net else 10_000 + rate
    return (amount * rate / base).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def cart(rng: random.Random, rates: Sequence[int] = RATES, *, only_net: bool = False) -> Cart:
    """Fill a cart and compute it.

    Source: woocommerce/woocommerce, includes/class-wc-cart-totals.php and
    includes/class-wc-discounts.php, 0379e4e. A line's tax is rounded by itself, or only in the sum
    where the shop is set to that. Tax inside of a price is rounded half down, else half up.
    """
    net, rounds_lines = only_net or rng.random() < 0.6, rng.random() < 0.7
    pieces = [rng.choice((1, 2, 3, rng.randint(1, 20))) for _ in range(rng.randint(1, 4))]
    # Some shops keep four decimals, so that a price with tax comes out round.
    digits = Decimal("0.01") if rng.random() < 0.3 else Decimal(1)
    prices = [(Decimal(rng.randint(5_000, 6_000_000)) / 100).quantize(digits) for _ in pieces]
    priced = sorted(
        ((price * quantity, quantity) for price, quantity in zip(prices, pieces, strict=True)),
        key=lambda pair: pair[0] * pair[1],
        reverse=True,
    )
    discounts = _discounts(rng, priced, net=net)

    def taxed(amount: Decimal, rate: int) -> tuple[Decimal, Decimal]:
        """Return an amount without its tax, and the tax."""
        tax = _tax(amount, rate, net=net)
        rounding = ROUND_HALF_UP if net else ROUND_HALF_DOWN
        rounded = tax.quantize(Decimal(1), rounding) if rounds_lines else tax
        return amount if net else amount - tax, rounded

    items = []
    for number, ((price, quantity), less) in enumerate(zip(priced, discounts, strict=True)):
        rate = rng.choice(rates)
        before, after = taxed(price, rate), taxed(price - less, rate)
        items.append(Item(f"SKU-{number}", quantity, rate, *before, *after))
    shipping = None
    if rng.random() < 0.7:
        rate, price = rng.choice(rates), Decimal(rng.choice((0, 2900, 4900, rng.randint(1, 9900))))
        tax = _tax(price, rate, net=True).quantize(Decimal(1), ROUND_HALF_UP)
        shipping = Item("flat_rate:1", 1, rate, price, tax, price, tax)
    charged = [item.total for item in items]
    if rounds_lines:
        charged = [Decimal(php_round(amount)) for amount in charged]
    charged += [item.total_tax for item in items]
    if shipping:
        charged += [shipping.total, shipping.total_tax]
    amount = php_round(sum(charged, Decimal(0)))
    gift_card = rng.randint(1, max(1, amount // 2)) if rng.random() < 0.1 else 0
    return Cart(tuple(items), net, any(discounts), shipping, gift_card, amount - gift_card)


def _discounts(rng: random.Random, priced: Priced, *, net: bool) -> list[Decimal]:
    """Spread a coupon over the positions. See :func:`cart` for the source."""
    none = [Decimal(0) for _ in priced]
    kind = rng.choice(("none", "percent", "fixed"))
    if kind == "percent":
        share = Decimal(rng.choice((50, 100, 125, 150, 330, 500))) / 1000
        discounts = [(price * share).quantize(Decimal(1), ROUND_FLOOR) for price, _ in priced]
        rounding = ROUND_HALF_UP if net else ROUND_HALF_DOWN
        wanted = (sum(price for price, _ in priced) * share).quantize(Decimal(1), rounding)
        return _by_single_units(priced, discounts, Decimal(wanted))
    if kind == "fixed":
        most = int(sum(price for price, _ in priced) / 2)
        return _by_pieces(priced, none, Decimal(rng.randint(1, max(1, min(most, 20_000)))))
    return none


def _by_pieces(priced: Priced, discounts: list[Decimal], wanted: Decimal) -> list[Decimal]:
    remaining = wanted - sum(discounts)
    positions = zip(priced, discounts, strict=True)
    count = sum(quantity for (price, quantity), less in positions if php_round(price - less) > 0)
    if remaining <= 0 or not count:
        return discounts
    each = (remaining / count).quantize(Decimal(1), ROUND_FLOOR)
    if not each:
        return _by_single_units(priced, discounts, wanted)
    more = [
        min(Decimal(php_round(price)), less + each * quantity)
        for (price, quantity), less in zip(priced, discounts, strict=True)
    ]
    return _by_pieces(priced, more, wanted)


def _by_single_units(priced: Priced, discounts: list[Decimal], wanted: Decimal) -> list[Decimal]:
    discounts = list(discounts)
    for number, (price, quantity) in enumerate(priced):
        for _ in range(quantity):
            if sum(discounts) < wanted and php_round(price - discounts[number]) > 0:
                discounts[number] += 1
    return discounts


# --- how a plugin tells it


def _line(kind: str, item: Item, unit_price: int, total: int, rate: int, tax: int) -> Json:
    return {
        "type": kind,
        "reference": item.reference,
        "name": f"Goods {item.reference}",
        "quantity": item.quantity,
        "unit_price": unit_price,
        "tax_rate": rate,
        "total_amount": total,
        "total_tax_amount": tax,
    }


def _single(kind: str, reference: str, amount: int, tax: int = 0) -> Json:
    """Return a line of one piece with a rate of 0."""
    item = Item(reference, 1, 0, *[Decimal(0)] * 4)
    return _line(kind, item, amount, amount, 0, tax) | {"total_discount_amount": 0}


def _tax_in(total: int, rate: int) -> int:
    return php_round(Decimal(total) - Decimal(total) * 10_000 / (10_000 + rate))


def checkout(bought: Cart, *, us: bool = False) -> list[Json]:
    """Return the lines that checkout is sent, made to sum up by a surcharge.

    Source: krokedil/klarna-checkout-for-woocommerce,
    classes/requests/helpers/class-kco-request-cart.php, 17b1fff. That version leaves the unit price
    unrounded, the ones before round it: the API takes whole numbers.
    """
    order_lines = []
    for item in bought.items:
        before, after = php_round(item.subtotal), php_round(item.total)
        if not us:
            before, after = before + php_round(item.subtotal_tax), after + php_round(item.total_tax)
        rate = item.rate if item.subtotal_tax > 0 and not us else 0
        unit_price = php_round(Decimal(before) / item.quantity)
        line = _line("physical", item, unit_price, after, rate, _tax_in(after, rate))
        order_lines.append(line | {"total_discount_amount": max(0, before - after)})
    if bought.shipping:
        item, tax = bought.shipping, 0 if us else bought.shipping.total_tax
        amount = php_round(item.total + tax)
        rate = item.rate if tax > 0 else 0
        order_lines.append(_line("shipping_fee", item, amount, amount, rate, _tax_in(amount, rate)))
    if us:
        order_lines.append(_single("sales_tax", "Sales Tax", _taxes(bought)))
    if bought.gift_card:
        order_lines.append(_single("gift_card", "gift-card", -bought.gift_card))
    if missing := bought.total - sum(line["total_amount"] for line in order_lines):
        order_lines.append(_single("surcharge", "added-surcharge", missing))
    return order_lines


def _taxes(bought: Cart) -> int:
    positions = (*bought.items, *([bought.shipping] if bought.shipping else []))
    return php_round(Decimal(sum(item.total_tax for item in positions)))


def management(bought: Cart, *, us: bool = False) -> list[Json]:
    """Return the lines of a capture: unrounded values of the shop, each rounded once.

    In the US the goods are stated before the coupon, with the coupon beside them as a discount. A
    smart coupon, here the gift card, has a rate of 0 and a tax.

    Source: krokedil/klarna-order-management-for-woocommerce,
    classes/class-wc-klarna-order-management-order-lines.php, 057e70e.
    """
    order_lines = []
    for item in (*bought.items, *([bought.shipping] if bought.shipping else [])):
        before = item.subtotal + (0 if us else item.subtotal_tax)
        after = item.total + (0 if us else item.total_tax)
        kind = "shipping_fee" if item is bought.shipping else "physical"
        unit_price = php_round(Decimal(php_round(before)) / item.quantity)
        rate, tax = (0, 0) if us else (item.rate, php_round(item.total_tax))
        line = _line(kind, item, unit_price, php_round(before if us else after), rate, tax)
        less = php_round(before - after) if item.subtotal > item.total else 0
        order_lines.append(line | {"total_discount_amount": less})
    if bought.gift_card:
        tax = _tax_in(-bought.gift_card, 0 if us else bought.items[0].rate)
        order_lines.append(_single("discount", "Discount", -bought.gift_card, tax))
    if us and bought.coupon:
        order_lines.append(_single("discount", "Cart discount", 0))
    if us:
        order_lines.append(_single("sales_tax", "Sales Tax", _taxes(bought)))
    return order_lines


def after_purchase(bought: Cart) -> list[Json]:
    """Return the lines of an order that is changed after the purchase: no reference, no discount.

    Source: krokedil/klarna-checkout-for-woocommerce,
    classes/requests/helpers/class-kco-request-order.php, 045097b.
    """
    order_lines = []
    for item in (*bought.items, *([bought.shipping] if bought.shipping else [])):
        total = php_round(item.total) + php_round(item.total_tax)
        unit_price = php_round(Decimal(total) / item.quantity)
        line = _line("", item, unit_price, total, item.rate, _tax_in(total, item.rate))
        del line["type"], line["reference"]
        order_lines.append(line)
    return order_lines


def shopware(bought: Cart) -> list[Json]:
    """Return lines whose unit price is rounded first, so that each adds up and their sum does not.

    Source: kellerkinderDE/klarna-ordermanagement,
    src/Components/Transformer/LineItemTransformer.php, 0a602d4.
    """
    order_lines = []
    for item in (*bought.items, *([bought.shipping] if bought.shipping else [])):
        unit_price = php_round(Decimal(php_round(item.total + item.total_tax)) / item.quantity)
        kind = "shipping_fee" if item is bought.shipping else "physical"
        total, tax = unit_price * item.quantity, php_round(item.total_tax)
        line = _line(kind, item, unit_price, total, item.rate, tax)
        order_lines.append(line | {"total_discount_amount": 0})
    if bought.gift_card:
        order_lines.append(_single("gift_card", "gift-card", -bought.gift_card))
    return order_lines


def refund_of(item: Item, pieces: int) -> Json:
    """Return the refund of some pieces, whose line is their rounded price times their number.

    Source: krokedil/klarna-order-management-for-woocommerce,
    classes/request/post/class-kom-request-post-refund.php, 1825fe9. Its rate is computed back from
    amounts: the tax after the coupon by the price before it.
    """
    net = php_round(item.subtotal * pieces / item.quantity)
    tax = php_round(item.total_tax * pieces / item.quantity)
    unit_price = php_round(Decimal(net + tax) / pieces)
    before, all_tax = php_round(item.subtotal), php_round(item.total_tax)
    rate = php_round(Decimal(all_tax) / before * 10_000) if before and all_tax else 0
    back = Item(item.reference, pieces, rate, *[Decimal(0)] * 4)
    line = _line("physical", back, unit_price, unit_price * pieces, rate, tax)
    return {"amount": net + tax, "order_lines": [line | {"total_discount_amount": 0}]}


# --- what the rules say about a line


def total_off(line: Mapping[str, Any]) -> int:
    """Return by how much a line's total is not what its other fields make it."""
    price = line["quantity"] * line["unit_price"]
    return int(price - line.get("total_discount_amount", 0) - line["total_amount"])


def tax_off(line: Mapping[str, Any]) -> Fraction:
    """Return by how much a line's tax is not what is in its total."""
    rate = line["tax_rate"]
    exact = Fraction(line["total_amount"] * rate, 10_000 + rate)
    return abs(exact - int(line["total_tax_amount"]))


def tolerated(line: Mapping[str, Any]) -> bool:
    """Return whether a line keeps both tolerances of the vendor."""
    return abs(total_off(line)) <= line["quantity"] and tax_off(line) <= 1


# --- sales


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as it lies in the API after the purchase, and what is known of it."""

    shop: str
    cart: Cart
    order: Json

    @property
    def sums_up(self) -> bool:
        """Return whether the lines sum up to what the shop charges."""
        total = sum(line["total_amount"] for line in self.order["order_lines"])
        return bool(total == self.order["order_amount"])

    @property
    def is_sound(self) -> bool:
        """Return whether a strict reader of lines has nothing to say."""
        return self.sums_up and all(map(tolerated, self.order["order_lines"]))


def sales(seed: int) -> Iterator[Sale]:
    """Return sales without end, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  to be repeatable is the point
    shops = ("checkout", "management", "after purchase", "shopware", "US checkout", "US management")
    while True:
        shop = rng.choices(shops, weights=(30, 30, 10, 10, 8, 12))[0]
        us = shop.startswith("US")
        bought = cart(rng, SALES_TAXES, only_net=True) if us else cart(rng)
        if bought.total < 1:
            continue
        if shop == "after purchase":
            order_lines = after_purchase(bought)
        elif shop == "shopware":
            order_lines = shopware(bought)
        else:
            order_lines = (checkout if shop.endswith("checkout") else management)(bought, us=us)
        places = {"purchase_currency": "USD", "purchase_country": "US"} if us else {}
        yield Sale(
            shop, bought, {"order_amount": bought.total, "order_lines": order_lines, **places}
        )


# --- what a back office does


@dataclass
class Figures:
    """What happened in a run."""

    #: Sales by shop, and how many of them a strict reader finds sound.
    shops: Counter[str] = field(default_factory=Counter)
    sound: int = 0
    #: Lines of net-priced goods, without and with a coupon; and those that do not multiply back.
    lines: Counter[bool] = field(default_factory=Counter)
    differing: Counter[bool] = field(default_factory=Counter)
    #: Shops with a line beyond its tolerance.
    beyond: Counter[str] = field(default_factory=Counter)
    captures: int = 0
    refunds: int = 0
    updates: int = 0

    def share(self, *, coupon: bool) -> float:
        """Return the share of net-priced lines that do not multiply back."""
        return self.differing[coupon] / max(1, self.lines[coupon])

    def count(self, sale: Sale) -> None:
        """Take note of a sale."""
        self.shops[sale.shop] += 1
        self.sound += sale.is_sound
        for line in sale.order["order_lines"]:
            if abs(total_off(line)) > line["quantity"]:
                self.beyond[f"{sale.shop}, {'with' if sale.cart.coupon else 'without'} coupon"] += 1
            if sale.cart.net and sale.shop in ("checkout", "management", "after purchase"):
                self.lines[sale.cart.coupon] += line.get("type") not in _SINGLE
                self.differing[sale.cart.coupon] += bool(total_off(line))

    def __str__(self) -> str:
        shops = ", ".join(f"{shop} {count}" for shop, count in sorted(self.shops.items()))
        beyond = ", ".join(f"{shop} {count}" for shop, count in sorted(self.beyond.items()))
        return (
            f"{self.shops.total()} sales ({shops}), {self.sound} sound\n"
            f"lines of net prices that do not multiply back: "
            f"{self.share(coupon=False):.1%} without a coupon, "
            f"{self.share(coupon=True):.1%} with one\n"
            f"lines beyond their tolerance: {beyond or 'none'}\n"
            f"sent and none refused: {self.captures} captures, {self.refunds} refunds, "
            f"{self.updates} updates"
        )


#: Kinds of lines that always are of one piece.
_SINGLE: Final = ("shipping_fee", "gift_card", "discount", "surcharge", "sales_tax")


class _Findings(logging.Handler):
    """What the client has to say about amounts of lines."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep remarks on a line's total, its tax, and the sum of the lines.

        Not those on signs: a surcharge that makes up for roundings may be -1, and so may one piece
        of goods that a coupon makes nearly free.
        """
        text = record.getMessage()
        if "give or take" in text or "sum up to" in text:
            self.texts.append(text)


class BackOffice:
    """A shop's back office over one client: every sale from the purchase to its last refund.

    A sound sale goes to a sandbox that checks lines, and the client must have nothing to say about
    its amounts. Another one goes to a sandbox that takes everything, as the API does.
    """

    def __init__(self, seed: int, figures: Figures, *, counts_refunds: bool) -> None:
        """Open it. ``counts_refunds`` is whether captures show what was refunded of them."""
        self.figures = figures
        self._counts_refunds = counts_refunds
        self._rng = random.Random(f"back office {seed}")  # noqa: S311  as above
        self._strict = Sandbox(refunds_on_captures=counts_refunds, check_lines=True)
        self._lenient = Sandbox(refunds_on_captures=counts_refunds, check_lines=False)

    def handle(self, sale: Sale, findings: _Findings) -> None:
        """Carry a sale through, and look at what is left."""
        self.figures.count(sale)
        # The lines of the plugin's own refunds are as they are.
        as_the_plugin = sale.shop == "management" and self._rng.random() < 0.3
        sandbox = self._strict if sale.is_sound and not as_the_plugin else self._lenient
        findings.texts.clear()
        with KustomClient("kco_test_shops", transport=sandbox) as kustom:
            order_id = sandbox.add_order(sale.order)
            self._authorize(kustom, order_id)
            self._capture(kustom, order_id)
            if as_the_plugin:
                self._refund_as_the_plugin(kustom, order_id, sale)
            else:
                self._refund(kustom, order_id)
                assert not (sale.is_sound and findings.texts), findings.texts
            order = kustom.get_order(order_id)
        there = sandbox.order(order_id)
        assert there["captured_amount"] == there["refunded_amount"] == sale.order["order_amount"]
        assert orders.refundable(order) == Money(0, there["purchase_currency"])
        assert not any(
            remaining.minor for remaining in orders.refundable_by_capture(order).values()
        )

    def _authorize(self, kustom: KustomClient, order_id: str) -> None:
        order = kustom.get_order(order_id)
        for line in order.order_lines or []:
            check_parts(line, self._rng)
        if self._rng.random() < 0.3:
            kustom.update_authorization(order_id, order.order_amount or 0, order.order_lines or [])
            self.figures.updates += 1

    def _capture(self, kustom: KustomClient, order_id: str) -> None:
        order = kustom.get_order(order_id)
        amount = int(order.order_amount or 0)
        for number, (share, part) in enumerate(self._shares(order.order_lines or [], amount)):
            kustom.capture(order_id, part, reference=f"shipment-{number}", order_lines=share)
            self.figures.captures += 1

    def _refund(self, kustom: KustomClient, order_id: str) -> None:
        taken: Counter[str] = Counter()
        for capture in kustom.list_captures(order_id):
            amount = int(capture.captured_amount or 0)
            for number, (share, part) in enumerate(self._shares(capture.order_lines or [], amount)):
                reference = f"return-{capture.capture_id}-{number}"
                kustom.refund(order_id, part, reference=reference, order_lines=share)
                self.figures.refunds += 1
                taken[str(capture.capture_id)] += part
                self._check_left(kustom, order_id, taken)

    def _refund_as_the_plugin(self, kustom: KustomClient, order_id: str, sale: Sale) -> None:
        item = sale.cart.items[0]
        refund = refund_of(item, self._rng.randint(1, item.quantity))
        if 0 < refund["amount"] < sale.order["order_amount"]:
            kustom.refund(order_id, **refund)
            self.figures.refunds += 1
        kustom.refund(order_id, orders.refundable(kustom.get_order(order_id)))
        self.figures.refunds += 1

    def _check_left(self, kustom: KustomClient, order_id: str, taken: Mapping[str, int]) -> None:
        """Hold that no capture is shown with more than it has left."""
        order = kustom.get_order(order_id)
        remaining = orders.refundable_by_capture(order)
        for capture in order.captures or []:
            name = str(capture.capture_id)
            # Where captures count, they say which one the API took it from.
            back = int(capture.refunded_amount or 0) if self._counts_refunds else taken[name]
            assert remaining[name].minor <= int(capture.captured_amount or 0) - back

    def _shares(self, whole: list[OrderLine], amount: int) -> list[tuple[list[OrderLine], int]]:
        """Return the lines as one event or two, each with its part of the amount."""
        shares: tuple[list[OrderLine], list[OrderLine]] = ([], [])
        for line in whole:
            quantity = line.quantity or 0
            if quantity < 2:
                self._rng.choice(shares).append(line)
                continue
            first = self._rng.randint(1, quantity - 1)
            parts = lines.split(line, [first, quantity - first])
            for share, piece in zip(shares, parts, strict=True):
                share.append(piece)
        first_sum, second_sum = (sum(line.total_amount or 0 for line in share) for share in shares)
        if self._rng.random() < 0.3 or first_sum <= 0 or second_sum <= 0:
            return [(whole, amount)]
        # In proportion, for the lines of some orders do not sum up to the amount.
        first_amount = amount * first_sum // (first_sum + second_sum)
        if not 0 < first_amount < amount:
            return [(whole, amount)]
        return [(shares[0], first_amount), (shares[1], amount - first_amount)]


def check_parts(line: OrderLine, rng: random.Random) -> None:
    """Hold that parts of a line add up to it, and are each as right as the line is."""
    quantities, remaining = [], line.quantity or 0
    while remaining:
        quantities.append(rng.randint(1, remaining))
        remaining -= quantities[-1]
    whole, after = line.to_dict(), 0
    parts = [part.to_dict() for part in lines.split(line, quantities)]
    for name in ("quantity", "total_amount", "total_discount_amount", "total_tax_amount"):
        assert sum(part.get(name, 0) for part in parts) == whole.get(name, 0), (name, whole, parts)
    for quantity, part in zip(quantities, parts, strict=True):
        assert lines.take(line, quantity, after=after).to_dict() == part
        after += quantity
        if abs(total_off(whole)) <= whole["quantity"]:
            assert abs(total_off(part)) <= quantity, (whole, part)
        if tax_off(whole) <= 1 and abs(total_off(whole)) <= whole["quantity"]:
            assert tax_off(part) <= 1, (whole, part)


def run(count: int, seed: int) -> Figures:
    """Carry so many sales through, and return the figures. An AssertionError says what is wrong."""
    log, findings = logging.getLogger("kustom_facade"), _Findings()
    propagates, log.propagate = log.propagate, False
    log.addHandler(findings)
    figures, source = Figures(), sales(seed)
    try:
        for number, begin in enumerate(range(0, count, ORDERS_PER_SANDBOX)):
            office = BackOffice(seed + begin, figures, counts_refunds=number % 2 == 0)
            for sale in islice(source, min(ORDERS_PER_SANDBOX, count - begin)):
                office.handle(sale, findings)
    finally:
        log.removeHandler(findings)
        log.propagate = propagates
    return figures


def main(arguments: Sequence[str]) -> None:
    """Run at length: how many sales, and the seed."""
    count, seed = (*map(int, arguments), *(10_000, 1)[len(arguments) :])
    sys.stdout.write(f"shops, seed {seed}: {run(count, seed)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
