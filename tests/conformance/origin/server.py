"""The server: what each method of the protocol does with what is offered."""

from typing import Any

import mcp_types as types
from mcp.server.caching import CacheHint
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.server.subscriptions import ListenHandler
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from . import asks, rounds, streams  # noqa: F401  they declare tools
from .catalogue import Request
from .events import Events
from .prompts import PROMPTS, completed
from .resources import RESOURCES, TEMPLATES, contents
from .samples import text
from .streams import CHANGES
from .tools import TOOLS, Failure

NAME = "tollgate-conformance-origin"
# The code of 2025-11-25 and before; 2026-07-28 has -32602 for it.
LEGACY_RESOURCE_NOT_FOUND = -32002
# How long a client waits before it comes back to a stream that was closed.
RETRY_MS = 100


def failed(words: str) -> types.CallToolResult:
    return types.CallToolResult(content=[text(words)], is_error=True)


async def list_tools(_context: Any, _params: Any) -> types.ListToolsResult:
    return types.ListToolsResult(tools=TOOLS.entries)


async def call_tool(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult | types.InputRequiredResult:
    answer = TOOLS.answer(params.name)
    if answer is None:
        return failed(f"Unknown tool: {params.name}")
    try:
        return await answer(Request(context, params))
    except Failure as failure:
        return failed(str(failure))


async def list_prompts(_context: Any, _params: Any) -> types.ListPromptsResult:
    return types.ListPromptsResult(prompts=PROMPTS.entries)


async def get_prompt(context: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult | types.InputRequiredResult:
    answer = PROMPTS.answer(params.name)
    if answer is None:
        raise MCPError(types.INVALID_PARAMS, f"Unknown prompt: {params.name}")
    return await answer(Request(context, params))


async def complete(_context: Any, params: types.CompleteRequestParams) -> types.CompleteResult:
    return completed(params.argument.value)


async def list_resources(_context: Any, _params: Any) -> types.ListResourcesResult:
    return types.ListResourcesResult(resources=RESOURCES)


async def list_resource_templates(_context: Any, _params: Any) -> types.ListResourceTemplatesResult:
    return types.ListResourceTemplatesResult(resource_templates=TEMPLATES)


async def read_resource(context: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    found = contents(params.uri)
    if found is None:
        modern = context.protocol_version in MODERN_PROTOCOL_VERSIONS
        code = types.INVALID_PARAMS if modern else LEGACY_RESOURCE_NOT_FOUND
        raise MCPError(code, "Resource not found", {"uri": params.uri})
    return types.ReadResourceResult(contents=[found])


async def accept(_context: Any, _params: Any) -> types.EmptyResult:
    """Of subscriptions and log levels the suites want no more than that they are taken."""
    return types.EmptyResult()


server = Server(
    NAME,
    version="1",
    cache_hints={method: CacheHint(ttl_ms=60_000, scope="public") for method in ("tools/list", "prompts/list", "resources/list")},
    on_list_tools=list_tools,
    on_call_tool=call_tool,
    on_list_prompts=list_prompts,
    on_get_prompt=get_prompt,
    on_completion=complete,
    on_list_resources=list_resources,
    on_list_resource_templates=list_resource_templates,
    on_read_resource=read_resource,
    on_subscribe_resource=accept,
    on_unsubscribe_resource=accept,
    on_subscriptions_listen=ListenHandler(CHANGES),
    on_set_logging_level=accept,
)
# What the client brings back of a state must be what it was given.
server.middleware.append(RequestStateBoundary(RequestStateSecurity.ephemeral(), default_audience=NAME))

application = server.streamable_http_app(event_store=Events(), retry_interval=RETRY_MS, host="127.0.0.1")
