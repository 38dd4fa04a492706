"""A file of ten thousand rows as a marketer uploads it: seconds to the preview, and to the committed result.

    python bench/uploads.py [--rows 10000]

Preview: the file is kept, understood and proposed (imports.drafts), and its first rows have their verdicts. Commit: a
worker has loaded it. The deals are of companies the accounts brought. Promised: 3 s and 10 s.
"""

import argparse
import csv
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")

from bench import persons_load, variants

Row = tuple[str, ...]


def accounts(rows: int) -> Iterator[Row]:
    yield "会社名", "業種", "従業員数", "都道府県", "住所", "電話番号", "ドメイン"
    for at, name in enumerate(variants.made(rows, random.Random(1))):
        yield name, "製造業", str(at % 5000), "東京都", f"港区芝{at % 9 + 1}-{at}", f"03-{at:04}-0000", f"c{at}.example"


def deals(rows: int) -> Iterator[Row]:
    yield "商談ID", "商談名", "会社名", "フェーズ", "金額", "作成日", "完了予定日"
    names = variants.made(rows, random.Random(1))
    for at in range(rows):
        phase = ("受注", "失注", "商談中")[at % 3]
        yield f"D{at}", f"商談{at}", names[at // 3], phase, f"{at * 1000:,}", "2026/04/01", "2026/09/30"


def write(path: Path, rows: Iterator[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def files(folder: Path, rows: int) -> dict[str, Path]:
    """Kind → its file, in the order they are loaded."""
    paths = {kind: folder / f"{kind}.csv" for kind in ("accounts", "persons", "deals")}
    write(paths["accounts"], accounts(rows))
    persons_load.write(paths["persons"], rows, cards=True)
    write(paths["deals"], deals(rows))
    return paths


def uploaded(kind: str, path: Path) -> tuple[tuple[float, float], tuple[float, float], Any]:
    """(seconds, seconds of the processor) to the preview and of the load, and the job."""
    from django.core.files import File
    from django.utils import timezone

    from imports import drafts, load, previews
    from users.models import User

    user = User.objects.system()

    def preview() -> Any:
        with path.open("rb") as stream:
            job = drafts.draft(File(stream), file_name=path.name, kind=kind, source="bench", by=user,
                               now=timezone.now())  # fmt: skip
        previews.preview(job, by=user, now=timezone.now())
        return job

    seen, job = timed(preview)
    drafts.start(job, by=user, now=timezone.now(), wake=False)
    job.refresh_from_db()
    loaded, job = timed(lambda: load.run(job, now=timezone.now()))
    return seen, loaded, job


def timed(work: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    started, worked = perf_counter(), process_time()
    result = work()
    return (perf_counter() - started, process_time() - worked), result


def measure(rows: int) -> list[str]:
    from django.conf import settings

    lines = []
    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = folder
        for kind, path in files(Path(folder), rows).items():
            seen, loaded, job = uploaded(kind, path)
            assert job.created + job.refused == rows, (kind, job.report)
            assert job.refused <= rows // 100, (kind, job.report)  # namesakes, waiting for a person
            lines.append(f"| {kind} | {seen[0]:.2f} ({seen[1]:.2f}) | {loaded[0]:.2f} ({loaded[1]:.2f}) |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        lines = measure(options.rows)
    finally:
        teardown_databases(made, verbosity=0)
    head = [f"# Uploads of {options.rows:,} rows: seconds (of them the client's processor)", ""]
    text = "\n".join([*head, "| kind | to the preview | to the committed result |", "|---|---|---|", *lines]) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
