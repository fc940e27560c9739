"""Facts of the vendor's document for the facade.

Written by scripts/regenerate.py, never edited by hand.
"""

from typing import Any, Final

#: The version that the document gives itself.
VERSION: Final = "1.0.0"

#: Every operation by its operationId; ``responses`` has the headers of each declared status.
OPERATIONS: Final[dict[str, dict[str, Any]]] = {
    "acknowledgeOrder": {
        "body": None,
        "idempotency_key": True,
        "method": "POST",
        "path": "/ordermanagement/v1/orders/{order_id}/acknowledge",
        "responses": {"204": [], "403": [], "404": []},
    },
    "appendOrderShippingInfo": {
        "body": "UpdateShippingInfo",
        "idempotency_key": True,
        "method": "POST",
        "path": "/ordermanagement/v1/orders/{order_id}/shipping-info",
        "responses": {"204": [], "404": []},
    },
    "appendShippingInfo": {
        "body": "UpdateShippingInfo",
        "idempotency_key": True,
        "method": "POST",
        "path": "/ordermanagement/v1/orders/{order_id}/captures/{capture_id}/shipping-info",
        "responses": {"204": [], "403": [], "404": []},
    },
    "cancelOrder": {
        "body": None,
        "idempotency_key": True,
        "method": "POST",
        "path": "/ordermanagement/v1/orders/{order_id}/cancel",
        "responses": {"204": [], "403": []},
    },
    "captureOrder": {
        "body": "CaptureObject",
        "idempotency_key": True,
        "method": "POST",
        "path": "/ordermanagement/v1/orders/{order_id}/captures",
        "responses": {"201": ["Capture-Id", "Location"], "403": [], "404": []},
    },
    "extendAuthorizationTime": {
        "body": None,
        "idempotency_key": True,
        "method": "POST",
        "path": "/ordermanagement/v1/orders/{order_id}/extend-authorization-time",
        "responses": {"204": [], "403": []},
    },
    "getCapture": {
        "body": None,
        "idempotency_key": False,
        "method": "GET",
        "path": "/ordermanagement/v1/orders/{order_id}/captures/{capture_id}",
        "responses": {"200": [], "404": []},
    },
    "getCaptures": {
        "body": None,
        "idempotency_key": False,
        "method": "GET",
        "path": "/ordermanagement/v1/orders/{order_id}/captures",
        "responses": {"200": [], "404": []},
    },
    "getOrder": {
        "body": None,
        "idempotency_key": False,
        "method": "GET",
        "path": "/ordermanagement/v1/orders/{order_id}",
        "responses": {"200": [], "404": []},
    },
    "getRefund": {
        "body": None,
        "idempotency_key": False,
        "method": "GET",
        "path": "/ordermanagement/v1/orders/{order_id}/refunds/{refund_id}",
        "responses": {"200": [], "404": []},
    },
    "refundOrder": {
        "body": "RefundObject",
        "idempotency_key": True,
        "method": "POST",
        "path": "/ordermanagement/v1/orders/{order_id}/refunds",
        "responses": {"201": ["Location", "Refund-Id"], "403": [], "404": []},
    },
    "releaseRemainingAuthorization": {
        "body": None,
        "idempotency_key": True,
        "method": "POST",
        "path": "/ordermanagement/v1/orders/{order_id}/release-remaining-authorization",
        "responses": {"204": [], "403": []},
    },
    "updateAuthorization": {
        "body": "UpdateAuthorization",
        "idempotency_key": True,
        "method": "PATCH",
        "path": "/ordermanagement/v1/orders/{order_id}/authorization",
        "responses": {"204": [], "403": [], "404": []},
    },
    "updateConsumerDetails": {
        "body": "UpdateConsumer",
        "idempotency_key": True,
        "method": "PATCH",
        "path": "/ordermanagement/v1/orders/{order_id}/customer-details",
        "responses": {"204": [], "403": []},
    },
    "updateMerchantReferences": {
        "body": "UpdateMerchantReferences",
        "idempotency_key": True,
        "method": "PATCH",
        "path": "/ordermanagement/v1/orders/{order_id}/merchant-references",
        "responses": {"204": [], "403": []},
    },
}

