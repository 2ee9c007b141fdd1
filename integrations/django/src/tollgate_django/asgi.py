"""`application`: mcp-django behind the guard, for any ASGI server, such as `uvicorn tollgate_django.asgi:application`."""

from .guard import Guard
from .keys import Keys
from .mcp_http import McpDjango

# Read first: what is wrong with the keys is said before a project is loaded.
_keys = Keys.from_environment()
application = Guard(McpDjango(), _keys)
