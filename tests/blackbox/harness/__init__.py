"""Drives the real binary from outside: processes, HTTP, merchants, a webhook receiver, a gate in front
of the gateway, and the OpenAPI document that every answer is held against."""
