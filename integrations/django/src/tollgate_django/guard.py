"""The guard: ASGI middleware that lets a request in if it shows a live key, and takes the key away before the application looks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from .keys import Keys
from .refusals import Fault, Notices, refuse

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# A field of its own: `Authorization` stays the application's, and the gateway's secret is the key itself, with no `Bearer ` before it.
HEADER = b"tollgate-key"


class Guard:
    """Wraps an ASGI application. Outside of every other middleware, so that nothing runs, and nothing is read, before it."""

    def __init__(self, application: Application, keys: Keys | str | Iterable[str] | None = None) -> None:
        """Takes the live keys, or has them from the environment. Raises `BadKeys`; there is no guard that lets everybody in."""
        self._application = application
        self._keys = Keys.from_environment() if keys is None else keys if isinstance(keys, Keys) else Keys(keys)
        self._notices = Notices()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "lifespan":
            # The server's own word to the application; nobody outside can say it.
            await self._application(scope, receive, send)
            return
        if kind not in ("http", "websocket"):
            raise RuntimeError(f"The guard knows no connections of the kind {kind!r}, so it lets none through.")
        shown: list[bytes] = []
        others: list[tuple[bytes, bytes]] = []
        for name, value in scope["headers"]:
            if name.lower() == HEADER:
                shown.append(value)
            else:
                others.append((name, value))
        fault = self._fault(shown)
        if fault is None:
            await self._application({**scope, "headers": others}, receive, send)
            return
        self._notices.give(fault, scope.get("client"))
        await refuse(kind, send)

    def _fault(self, shown: list[bytes]) -> Fault | None:
        if not shown:
            return Fault.NO_KEY
        # Two readers might each take another one of them.
        if len(shown) > 1:
            return Fault.SEVERAL_KEYS
        return None if self._keys.hold(shown[0]) else Fault.NOT_LIVE
