"""How the API describes itself (OpenAPI 3.1)."""
