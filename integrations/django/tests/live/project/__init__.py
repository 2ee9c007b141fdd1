"""A Django project with nothing in it but mcp-django."""
