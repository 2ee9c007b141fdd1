"""The guard on a real server, uvicorn, around a small application and around mcp-django."""
