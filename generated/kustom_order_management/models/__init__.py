"""The data models of requests and answers, each imported when it is first used."""

from typing import TYPE_CHECKING

from ..types import lazily

if TYPE_CHECKING:
    from .addon_dto import AddonDto as AddonDto
    from .address_dto import AddressDto as AddressDto
    from .cancel_not_allowed import CancelNotAllowed as CancelNotAllowed
    from .capture_dto import CaptureDto as CaptureDto
    from .capture_not_allowed import CaptureNotAllowed as CaptureNotAllowed
    from .capture_object_dto import CaptureObjectDto as CaptureObjectDto
    from .carrier_product_dto import CarrierProductDto as CarrierProductDto
    from .customer_dto import CustomerDto as CustomerDto
    from .error_message_dto import ErrorMessageDto as ErrorMessageDto
    from .error_message_dto_error_code import ErrorMessageDtoErrorCode as ErrorMessageDtoErrorCode
    from .initial_payment_method_dto import InitialPaymentMethodDto as InitialPaymentMethodDto
    from .location_address_dto import LocationAddressDto as LocationAddressDto
    from .location_dto import LocationDto as LocationDto
    from .merchant_order_dto import MerchantOrderDto as MerchantOrderDto
    from .merchant_order_dto_status import MerchantOrderDtoStatus as MerchantOrderDtoStatus
    from .no_such_capture import NoSuchCapture as NoSuchCapture
    from .no_such_order import NoSuchOrder as NoSuchOrder
    from .not_allowed import NotAllowed as NotAllowed
    from .not_found import NotFound as NotFound
    from .order_line_dto import OrderLineDto as OrderLineDto
    from .order_line_dto_type import OrderLineDtoType as OrderLineDtoType
    from .product_identifiers_dto import ProductIdentifiersDto as ProductIdentifiersDto
    from .refund_dto import RefundDto as RefundDto
    from .refund_not_allowed import RefundNotAllowed as RefundNotAllowed
    from .refund_object_dto import RefundObjectDto as RefundObjectDto
    from .selected_shipping_option_dto import SelectedShippingOptionDto as SelectedShippingOptionDto
    from .shipping_info_dto import ShippingInfoDto as ShippingInfoDto
    from .timeslot_dto import TimeslotDto as TimeslotDto
    from .update_authorization_dto import UpdateAuthorizationDto as UpdateAuthorizationDto
    from .update_consumer_dto import UpdateConsumerDto as UpdateConsumerDto
    from .update_merchant_references_dto import UpdateMerchantReferencesDto as UpdateMerchantReferencesDto
    from .update_shipping_info_dto import UpdateShippingInfoDto as UpdateShippingInfoDto
else:  # a type checker reads the imports above, and finds names that are not there
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
    __all__ = (*_HOMES,)
    __getattr__ = lazily(__name__, _HOMES)
