"""A Python client for the Kustom Order Management API; the public names, and nothing else.

The data models load when they are first used: creating their classes costs more than everything else here.
"""

from typing import TYPE_CHECKING, Any

from ._calls import Created, Done, Voided
from .aio import AsyncKustomClient
from .client import KustomClient
from .config import __version__
from .errors import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    CancelNotAllowed,
    CaptureNotAllowed,
    ConfigurationError,
    Conflict,
    ConnectionFailed,
    DuplicateEffect,
    Forbidden,
    IdempotencyKeyReused,
    InvalidRequest,
    KustomError,
    NoSuchCapture,
    NoSuchOrder,
    NotAllowed,
    NotFound,
    RateLimited,
    ReferenceConflict,
    RefundNotAllowed,
    ServerError,
    UnexpectedResponse,
)
from .money import Money, TaxRate
from .retry import RetryPolicy

if TYPE_CHECKING:
    from kustom_order_management.models import (
        AddonDto as Addon,
        AddressDto as Address,
        CaptureDto as Capture,
        CarrierProductDto as CarrierProduct,
        CustomerDto as Customer,
        InitialPaymentMethodDto as InitialPaymentMethod,
        LocationAddressDto as LocationAddress,
        LocationDto as Location,
        MerchantOrderDto as MerchantOrder,
        MerchantOrderDtoStatus as MerchantOrderStatus,
        OrderLineDto as OrderLine,
        OrderLineDtoType as OrderLineType,
        ProductIdentifiersDto as ProductIdentifiers,
        RefundDto as Refund,
        SelectedShippingOptionDto as SelectedShippingOption,
        ShippingInfoDto as ShippingInfo,
        TimeslotDto as Timeslot,
    )
    from kustom_order_management.types import UNSET, Unset

__all__ = [
    "UNSET",
    "Addon",
    "Address",
    "ApiError",
    "AsyncKustomClient",
    "AuthenticationFailed",
    "BadRequest",
    "CancelNotAllowed",
    "Capture",
    "CaptureNotAllowed",
    "CarrierProduct",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "Created",
    "Customer",
    "Done",
    "DuplicateEffect",
    "Forbidden",
    "IdempotencyKeyReused",
    "InitialPaymentMethod",
    "InvalidRequest",
    "KustomClient",
    "KustomError",
    "Location",
    "LocationAddress",
    "MerchantOrder",
    "MerchantOrderStatus",
    "Money",
    "NoSuchCapture",
    "NoSuchOrder",
    "NotAllowed",
    "NotFound",
    "OrderLine",
    "OrderLineType",
    "ProductIdentifiers",
    "RateLimited",
    "ReferenceConflict",
    "Refund",
    "RefundNotAllowed",
    "RetryPolicy",
    "SelectedShippingOption",
    "ServerError",
    "ShippingInfo",
    "TaxRate",
    "Timeslot",
    "UnexpectedResponse",
    "Unset",
    "Voided",
    "__version__",
]


if not TYPE_CHECKING:  # a type checker reads the imports above, and finds names that are not there

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from kustom_order_management import models, types  # noqa: PLC0415  # see the module's docstring

        if name in ("UNSET", "Unset"):
            return getattr(types, name)
        known = {dto.replace("Dto", ""): dto for dto in models.__all__}
        value = globals()[name] = getattr(models, known[name])
        return value

    def __dir__() -> list[str]:
        return __all__
