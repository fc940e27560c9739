from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..models.merchant_order_status import MerchantOrderStatus
from ..types import Model, read, read_list, register_fields, undeclared


@define(repr=False)
class MerchantOrder(Model):
    """An order as the merchant sees it: amounts, lines, addresses, and all captures and refunds so
    far.

    Attributes:
        billing_address: A postal address with a contact.
        captured_amount: Sum of all captures, in minor units.
        captures: Every capture made on the order.
        created_at: When the purchase was made (ISO 8601).
        customer: Who placed the order.
        expires_at: Last moment at which the order can be captured (ISO 8601).
        fraud_status: Outcome of the fraud check: ACCEPTED, PENDING or REJECTED.
        initial_payment_method: How the customer chose to pay at the purchase.
        klarna_reference: Short reference that the customer sees in messages about the payment.
        locale: Language and region of the customer (RFC 1766).
        merchant_data: Free text that the merchant stored with the order when it was created.
        merchant_reference1: The merchant's order number, shown to the customer as the order
            number.
        merchant_reference2: A second reference for the merchant's own systems.
        order_amount: Order total, in minor units of the purchase currency.
        order_id: The order's unique id, at most 255 characters.
        order_lines: The lines of the cart.
        original_order_amount: Order total at the time of purchase, in minor units.
        purchase_country: Country of the purchase (ISO 3166-1 alpha-2).
        purchase_currency: Currency of every amount of the order (ISO 4217).
        refunded_amount: Sum of all refunds, in minor units.
        refunds: Every refund made on the order.
        remaining_authorized_amount: What can still be captured, in minor units; raised by
            raising order_amount.
        selected_shipping_option: The shipping option that the customer picked in the checkout.
        shipping_address: A postal address with a contact.
        shipping_info: Shipments recorded on the order itself.
        status: Where the order is in its life.
    """

    billing_address: Address | None = None
    captured_amount: int | None = None
    captures: list[Capture] | None = None
    created_at: datetime.datetime | None = None
    customer: Customer | None = None
    expires_at: datetime.datetime | None = None
    fraud_status: str | None = None
    initial_payment_method: InitialPaymentMethod | None = None
    klarna_reference: str | None = None
    locale: str | None = None
    merchant_data: str | None = None
    merchant_reference1: str | None = None
    merchant_reference2: str | None = None
    order_amount: int | None = None
    order_id: str | None = None
    order_lines: list[OrderLine] | None = None
    original_order_amount: int | None = None
    purchase_country: str | None = None
    purchase_currency: str | None = None
    refunded_amount: int | None = None
    refunds: list[Refund] | None = None
    remaining_authorized_amount: int | None = None
    selected_shipping_option: SelectedShippingOption | None = None
    shipping_address: Address | None = None
    shipping_info: list[ShippingInfo] | None = None
    status: MerchantOrderStatus | None = None

    _personal = frozenset({"billing_address", "customer", "shipping_address"})

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.billing_address = read(get("billing_address"), Address.from_dict)
        self.captured_amount = get("captured_amount")
        self.captures = read_list(get("captures"), Capture.from_dict)
        self.created_at = read(get("created_at"), datetime.datetime.fromisoformat)
        self.customer = read(get("customer"), Customer.from_dict)
        self.expires_at = read(get("expires_at"), datetime.datetime.fromisoformat)
        self.fraud_status = get("fraud_status")
        self.initial_payment_method = read(
            get("initial_payment_method"), InitialPaymentMethod.from_dict
        )
        self.klarna_reference = get("klarna_reference")
        self.locale = get("locale")
        self.merchant_data = get("merchant_data")
        self.merchant_reference1 = get("merchant_reference1")
        self.merchant_reference2 = get("merchant_reference2")
        self.order_amount = get("order_amount")
        self.order_id = get("order_id")
        self.order_lines = read_list(get("order_lines"), OrderLine.from_dict)
        self.original_order_amount = get("original_order_amount")
        self.purchase_country = get("purchase_country")
        self.purchase_currency = get("purchase_currency")
        self.refunded_amount = get("refunded_amount")
        self.refunds = read_list(get("refunds"), Refund.from_dict)
        self.remaining_authorized_amount = get("remaining_authorized_amount")
        self.selected_shipping_option = read(
            get("selected_shipping_option"), SelectedShippingOption.from_dict
        )
        self.shipping_address = read(get("shipping_address"), Address.from_dict)
        self.shipping_info = read_list(get("shipping_info"), ShippingInfo.from_dict)
        self.status = MerchantOrderStatus.read(get("status"))
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(MerchantOrder)

from ..models.address import Address  # noqa: E402
from ..models.capture import Capture  # noqa: E402
from ..models.customer import Customer  # noqa: E402
from ..models.initial_payment_method import InitialPaymentMethod  # noqa: E402
from ..models.order_line import OrderLine  # noqa: E402
from ..models.refund import Refund  # noqa: E402
from ..models.selected_shipping_option import SelectedShippingOption  # noqa: E402
from ..models.shipping_info import ShippingInfo  # noqa: E402
