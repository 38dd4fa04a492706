"""A file of persons, loaded: against the plain `COPY + INSERT … ON CONFLICT` of the same rows in the same run.

    python bench/persons_load.py [--persons 10000]

Ours detects and validates every cell, finds or registers companies and departments, keeps places, traces, and cards as
touches, and counts every row. The plain reference takes the cells as they are: companies, persons, places.
"""

import argparse
import csv
import random
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

HEAD = ("会社名", "部署名", "役職", "氏名", "e-mail", "電話番号", "携帯電話", "名刺交換日")
PLAIN = """
    INSERT INTO accounts_account (name, key, kind, name_kana, name_en, industry, revenue_currency, prefecture, address,
        phone, relation, created_at, updated_at)
    SELECT DISTINCT ON (company) company, company, 'ENTITY', '', '', '', '', '', '', '', 'NONE', now(), now() FROM told;
    INSERT INTO accounts_person (name, last_name, first_name, name_kana, email, phone, mobile, created_at, updated_at)
    SELECT name, '', '', '', email, phone, mobile, now(), now() FROM told
    ON CONFLICT (lower(email)) WHERE email <> '' DO UPDATE SET name = excluded.name, phone = excluded.phone,
        mobile = excluded.mobile, updated_at = now();
    INSERT INTO accounts_affiliation (person_id, account_id, title, rank)
    SELECT p.id, a.id, t.title, 'UNKNOWN' FROM told t JOIN accounts_person p ON lower(p.email) = t.email
    JOIN accounts_account a ON a.key = t.company ON CONFLICT DO NOTHING
"""


def write(path: Path, persons: int, seed: int = 1) -> None:
    """Twenty persons a company on average, heavy-tailed; each with a mail address and a card."""
    draw = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(HEAD)
        for i in range(persons):
            at = int(draw.paretovariate(0.7)) % max(persons // 20, 1)
            title = draw.choice(("部長", "課長", "主任", ""))
            rows.writerow((f"株式会社第{at}工業", f"第{draw.randrange(5)}設計部", title, f"山田{i}郎",
                           f"p{i}@c{at}.example", f"03-{at % 10000:04}-{i % 10000:04}", "",
                           f"2025/{1 + i % 12:02}/{1 + i % 28:02}"))  # fmt: skip


def plain(path: Path) -> float:
    """Seconds of the plain statements, rolled back."""
    from django.db import connection, transaction

    with transaction.atomic():
        started = perf_counter()
        with connection.cursor() as cursor, path.open(encoding="utf-8") as stream:
            cursor.execute("CREATE TEMP TABLE told (company text, department text, title text, name text, email text,"
                           " phone text, mobile text, card text) ON COMMIT DROP")  # fmt: skip
            cursor.copy_expert("COPY told FROM STDIN WITH (FORMAT csv, HEADER, NULL '\\N')", stream)
            cursor.execute(PLAIN)
        seconds = perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def ours(path: Path) -> tuple[float, tuple[int, int, int, int, int]]:
    """Seconds from the queued file to the committed result, and its counts."""
    from django.core.files import File
    from django.utils import timezone

    from imports import jobs, load
    from users.models import User

    with path.open("rb") as stream:
        job = jobs.queue(File(stream), file_name="persons.csv", kind="persons", source="bench", wake=False,
                         by=User.objects.system(), now=timezone.now())  # fmt: skip
    started = perf_counter()
    job = load.run(job, now=timezone.now())
    return perf_counter() - started, (job.read, job.created, job.updated, job.unchanged, job.refused)


def measure(persons: int) -> list[tuple[str, float]]:
    """(way, seconds) of the plain statements, ours, and ours with the same file again."""
    from django.conf import settings

    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = folder
        path = Path(folder) / "given.csv"
        write(path, persons)
        floor = plain(path)
        first, counts = ours(path)
        assert counts == (persons, persons, 0, 0, 0), counts
        again, counts = ours(path)
        assert counts == (persons, 0, 0, persons, 0), counts
    return [("plain COPY + INSERT … ON CONFLICT", floor), ("import, all new", first), ("import, the same again", again)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=10_000)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        found = measure(options.persons)
    finally:
        teardown_databases(made, verbosity=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [f"# A file of {options.persons:,} persons loaded (client's peak memory {peak:.0f} MB)", ""]
    lines += ["| way | s | × plain | persons/s |", "|---|---|---|---|"]
    lines += [f"| {way} | {s:.2f} | {s / found[0][1]:.1f} | {options.persons / s:,.0f} |" for way, s in found]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
