"""FastMCP's proxy in its fastest documented forms: no sessions and JSON answers towards agents, and towards the origin
either a session for each call (as `create_proxy(URL)` does) or one that all calls share (as with a connected client).

python fastmcp_proxy.py ORIGIN PORT each|shared
"""

import asyncio
import sys

from fastmcp import Client
from fastmcp.server import create_proxy

ORIGIN, PORT, SESSIONS = sys.argv[1], int(sys.argv[2]), sys.argv[3]


async def serve(target):
    proxy = create_proxy(target, name="proxy")
    await proxy.run_http_async(
        show_banner=False, host="127.0.0.1", port=PORT, path="/mcp", log_level="info",
        json_response=True, stateless_http=True, uvicorn_config={"access_log": False},
    )


async def main():
    if SESSIONS == "each":
        return await serve(ORIGIN)
    async with Client(ORIGIN) as client:
        await serve(client)


asyncio.run(main())
