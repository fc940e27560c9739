from __future__ import annotations

from ..models.merchant_order_dto_status import MerchantOrderDtoStatus
from ..types import *

_read_status = reader_of(MerchantOrderDtoStatus)


@define
class MerchantOrderDto(Undeclared):
    """An order as the merchant sees it: amounts, lines, addresses, and all captures and refunds so far.

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
        merchant_reference1: The merchant's order number, shown to the customer as the order number.
        merchant_reference2: A second reference for the merchant's own systems.
        order_amount: Order total, in minor units of the purchase currency.
        order_id: The order's unique id, at most 255 characters.
        order_lines: The lines of the cart.
        original_order_amount: Order total at the time of purchase, in minor units.
        purchase_country: Country of the purchase (ISO 3166-1 alpha-2).
        purchase_currency: Currency of every amount of the order (ISO 4217).
        refunded_amount: Sum of all refunds, in minor units.
        refunds: Every refund made on the order.
        remaining_authorized_amount: What can still be captured, in minor units; raised by raising
            order_amount.
        selected_shipping_option: The shipping option that the customer picked in the checkout.
        shipping_address: A postal address with a contact.
        shipping_info: Shipments recorded on the order itself.
        status: Where the order is in its life.
    """

    billing_address: AddressDto | Unset = UNSET
    captured_amount: int | Unset = UNSET
    captures: list[CaptureDto] | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    customer: CustomerDto | Unset = UNSET
    expires_at: datetime.datetime | Unset = UNSET
    fraud_status: str | Unset = UNSET
    initial_payment_method: InitialPaymentMethodDto | Unset = UNSET
    klarna_reference: str | Unset = UNSET
    locale: str | Unset = UNSET
    merchant_data: str | Unset = UNSET
    merchant_reference1: str | Unset = UNSET
    merchant_reference2: str | Unset = UNSET
    order_amount: int | Unset = UNSET
    order_id: str | Unset = UNSET
    order_lines: list[OrderLineDto] | Unset = UNSET
    original_order_amount: int | Unset = UNSET
    purchase_country: str | Unset = UNSET
    purchase_currency: str | Unset = UNSET
    refunded_amount: int | Unset = UNSET
    refunds: list[RefundDto] | Unset = UNSET
    remaining_authorized_amount: int | Unset = UNSET
    selected_shipping_option: SelectedShippingOptionDto | Unset = UNSET
    shipping_address: AddressDto | Unset = UNSET
    shipping_info: list[ShippingInfoDto] | Unset = UNSET
    status: MerchantOrderDtoStatus | Unset = UNSET

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.billing_address = read(get("billing_address"), AddressDto.from_dict)
        self.captured_amount = ABSENT if (value := get("captured_amount")) is None else value
        self.captures = read_list(get("captures"), CaptureDto.from_dict)
        self.created_at = read(get("created_at"), datetime.datetime.fromisoformat)
        self.customer = read(get("customer"), CustomerDto.from_dict)
        self.expires_at = read(get("expires_at"), datetime.datetime.fromisoformat)
        self.fraud_status = ABSENT if (value := get("fraud_status")) is None else value
        self.initial_payment_method = read(get("initial_payment_method"), InitialPaymentMethodDto.from_dict)
        self.klarna_reference = ABSENT if (value := get("klarna_reference")) is None else value
        self.locale = ABSENT if (value := get("locale")) is None else value
        self.merchant_data = ABSENT if (value := get("merchant_data")) is None else value
        self.merchant_reference1 = ABSENT if (value := get("merchant_reference1")) is None else value
        self.merchant_reference2 = ABSENT if (value := get("merchant_reference2")) is None else value
        self.order_amount = ABSENT if (value := get("order_amount")) is None else value
        self.order_id = ABSENT if (value := get("order_id")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.original_order_amount = ABSENT if (value := get("original_order_amount")) is None else value
        self.purchase_country = ABSENT if (value := get("purchase_country")) is None else value
        self.purchase_currency = ABSENT if (value := get("purchase_currency")) is None else value
        self.refunded_amount = ABSENT if (value := get("refunded_amount")) is None else value
        self.refunds = read_list(get("refunds"), RefundDto.from_dict)
        self.remaining_authorized_amount = (
            ABSENT if (value := get("remaining_authorized_amount")) is None else value
        )
        self.selected_shipping_option = read(
            get("selected_shipping_option"), SelectedShippingOptionDto.from_dict
        )
        self.shipping_address = read(get("shipping_address"), AddressDto.from_dict)
        self.shipping_info = read_list(get("shipping_info"), ShippingInfoDto.from_dict)
        self.status = _read_status(get("status"))
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(MerchantOrderDto)

from ..models.address_dto import AddressDto  # noqa: E402
from ..models.capture_dto import CaptureDto  # noqa: E402
from ..models.customer_dto import CustomerDto  # noqa: E402
from ..models.initial_payment_method_dto import InitialPaymentMethodDto  # noqa: E402
from ..models.order_line_dto import OrderLineDto  # noqa: E402
from ..models.refund_dto import RefundDto  # noqa: E402
from ..models.selected_shipping_option_dto import SelectedShippingOptionDto  # noqa: E402
from ..models.shipping_info_dto import ShippingInfoDto  # noqa: E402
