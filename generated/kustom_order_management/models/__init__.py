"""All models of the bindings"""

from ..types import resolve_annotations
from .addon import Addon
from .address import Address
from .cancel_not_allowed import CancelNotAllowed
from .capture import Capture
from .capture_not_allowed import CaptureNotAllowed
from .capture_object import CaptureObject
from .carrier_product import CarrierProduct
from .customer import Customer
from .error_message import ErrorMessage
from .error_message_error_code import ErrorMessageErrorCode
from .initial_payment_method import InitialPaymentMethod
from .location import Location
from .location_address import LocationAddress
from .merchant_order import MerchantOrder
from .merchant_order_status import MerchantOrderStatus
from .no_such_capture import NoSuchCapture
from .no_such_order import NoSuchOrder
from .not_allowed import NotAllowed
from .not_found import NotFound
from .order_line import OrderLine
from .order_line_type import OrderLineType
from .product_identifiers import ProductIdentifiers
from .refund import Refund
from .refund_not_allowed import RefundNotAllowed
from .refund_object import RefundObject
from .selected_shipping_option import SelectedShippingOption
from .shipping_info import ShippingInfo
from .timeslot import Timeslot
from .update_authorization import UpdateAuthorization
from .update_consumer import UpdateConsumer
from .update_merchant_references import UpdateMerchantReferences
from .update_shipping_info import UpdateShippingInfo

__all__ = (
    "Addon",
    "Address",
    "CancelNotAllowed",
    "Capture",
    "CaptureNotAllowed",
    "CaptureObject",
    "CarrierProduct",
    "Customer",
    "ErrorMessage",
    "ErrorMessageErrorCode",
    "InitialPaymentMethod",
    "Location",
    "LocationAddress",
    "MerchantOrder",
    "MerchantOrderStatus",
    "NoSuchCapture",
    "NoSuchOrder",
    "NotAllowed",
    "NotFound",
    "OrderLine",
    "OrderLineType",
    "ProductIdentifiers",
    "Refund",
    "RefundNotAllowed",
    "RefundObject",
    "SelectedShippingOption",
    "ShippingInfo",
    "Timeslot",
    "UpdateAuthorization",
    "UpdateConsumer",
    "UpdateMerchantReferences",
    "UpdateShippingInfo",
)

resolve_annotations(
    Addon,
    Address,
    CancelNotAllowed,
    Capture,
    CaptureNotAllowed,
    CaptureObject,
    CarrierProduct,
    Customer,
    ErrorMessage,
    ErrorMessageErrorCode,
    InitialPaymentMethod,
    Location,
    LocationAddress,
    MerchantOrder,
    MerchantOrderStatus,
    NoSuchCapture,
    NoSuchOrder,
    NotAllowed,
    NotFound,
    OrderLine,
    OrderLineType,
    ProductIdentifiers,
    Refund,
    RefundNotAllowed,
    RefundObject,
    SelectedShippingOption,
    ShippingInfo,
    Timeslot,
    UpdateAuthorization,
    UpdateConsumer,
    UpdateMerchantReferences,
    UpdateShippingInfo,
)
