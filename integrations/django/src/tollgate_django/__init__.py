"""Locks a Django MCP server, so that only the gateway before it gets in."""

from .guard import Guard
from .keys import BadKeys, new_key

__all__ = ["BadKeys", "Guard", "new_key"]
__version__ = "0.1.0"
