"""What was sent on each stream, for clients that come back to one that was closed."""

from mcp.server.streamable_http import EventCallback, EventMessage, EventStore
from mcp_types import JSONRPCMessage


class Events(EventStore):
    def __init__(self) -> None:
        # The id of an event is its place in this list.
        self._sent: list[tuple[str, JSONRPCMessage | None]] = []

    async def store_event(self, stream_id: str, message: JSONRPCMessage | None) -> str:
        self._sent.append((stream_id, message))
        return str(len(self._sent) - 1)

    async def replay_events_after(self, last_event_id: str, send_callback: EventCallback) -> str | None:
        if not last_event_id.isdigit() or int(last_event_id) >= len(self._sent):
            return None
        last = int(last_event_id)
        stream = self._sent[last][0]
        for place, (of, message) in enumerate(self._sent[last + 1 :], last + 1):
            # What only opened a stream has no message.
            if of == stream and message is not None:
                await send_callback(EventMessage(message, str(place)))
        return stream
