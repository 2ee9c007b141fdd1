"""The guard alone, over raw ASGI: needs nothing but Python."""
