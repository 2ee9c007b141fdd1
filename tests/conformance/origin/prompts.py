"""The prompts, and the completion of their arguments."""

from collections.abc import Callable
from typing import Any

import mcp_types as types

from .catalogue import Answer, Catalogue, Request
from .rounds import asked, filled, form
from .samples import embedded, image, text
from .schemas import TEXT

PROMPTS: Catalogue[types.Prompt] = Catalogue()
WORDS = ["paris", "park", "party"]


def prompt(name: str, description: str, *arguments: str) -> Callable[[Answer], Answer]:
    declared = [types.PromptArgument(name=each, description=f"The value of {each}", required=True) for each in arguments]
    return PROMPTS.offer(types.Prompt(name=name, description=description, arguments=declared))


def messages(*content: Any) -> types.GetPromptResult:
    return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=each) for each in content])


@prompt("test_simple_prompt", "Says one thing.")
async def simple(_: Request) -> types.GetPromptResult:
    return messages(text("This is a simple prompt for testing."))


@prompt("test_prompt_with_arguments", "Says what it is given.", "arg1", "arg2")
async def with_arguments(request: Request) -> types.GetPromptResult:
    first, second = request.arguments["arg1"], request.arguments["arg2"]
    return messages(text(f"Prompt with arguments: arg1='{first}', arg2='{second}'"))


@prompt("test_prompt_with_embedded_resource", "Brings a resource along.", "resourceUri")
async def with_embedded_resource(request: Request) -> types.GetPromptResult:
    resource = embedded(request.arguments["resourceUri"], "Embedded resource content for testing.")
    return messages(resource, text("Please process the embedded resource above."))


@prompt("test_prompt_with_image", "Brings an image along.")
async def with_image(_: Request) -> types.GetPromptResult:
    return messages(image(), text("Please analyze the image above."))


@prompt("test_input_required_result_prompt", "Asks the user something first.")
async def with_question(request: Request) -> types.GetPromptResult | types.InputRequiredResult:
    context = filled(request, "user_context", "context")
    if context is None:
        return asked(user_context=form("What context should the prompt use?", context=TEXT))
    return messages(text(f"Mind this: {context}"))


def completed(beginning: str) -> types.CompleteResult:
    fitting = [word for word in WORDS if word.startswith(beginning)]
    return types.CompleteResult(completion=types.Completion(values=fitting, total=len(fitting), has_more=False))
