"""A file of persons, loaded: against the plain `COPY + INSERT … ON CONFLICT` of the same rows in the same run.

    python bench/persons_load.py [--persons 10000] [--cards]

Ours detects and validates every cell, finds or registers companies and departments, reads titles, keeps places and
traces, and counts every row, in a process of its own whose memory is told. The plain reference takes the cells as they
are, into the same tables: companies, departments, persons, places, and with `--cards` a touch for each card. Both are
committed.
"""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")

HEAD = ("会社名", "部署名", "役職", "氏名", "e-mail", "電話番号", "携帯電話")
TABLES = "accounts_account, accounts_person, accounts_telling, engagement_touch, engagement_uncountedtouch"
PLAIN = """
    CREATE TEMP TABLE told (company text, department text, title text, name text, email text, phone text, mobile text
        {card_column});
    COPY told FROM STDIN WITH (FORMAT csv, HEADER, NULL '\\N');
    INSERT INTO accounts_account (name, key, kind, name_kana, name_en, industry, revenue_currency, prefecture, address,
        phone, relation, created_at, updated_at)
    SELECT DISTINCT ON (company) company, company, 'ENTITY', '', '', '', '', '', '', '', 'NONE', now(), now() FROM told;
    INSERT INTO accounts_department (account_id, name, key, function)
    SELECT DISTINCT a.id, t.department, t.department, 'OTHER' FROM told t JOIN accounts_account a ON a.key = t.company
    ON CONFLICT DO NOTHING;
    INSERT INTO accounts_person (name, last_name, first_name, name_kana, email, phone, mobile, created_at, updated_at)
    SELECT name, '', '', '', email, phone, mobile, now(), now() FROM told
    ON CONFLICT (lower(email)) WHERE email <> '' DO UPDATE SET name = excluded.name, phone = excluded.phone,
        mobile = excluded.mobile, updated_at = now();
    ANALYZE accounts_person, accounts_account, accounts_department;
    INSERT INTO accounts_affiliation (person_id, account_id, department_id, title, rank, source_id)
    SELECT p.id, a.id, d.id, t.title, 'UNKNOWN', {source} FROM told t JOIN accounts_person p ON lower(p.email) = t.email
    JOIN accounts_account a ON a.key = t.company
    JOIN accounts_department d ON d.account_id = a.id AND d.key = t.department ON CONFLICT DO NOTHING
"""
CARDS = """
    INSERT INTO engagement_touch (account_id, department_id, person_id, kind, direction, two_way, minutes, occurred_at,
        title, source_id, external_id, recorded_at)
    SELECT f.account_id, f.department_id, p.id, 'CARD', 'INBOUND', false, 0, t.card_on::date + time '12:00', '',
        {source}, 'card:' || p.id, now() FROM told t JOIN accounts_person p ON lower(p.email) = t.email
    JOIN accounts_affiliation f ON f.person_id = p.id ON CONFLICT DO NOTHING
"""


class Loaded(NamedTuple):
    """One way of loading: wall seconds, and those of the client's processor; its peak memory in MB."""

    way: str
    seconds: float
    client: float = 0.0
    peak: float = 0.0


def write(path: Path, persons: int, *, cards: bool, seed: int = 1) -> None:
    """Twenty persons a company on average, heavy-tailed; each with a mail address."""
    draw = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow((*HEAD, "名刺交換日") if cards else HEAD)
        for i in range(persons):
            at = int(draw.paretovariate(0.7)) % max(persons // 20, 1)
            title = draw.choice(("部長", "課長", "主任", ""))
            card = (f"2025/{1 + i % 12:02}/{1 + i % 28:02}",) if cards else ()
            rows.writerow((f"株式会社第{at}工業", f"第{draw.randrange(5)}設計部", title, f"山田{i}郎",
                           f"p{i}@c{at}.example", f"03-{at % 10000:04}-{i % 10000:04}", "", *card))  # fmt: skip


def plain(path: Path, *, cards: bool) -> Loaded:
    """The plain statements, committed and then taken away again."""
    from django.db import connection, transaction

    from accounts import sources

    source = sources.ensure("plain").pk
    statements = (PLAIN + (f";{CARDS}" if cards else "")).format(
        source=source, card_column=", card_on text" if cards else ""
    )
    started = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor, path.open(encoding="utf-8") as stream:
        for statement in statements.split(";"):
            copies = statement.strip().startswith("COPY")
            cursor.copy_expert(statement, stream) if copies else cursor.execute(statement)
    seconds = perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} CASCADE; DROP TABLE told")
    return Loaded("plain COPY + INSERT … ON CONFLICT", seconds)


def ours(way: str, path: Path, folder: str, counts: tuple[int, ...]) -> Loaded:
    """The file through the import, in a process as a worker is; raises where it did not do what it should."""
    from django.core.files import File
    from django.db import connection
    from django.utils import timezone

    from imports import jobs
    from users.models import User

    with path.open("rb") as stream:
        job = jobs.queue(File(stream), file_name="persons.csv", kind="persons", source="bench", wake=False,
                         by=User.objects.system(), now=timezone.now())  # fmt: skip
    told = {"job": job.pk, "database": connection.settings_dict["NAME"], "media": folder}
    done = subprocess.run([sys.executable, __file__, "--load", json.dumps(told)], check=True, capture_output=True)
    found = json.loads(done.stdout)
    job.refresh_from_db()
    assert (job.created, job.updated, job.unchanged, job.refused) == counts, job.report
    return Loaded(way, **found)


def load_one(told: dict[str, Any]) -> dict[str, float]:
    """In the worker: seconds from the queued file to the committed result."""
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from imports import load
    from imports.models import ImportJob

    connection.settings_dict["NAME"] = told["database"]
    settings.MEDIA_ROOT = told["media"]
    job = ImportJob.objects.get(pk=told["job"])
    started, worked = perf_counter(), process_time()
    load.run(job, now=timezone.now())
    seconds, client = perf_counter() - started, process_time() - worked
    return {"seconds": seconds, "client": client, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def measure(persons: int, *, cards: bool) -> list[Loaded]:
    """The plain statements, ours, and ours with the same file again."""
    from django.conf import settings

    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = folder
        path = Path(folder) / "given.csv"
        write(path, persons, cards=cards)
        return [
            plain(path, cards=cards),
            ours("import, all new", path, folder, (persons, 0, 0, 0)),
            ours("import, the same again", path, folder, (0, 0, persons, 0)),
        ]


def table(persons: int, found: list[Loaded], *, cards: bool) -> str:
    floor = found[0].seconds
    lines = [f"# A file of {persons:,} persons loaded{', each with a card' if cards else ''}", ""]
    lines += [
        "| way | s | × plain | persons/s | client's processor, s | client's peak, MB |",
        "|---|---|---|---|---|---|",
    ]
    for one in found:
        client = f"{one.client:.1f} | {one.peak:.0f}" if one.client else "– | –"
        lines.append(
            f"| {one.way} | {one.seconds:.2f} | {one.seconds / floor:.1f} | {persons / one.seconds:,.0f} | {client} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=10_000)
    parser.add_argument("--cards", action="store_true")
    parser.add_argument("--load", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    import django

    django.setup()
    if options.load:
        print(json.dumps(load_one(options.load)))
        return
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        text = table(options.persons, measure(options.persons, cards=options.cards), cards=options.cards)
    finally:
        teardown_databases(made, verbosity=0)
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