#: The limits of every schema that a request can hold; ``{"schema": name}`` refers to another one.
SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "Address": {
        "properties": {
            "attention": {"maxLength": 255, "minLength": 0, "type": "string"},
            "city": {"maxLength": 200, "minLength": 0, "type": "string"},
            "country": {"type": "string"},
            "email": {"maxLength": 100, "minLength": 0, "type": "string"},
            "family_name": {"maxLength": 100, "minLength": 0, "type": "string"},
            "given_name": {"maxLength": 100, "minLength": 0, "type": "string"},
            "organization_name": {"maxLength": 255, "minLength": 0, "type": "string"},
            "phone": {"maxLength": 100, "minLength": 0, "type": "string"},
            "postal_code": {"maxLength": 10, "minLength": 0, "type": "string"},
            "region": {"maxLength": 200, "minLength": 0, "type": "string"},
            "street_address": {"maxLength": 100, "minLength": 0, "type": "string"},
            "street_address2": {"maxLength": 100, "minLength": 0, "type": "string"},
            "title": {"maxLength": 20, "minLength": 0, "type": "string"},
        },
        "required": [],
        "type": "object",
    },
    "CaptureObject": {
        "properties": {
            "captured_amount": {"maximum": 200000000, "minimum": 0, "type": "integer"},
            "description": {"maxLength": 255, "minLength": 0, "type": "string"},
            "order_lines": {
                "items": {"schema": "OrderLine"},
                "maxItems": 1000,
                "minItems": 0,
                "type": "array",
            },
            "reference": {"maxLength": 255, "minLength": 0, "type": "string"},
            "shipping_delay": {"maximum": 9223372036854775807, "minimum": 0, "type": "integer"},
            "shipping_info": {
                "items": {"schema": "ShippingInfo"},
                "maxItems": 500,
                "minItems": 0,
                "type": "array",
            },
        },
        "required": ["captured_amount"],
        "type": "object",
    },
    "OrderLine": {
        "properties": {
            "image_url": {"maxLength": 1024, "minLength": 0, "type": "string"},
            "merchant_data": {"maxLength": 1024, "minLength": 0, "type": "string"},
            "name": {"maxLength": 255, "minLength": 0, "type": "string"},
            "product_identifiers": {"schema": "ProductIdentifiers"},
            "product_url": {"maxLength": 1024, "minLength": 0, "type": "string"},
            "quantity": {"maximum": 9223372036854775807, "minimum": 0, "type": "integer"},
            "quantity_unit": {"maxLength": 10, "minLength": 0, "type": "string"},
            "reference": {"maxLength": 255, "minLength": 0, "type": "string"},
            "tax_rate": {"maximum": 2147483647, "minimum": 0, "type": "integer"},
            "total_amount": {
                "maximum": 200000000,
                "minimum": -9223372036854775808,
                "type": "integer",
            },
            "total_discount_amount": {"maximum": 200000000, "minimum": 0, "type": "integer"},
            "total_tax_amount": {
                "maximum": 200000000,
                "minimum": -9223372036854775808,
                "type": "integer",
            },
            "type": {"schema": "OrderLineType"},
            "unit_price": {
                "maximum": 200000000,
                "minimum": -9223372036854775808,
                "type": "integer",
            },
        },
        "required": ["name", "quantity", "total_amount", "unit_price"],
        "type": "object",
    },
    "OrderLineType": {"type": "string"},
    "ProductIdentifiers": {
        "properties": {
            "brand": {"maxLength": 70, "minLength": 0, "type": "string"},
            "category_path": {"maxLength": 750, "minLength": 0, "type": "string"},
            "color": {"maxLength": 64, "minLength": 0, "type": "string"},
            "global_trade_item_number": {"maxLength": 50, "minLength": 0, "type": "string"},
            "manufacturer_part_number": {"maxLength": 70, "minLength": 0, "type": "string"},
            "size": {"maxLength": 64, "minLength": 0, "type": "string"},
        },
        "required": [],
        "type": "object",
    },
    "RefundObject": {
        "properties": {
            "description": {"maxLength": 255, "minLength": 0, "type": "string"},
            "order_lines": {
                "items": {"schema": "OrderLine"},
                "maxItems": 1000,
                "minItems": 0,
                "type": "array",
            },
            "reference": {"maxLength": 255, "minLength": 0, "type": "string"},
            "refunded_amount": {"maximum": 200000000, "minimum": 0, "type": "integer"},
        },
        "required": ["refunded_amount"],
        "type": "object",
    },
    "ShippingInfo": {
        "properties": {
            "return_shipping_company": {"maxLength": 100, "minLength": 0, "type": "string"},
            "return_tracking_number": {"maxLength": 100, "minLength": 0, "type": "string"},
            "return_tracking_uri": {"maxLength": 1024, "minLength": 0, "type": "string"},
            "shipping_company": {"maxLength": 100, "minLength": 0, "type": "string"},
            "shipping_method": {"type": "string"},
            "tracking_number": {"maxLength": 100, "minLength": 0, "type": "string"},
            "tracking_uri": {"maxLength": 1024, "minLength": 0, "type": "string"},
        },
        "required": [],
        "type": "object",
    },
    "UpdateAuthorization": {
        "properties": {
            "description": {"maxLength": 255, "minLength": 0, "type": "string"},
            "order_amount": {"maximum": 200000000, "minimum": 0, "type": "integer"},
            "order_lines": {
                "items": {"schema": "OrderLine"},
                "maxItems": 1000,
                "minItems": 0,
                "type": "array",
            },
        },
        "required": ["order_amount", "order_lines"],
        "type": "object",
    },
    "UpdateConsumer": {
        "properties": {"shipping_address": {"schema": "Address"}},
        "required": [],
        "type": "object",
    },
    "UpdateMerchantReferences": {
        "properties": {
            "merchant_reference1": {"maxLength": 255, "minLength": 0, "type": "string"},
            "merchant_reference2": {"maxLength": 255, "minLength": 0, "type": "string"},
        },
        "required": [],
        "type": "object",
    },
    "UpdateShippingInfo": {
        "properties": {
            "shipping_info": {
                "items": {"schema": "ShippingInfo"},
                "maxItems": 500,
                "minItems": 1,
                "type": "array",
            }
        },
        "required": ["shipping_info"],
        "type": "object",
    },
}
