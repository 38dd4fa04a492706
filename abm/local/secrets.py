"""A secret key for a laptop, made once and kept under var/; production gives SECRET_KEY."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def local_secret_key(var_dir: Path) -> str:
    """The key kept in `var_dir`, made on first use; of several first users one makes it, all read the same."""
    path = var_dir / "secret_key"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=var_dir)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return path.read_text()
