"""The tools that ask the client while they work, as revisions before 2026-07-28 do: a request of the origin's on the stream of the call."""

from typing import Any

import mcp_types as types

from .catalogue import Request
from .samples import text
from .schemas import TEXT, fields
from .tools import said, tool


async def ask(request: Request, message: str, wanted: dict[str, Any]) -> str:
    answer = await request.session.elicit_form(message, wanted, related_request_id=request.id)
    return f"action={answer.action}, content={answer.content or {}}"


@tool("test_sampling", "Has the client's model complete a prompt.", fields({"prompt": TEXT}))
async def sampling(request: Request) -> types.CallToolResult:
    question = types.SamplingMessage(role="user", content=text(request.arguments["prompt"]))
    answer = await request.session.create_message([question], max_tokens=100, related_request_id=request.id)
    return said(f"LLM response: {answer.content.text}")


@tool("test_elicitation", "Asks the user for a name and an address.", fields({"message": TEXT}))
async def elicitation(request: Request) -> types.CallToolResult:
    wanted = fields({"username": {**TEXT, "description": "User's response"}, "email": {**TEXT, "description": "User's email address"}})
    return said(f"User response: {await ask(request, request.arguments['message'], wanted)}")


DEFAULTS = {
    "name": {**TEXT, "default": "John Doe"},
    "age": {"type": "integer", "default": 30},
    "score": {"type": "number", "default": 95.5},
    "status": {**TEXT, "enum": ["active", "inactive", "pending"], "default": "active"},
    "verified": {"type": "boolean", "default": True},
}


@tool("test_elicitation_sep1034_defaults", "Asks with a default of each primitive type.")
async def defaults(request: Request) -> types.CallToolResult:
    return said(f"Elicitation completed: {await ask(request, 'Confirm or correct', fields(DEFAULTS, tuple(DEFAULTS)))}")


TITLED = [{"const": f"value{n}", "title": f"{nth} option"} for n, nth in enumerate(("First", "Second", "Third"), 1)]
PLAIN = ["option1", "option2", "option3"]
CHOICES = {
    "untitledSingle": {**TEXT, "enum": PLAIN},
    "titledSingle": {**TEXT, "oneOf": TITLED},
    "legacyEnum": {**TEXT, "enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option one", "Option two", "Option three"]},
    "untitledMulti": {"type": "array", "items": {**TEXT, "enum": PLAIN}},
    "titledMulti": {"type": "array", "items": {"anyOf": TITLED}},
}


@tool("test_elicitation_sep1330_enums", "Asks with each way to write a choice.")
async def choices(request: Request) -> types.CallToolResult:
    return said(f"Elicitation completed: {await ask(request, 'Choose', fields(CHOICES))}")
