"""The data models of requests and answers, each imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .addon_dto import AddonDto
    from .address_dto import AddressDto
    from .cancel_not_allowed import CancelNotAllowed
    from .capture_dto import CaptureDto
    from .capture_not_allowed import CaptureNotAllowed
    from .capture_object_dto import CaptureObjectDto
    from .carrier_product_dto import CarrierProductDto
    from .customer_dto import CustomerDto
    from .error_message_dto import ErrorMessageDto
    from .error_message_dto_error_code import ErrorMessageDtoErrorCode
    from .initial_payment_method_dto import InitialPaymentMethodDto
    from .location_address_dto import LocationAddressDto
    from .location_dto import LocationDto
    from .merchant_order_dto import MerchantOrderDto
    from .merchant_order_dto_status import MerchantOrderDtoStatus
    from .no_such_capture import NoSuchCapture
    from .no_such_order import NoSuchOrder
    from .not_allowed import NotAllowed
    from .not_found import NotFound
    from .order_line_dto import OrderLineDto
    from .order_line_dto_type import OrderLineDtoType
    from .product_identifiers_dto import ProductIdentifiersDto
    from .refund_dto import RefundDto
    from .refund_not_allowed import RefundNotAllowed
    from .refund_object_dto import RefundObjectDto
    from .selected_shipping_option_dto import SelectedShippingOptionDto
    from .shipping_info_dto import ShippingInfoDto
    from .timeslot_dto import TimeslotDto
    from .update_authorization_dto import UpdateAuthorizationDto
    from .update_consumer_dto import UpdateConsumerDto
    from .update_merchant_references_dto import UpdateMerchantReferencesDto
    from .update_shipping_info_dto import UpdateShippingInfoDto

_HOMES = {
    "AddonDto": ".addon_dto",
    "AddressDto": ".address_dto",
    "CancelNotAllowed": ".cancel_not_allowed",
    "CaptureDto": ".capture_dto",
    "CaptureNotAllowed": ".capture_not_allowed",
    "CaptureObjectDto": ".capture_object_dto",
    "CarrierProductDto": ".carrier_product_dto",
    "CustomerDto": ".customer_dto",
    "ErrorMessageDto": ".error_message_dto",
    "ErrorMessageDtoErrorCode": ".error_message_dto_error_code",
    "InitialPaymentMethodDto": ".initial_payment_method_dto",
    "LocationAddressDto": ".location_address_dto",
    "LocationDto": ".location_dto",
    "MerchantOrderDto": ".merchant_order_dto",
    "MerchantOrderDtoStatus": ".merchant_order_dto_status",
    "NoSuchCapture": ".no_such_capture",
    "NoSuchOrder": ".no_such_order",
    "NotAllowed": ".not_allowed",
    "NotFound": ".not_found",
    "OrderLineDto": ".order_line_dto",
    "OrderLineDtoType": ".order_line_dto_type",
    "ProductIdentifiersDto": ".product_identifiers_dto",
    "RefundDto": ".refund_dto",
    "RefundNotAllowed": ".refund_not_allowed",
    "RefundObjectDto": ".refund_object_dto",
    "SelectedShippingOptionDto": ".selected_shipping_option_dto",
    "ShippingInfoDto": ".shipping_info_dto",
    "TimeslotDto": ".timeslot_dto",
    "UpdateAuthorizationDto": ".update_authorization_dto",
    "UpdateConsumerDto": ".update_consumer_dto",
    "UpdateMerchantReferencesDto": ".update_merchant_references_dto",
    "UpdateShippingInfoDto": ".update_shipping_info_dto",
}

__all__ = (
    "AddonDto",
    "AddressDto",
    "CancelNotAllowed",
    "CaptureDto",
    "CaptureNotAllowed",
    "CaptureObjectDto",
    "CarrierProductDto",
    "CustomerDto",
    "ErrorMessageDto",
    "ErrorMessageDtoErrorCode",
    "InitialPaymentMethodDto",
    "LocationAddressDto",
    "LocationDto",
    "MerchantOrderDto",
    "MerchantOrderDtoStatus",
    "NoSuchCapture",
    "NoSuchOrder",
    "NotAllowed",
    "NotFound",
    "OrderLineDto",
    "OrderLineDtoType",
    "ProductIdentifiersDto",
    "RefundDto",
    "RefundNotAllowed",
    "RefundObjectDto",
    "SelectedShippingOptionDto",
    "ShippingInfoDto",
    "TimeslotDto",
    "UpdateAuthorizationDto",
    "UpdateConsumerDto",
    "UpdateMerchantReferencesDto",
    "UpdateShippingInfoDto",
)


if not TYPE_CHECKING:  # a type checker reads the imports above, and finds names that are not there

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOMES[name], __name__), name)
        return value
