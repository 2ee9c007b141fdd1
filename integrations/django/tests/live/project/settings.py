"""The least that mcp-django runs with."""

SECRET_KEY = "only-for-tests-0123456789-0123456789-0123456789-0123456789"
INSTALLED_APPS = ["mcp_django"]
DATABASES: dict[str, dict[str, str]] = {}
USE_TZ = True
