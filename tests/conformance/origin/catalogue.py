"""What the origin offers of one kind: entries in the order in which they are declared, each with the function that answers."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

Entry = TypeVar("Entry")
Answer = Callable[["Request"], Awaitable[Any]]


class Request:
    """One call of a tool or one reading of a prompt: its arguments, and what the client has answered in earlier rounds."""

    def __init__(self, context: Any, params: Any):
        self.context = context
        self.session = context.session
        self.id = context.request_id
        self.arguments: dict[str, Any] = params.arguments or {}
        self.answers: dict[str, Any] = params.input_responses or {}
        self.state: str | None = params.request_state


class Catalogue(Generic[Entry]):
    def __init__(self) -> None:
        self._offers: dict[str, tuple[Entry, Answer]] = {}

    def offer(self, entry: Entry) -> Callable[[Answer], Answer]:
        """Declares an entry; decorates the function that answers for it."""

        def declare(answer: Answer) -> Answer:
            self._offers[entry.name] = (entry, answer)
            return answer

        return declare

    @property
    def entries(self) -> list[Entry]:
        return [entry for entry, _ in self._offers.values()]

    def answer(self, name: str) -> Answer | None:
        return self._offers[name][1] if name in self._offers else None
