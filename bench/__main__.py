"""`make bench`: every benchmark, on servers of its own, into docs/benchmarks.md with the command and the machine.

    python -m bench [--size small|full]

Each benchmark compares our way with a reference on the same rows in the same run, checks that the answers are equal,
and reports medians. Absolute figures belong to the machine named; the ratios are what to look at.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from django.utils import timezone

from abm.local.servers import running

ROOT = Path(__file__).resolve().parent.parent
SIZES = {
    "small": {
        "metrics": ["--leads", "100000"],
        "recompute": ["--touches", "200000"],
        "matching": ["--accounts", "10000", "--most", "20000"],
        "persons_load": ["--persons", "20000"],
    },
    "full": {
        "metrics": ["--leads", "1000000"],
        "recompute": ["--touches", "10000000"],
        "matching": ["--accounts", "50000", "--most", "100000"],
        "persons_load": ["--persons", "1000000"],
    },
}
HEAD = """# Benchmarks

Written by {command} on {day}; {machine}. Ratios against a reference in the same run are what counts:
shared machines vary by a factor of two.
"""


def machine() -> str:
    """What this ran on."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {system}"


def measured(name: str, arguments: list[str], folder: Path) -> str:
    """One benchmark's own report."""
    report = folder / f"{name}.md"
    command = [sys.executable, str(ROOT / "bench" / f"{name}.py"), *arguments, "--write", str(report)]
    subprocess.run(command, check=True, cwd=ROOT)
    return "#" + report.read_text(encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    size = parser.parse_args().size
    with tempfile.TemporaryDirectory(prefix="abm-bench-") as name, running(Path(name) / "var", throwaway=True):
        Path(name).chmod(0o755)
        reports = [measured(bench, arguments, Path(name)) for bench, arguments in SIZES[size].items()]
    command = "make bench" if size == "small" else f"SIZE={size} make bench"
    head = HEAD.format(command=f"`{command}`", day=f"{timezone.now():%Y-%m-%d}", machine=machine())
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join([head, *reports]), encoding="utf-8")


if __name__ == "__main__":
    main()
