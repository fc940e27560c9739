"""A client library for accessing Order Management API"""
