"""Compiles translations (.po → .mo) without gettext, which a fresh machine does not have."""

from pathlib import Path

import polib


def compile_all(locale_dir: Path) -> list[Path]:
    """Compile every catalogue that is newer than its compiled form; returns those compiled. Fuzzy entries stay out."""
    stale = [path for path in sorted(locale_dir.glob("*/LC_MESSAGES/*.po")) if _is_stale(path)]
    for path in stale:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return stale


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime
