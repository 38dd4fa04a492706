"""`make bench`: every benchmark, on servers of its own, into docs/benchmarks.md with the command and the machine.

    python -m bench [--size small|full] [--only persons,matching] [what that benchmark takes besides]

Each benchmark compares our way with a reference on the same rows in the same run, checks that the answers are equal,
and reports medians. Absolute figures belong to the machine named; the ratios are what to look at. With `--only`, the
other sections of the page stay as they are, and further options are handed on: `--only matching --febrl FILE`.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from django.utils import timezone

from abm.local.servers import running

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
SIZES = {
    "small": {
        "metrics": ["metrics", "--leads", "100000"],
        "recompute": ["recompute", "--touches", "200000"],
        "matching": ["matching", "--accounts", "10000", "--most", "20000"],
        "persons": ["persons_load", "--persons", "20000"],
        "cards": ["persons_load", "--persons", "10000", "--cards"],
        "uploads": ["uploads", "--rows", "2000"],
    },
    "full": {
        "metrics": ["metrics", "--leads", "1000000"],
        "recompute": ["recompute", "--touches", "10000000"],
        "matching": ["matching", "--accounts", "50000", "--most", "100000", "--seeds", "2"],
        "persons": ["persons_load", "--persons", "1000000"],
        "cards": ["persons_load", "--persons", "200000", "--cards"],
        "uploads": ["uploads", "--rows", "10000"],
    },
}
HEAD = """# Benchmarks

Written by `make bench`. Ratios against a reference in the same run are what counts: shared machines vary by a factor
of two.
"""
SECTION = re.compile(r"<!-- (\w+) -->\n(.*?)(?=<!-- \w+ -->\n|\Z)", re.DOTALL)


def machine() -> str:
    """What this ran on."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {system}"


def measured(name: str, command: list[str], size: str, folder: Path) -> str:
    """One benchmark's own report, with how it came about."""
    report = folder / f"{name}.md"
    script = str(ROOT / "bench" / f"{command[0]}.py")
    subprocess.run([sys.executable, script, *command[1:], "--write", str(report)], check=True, cwd=ROOT)
    title, _newline, text = report.read_text(encoding="utf-8").partition("\n")
    asked = f"`python -m bench --size {size} --only {name}`"
    busy = f"load {os.getloadavg()[1]:.0f}"
    return f"#{title}\n\nBy {asked} on {timezone.now():%Y-%m-%d}; {machine()}, {busy}.\n{text}".rstrip() + "\n"


def write(fresh: dict[str, str]) -> None:
    """The page with these sections in place of the ones that stood there."""
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    sections = {found[1]: found[2].strip() + "\n" for found in SECTION.finditer(written)} | fresh
    parts = [f"<!-- {name} -->\n{sections[name]}" for name in SIZES["full"] if name in sections]
    PAGE.write_text("\n".join([HEAD, *parts]), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--only", type=lambda names: names.split(","), default=[])
    options, further = parser.parse_known_args()
    chosen = {name: SIZES[options.size][name] for name in options.only or SIZES[options.size]}
    with tempfile.TemporaryDirectory(prefix="abm-bench-") as name, running(Path(name) / "var", throwaway=True):
        Path(name).chmod(0o755)
        for bench, command in chosen.items():
            write({bench: measured(bench, [*command, *further], options.size, Path(name))})


if __name__ == "__main__":
    main()
