"""mcp-django's HTTP app, as `python -m mcp_django --transport http` makes it, but as an ASGI application that can be wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .guard import Application, Receive, Scope, Send


class McpDjango:
    """The MCP server of the project that DJANGO_SETTINGS_MODULE names. Obeys the FASTMCP_… variables as mcp-django does."""

    def __init__(self, path: str | None = None) -> None:
        """Loads the project. `path` is where the endpoint is: FASTMCP_STREAMABLE_HTTP_PATH, or /mcp, without it."""
        import django

        django.setup()
        from mcp_django.server import mcp

        self._mcp = mcp
        self._path = path
        self._application: Application | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # mcp-django mounts its toolsets in a coroutine, and a server may import us while its loop runs already: so this waits for
        # the first word of the server, which is the lifespan's start.
        if self._application is None:
            await self._mcp.initialize()
            self._application = self._mcp.server.http_app(path=self._path)
        await self._application(scope, receive, send)
