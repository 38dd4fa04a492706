"""A secret key for a laptop, made once and kept under var/; production gives SECRET_KEY."""

import secrets
from pathlib import Path


def local_secret_key(var_dir: Path) -> str:
    """The key kept in `var_dir`, made on first use."""
    path = var_dir / "secret_key"
    if path.exists():
        return path.read_text()
    key = secrets.token_urlsafe(50)
    var_dir.mkdir(parents=True, exist_ok=True)
    path.write_text(key)
    path.chmod(0o600)
    return key
