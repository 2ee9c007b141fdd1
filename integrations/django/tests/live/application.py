"""A small application behind the guard: it says what it sees, streams, and talks over a websocket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tollgate_django import Guard

if TYPE_CHECKING:
    from tollgate_django.guard import Receive, Scope, Send

came: list[str] = []


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    """The application itself."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    came.append(scope["path"])
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})
    elif scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await send({"type": "http.response.body", "body": b"data: first\n\n", "more_body": True})
        # Nothing else comes until the client, which has seen the first event, goes away.
        while (await receive())["type"] != "http.disconnect":
            pass
    else:
        seen = {"headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]], "came": came}
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(seen).encode()})


application = Guard(plain)
