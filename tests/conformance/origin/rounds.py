"""The tools that end with questions, as 2026-07-28 has it: the client calls again with its answers and the state that it was given."""

from typing import Any

import mcp_types as types
from mcp.shared.exceptions import MCPError

from .catalogue import Request
from .samples import text
from .schemas import TEXT, fields
from .tools import said, tool

Round = types.CallToolResult | types.InputRequiredResult


def form(message: str, **properties: Any) -> types.ElicitRequest:
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=fields(properties)))


def completion(prompt: str) -> types.CreateMessageRequest:
    question = types.SamplingMessage(role="user", content=text(prompt))
    return types.CreateMessageRequest(params=types.CreateMessageRequestParams(messages=[question], max_tokens=100))


def asked(state: str | None = None, **questions: Any) -> types.InputRequiredResult:
    return types.InputRequiredResult(input_requests=questions, request_state=state)


def filled(request: Request, question: str, field: str) -> Any:
    """What the user has put into a field of a form, or None."""
    answer = request.answers.get(question)
    accepted = isinstance(answer, types.ElicitResult) and answer.action == "accept"
    return (answer.content or {}).get(field) if accepted else None


NAME = form("What is your name?", name=TEXT)
CONFIRM = form("Please confirm", ok={"type": "boolean"})


@tool("test_input_required_result_elicitation", "Asks for a name first.")
async def elicitation(request: Request) -> Round:
    name = filled(request, "user_name", "name")
    return asked(user_name=NAME) if name is None else said(f"Hello, {name}!")


@tool("test_streaming_elicitation", "Asks for a name first; nothing on its stream may be a request.")
async def streaming_elicitation(request: Request) -> Round:
    return await elicitation(request)


@tool("test_input_required_result_sampling", "Has the client's model answer first.")
async def sampling(request: Request) -> Round:
    answer = request.answers.get("capital_question")
    if not isinstance(answer, types.CreateMessageResult):
        return asked(capital_question=completion("What is the capital of France?"))
    return said(answer.content.text)


@tool("test_input_required_result_list_roots", "Asks for the client's roots first.")
async def roots(request: Request) -> Round:
    answer = request.answers.get("client_roots")
    if not isinstance(answer, types.ListRootsResult):
        return asked(client_roots=types.ListRootsRequest())
    return said(", ".join(str(root.uri) for root in answer.roots))


@tool("test_input_required_result_request_state", "Gives the client a state to bring back.")
async def state(request: Request) -> Round:
    if request.state != "confirming" or filled(request, "confirm", "ok") is None:
        return asked("confirming", confirm=CONFIRM)
    return said("state-ok")


@tool("test_input_required_result_tampered_state", "Gives the client a state that nobody may change.")
async def tampered_state(request: Request) -> Round:
    return await state(request)


@tool("test_input_required_result_multiple_inputs", "Asks for three things at once.")
async def multiple_inputs(request: Request) -> Round:
    questions = {"user_name": NAME, "greeting": completion("Generate a greeting"), "client_roots": types.ListRootsRequest()}
    if request.state != "asking" or not questions.keys() <= request.answers.keys():
        return asked("asking", **questions)
    return said(f"Thank you, {filled(request, 'user_name', 'name')}")


@tool("test_input_required_result_multi_round", "Asks twice, one thing after the other.")
async def multi_round(request: Request) -> Round:
    if request.state == "named" and (colour := filled(request, "step2", "color")) is not None:
        return said(f"You like {colour}.")
    if request.state == "naming" and filled(request, "step1", "name") is not None:
        return asked("named", step2=form("Step 2: What is your favorite color?", color=TEXT))
    return asked("naming", step1=form("Step 1: What is your name?", name=TEXT))


@tool("test_input_required_result_capabilities", "Asks only what the client says it can be asked.")
async def capabilities(request: Request) -> Round:
    able = request.session.client_capabilities or types.ClientCapabilities()
    questions: dict[str, Any] = {}
    if able.elicitation is not None:
        questions["user_name"] = NAME
    if able.sampling is not None:
        questions["greeting"] = completion("Generate a greeting")
    if request.answers or not questions:
        return said(f"Answered: {sorted(request.answers)}")
    return asked(**questions)


@tool("test_missing_capability", "Works only for clients that have a model.")
async def missing_capability(request: Request) -> Round:
    able = request.session.client_capabilities
    if able is None or able.sampling is None:
        missing = types.MissingRequiredClientCapabilityErrorData(
            required_capabilities=types.ClientCapabilities(sampling=types.SamplingCapability())
        )
        raise MCPError(
            types.MISSING_REQUIRED_CLIENT_CAPABILITY,
            "This tool needs the capability `sampling` of the client.",
            missing.model_dump(by_alias=True, mode="json", exclude_none=True),
        )
    return said("The client has a model.")
