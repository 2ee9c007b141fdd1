"""The tools that answer at once: each kind of content, an error, and schemas that must arrive as they are."""

from collections.abc import Callable
from typing import Any

import mcp_types as types

from .catalogue import Answer, Catalogue, Request
from .samples import audio, embedded, image, text
from .schemas import NOTHING, TEXT, fields

TOOLS: Catalogue[types.Tool] = Catalogue()


class Failure(Exception):
    """What a tool says, as an error of the tool, when it cannot do its work."""


def tool(name: str, description: str, arguments: dict[str, Any] = NOTHING) -> Callable[[Answer], Answer]:
    return TOOLS.offer(types.Tool(name=name, description=description, input_schema=arguments))


def said(*content: Any) -> types.CallToolResult:
    """The result of a tool; words may be given as they are."""
    return types.CallToolResult(content=[text(each) if isinstance(each, str) else each for each in content])


@tool("test_simple_text", "Answers with a line of text.")
async def simple_text(_: Request) -> types.CallToolResult:
    return said("This is a simple text response for testing.")


@tool("test_image_content", "Answers with an image.")
async def image_content(_: Request) -> types.CallToolResult:
    return said(image())


@tool("test_audio_content", "Answers with a sound.")
async def audio_content(_: Request) -> types.CallToolResult:
    return said(audio())


@tool("test_embedded_resource", "Answers with a resource.")
async def embedded_resource(_: Request) -> types.CallToolResult:
    return said(embedded("test://embedded-resource", "This is an embedded resource content."))


@tool("test_multiple_content_types", "Answers with text, an image and a resource.")
async def multiple_content_types(_: Request) -> types.CallToolResult:
    document = embedded("test://mixed-content-resource", '{"test":"data","value":123}', "application/json")
    return said("Multiple content types test:", image(), document)


@tool("test_error_handling", "Fails, always.")
async def error_handling(_: Request) -> types.CallToolResult:
    raise Failure("This tool intentionally returns an error for testing")


@tool(
    "test_x_mcp_header",
    "Takes arguments that clients mirror in header fields.",
    fields(
        {
            "region": {**TEXT, "x-mcp-header": "Region"},
            "priority": {"type": "integer", "x-mcp-header": "Priority"},
            "note": TEXT,
        },
        optional=("region", "priority", "note"),
    ),
)
async def mirrored(request: Request) -> types.CallToolResult:
    return said(f"region={request.arguments.get('region')!r}, priority={request.arguments.get('priority')!r}")


@tool(
    "json_schema_2020_12_tool",
    "Has a schema of keywords that a gateway might lose.",
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {"$anchor": "addressDef", **fields({"street": TEXT, "city": TEXT}, ("street", "city"))}},
        "properties": {
            "name": TEXT,
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {**TEXT, "enum": ["phone", "email"]},
            "phone": TEXT,
            "email": TEXT,
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": False,
    },
)
async def keywords(request: Request) -> types.CallToolResult:
    return said(f"Called with {sorted(request.arguments)}")
