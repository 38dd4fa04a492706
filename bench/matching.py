"""The matcher on names written otherwise: precision and recall by rule and by way of writing, and its speed.

    python bench/matching.py [--accounts 50000] [--names FILE --name-column C --number-column N] [--febrl FILE]

Names are made here, or taken from a file at run time. One in ten companies is left out of the reference, so that its
variants ought to be NEW. Seed 2 was never looked at while the matcher was written. The plain reference is what a good
engineer writes in an hour: NFKC, forms cut by a regular expression, a dictionary, then rare pairs and rapidfuzz.
"""

import argparse
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")

from rapidfuzz import fuzz, process

from accounts.corporate_numbers import check_digit
from accounts.matching import Candidate, Index, Known, Outcome, Rule, Verdict, judge
from accounts.names import parse
from bench import persons, variants

BY_KEY = (Rule.COMPANY_KEY, Rule.FURTHER_NAME, Rule.KEY_AND_SITE)
Company = tuple[str, str]
"""Name and 法人番号 (or "")."""
Asked = tuple[str, str, int | None]
"""Way of writing, variant, and the company's place in the reference (None: left out)."""


def candidate(name: str) -> Candidate:
    said = parse(name)
    return Candidate(said.key, said.legal_form, site_keys=said.site_keys, form_leads=said.form_leads)


def index_of(companies: Iterable[Company]) -> Index:
    known = ((place, number, parse(name)) for place, (name, number) in enumerate(companies))
    return Index(
        Known(place, {said.key}, said.legal_form, number, form_leads=said.form_leads) for place, number, said in known
    )


def ours(companies: list[Company], names: list[str]) -> list[Verdict]:
    """Everything from the names to the verdicts."""
    parse.cache_clear()
    index = index_of(companies)
    return [judge(candidate(name), index) for name in names]


_FORMS = re.compile(r"株式会社|有限会社|合同会社|\(株\)|\(有\)|co\.?,? ?ltd\.?|inc\.?|k\.k\.|corporation|[\s・]")


def plain(companies: list[Company], names: list[str]) -> list[int | None]:
    """The plain reference: each name's place, or None."""

    def key(name: str) -> str:
        return _FORMS.sub("", unicodedata.normalize("NFKC", name).lower())

    keys = [key(name) for name, _number in companies]
    exact = {found: place for place, found in enumerate(keys)}
    having: dict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(keys):
        for pair in {found[at : at + 2] for at in range(len(found) - 1)}:
            having[pair].append(place)
    answers = []
    for asked in map(key, names):
        place = exact.get(asked)
        if place is None:
            pairs = sorted({asked[at : at + 2] for at in range(len(asked) - 1)}, key=lambda p: len(having.get(p, ())))
            near = sorted({place for pair in pairs[:4] for place in having.get(pair, ())[:500]})
            best = process.extractOne(asked, [keys[place] for place in near], scorer=fuzz.ratio, score_cutoff=80)
            place = near[best[2]] if best else None
        answers.append(place)
    return answers


def questions(companies: list[Company], seed: int, most: int) -> tuple[list[Company], list[Asked]]:
    """The reference (nine companies of ten) and the variants to ask for."""
    chance = random.Random(seed)
    shuffled = chance.sample(companies, len(companies))
    kept = sorted(shuffled[len(shuffled) // 10 :])
    asked: list[Asked] = [
        (way, name, place) for place, (company, _n) in enumerate(kept) for way, name in variants.of(company, chance)
    ]
    unknown: list[Asked] = [("unknown", name, None) for company, _n in shuffled[: len(shuffled) // 10]
                            for _way, name in variants.of(company, chance)]  # fmt: skip
    chosen = chance.sample(asked, min(len(asked), most - most // 10))
    return kept, [*chosen, *chance.sample(unknown, min(len(unknown), len(chosen) // 9))]


def outcome(verdict: Verdict, place: int | None) -> str:
    """right, wrong, proposed (the true one is among those proposed), asked (it is not) or new."""
    if verdict.outcome is Outcome.MATCHED and verdict.known:
        return "right" if verdict.known.ref == place else "wrong"
    if verdict.outcome is Outcome.AMBIGUOUS:
        return "proposed" if place in {known.ref for known in verdict.candidates} else "asked"
    return "new"


def by_rule(asked: list[Asked], verdicts: list[Verdict]) -> str:
    """How often each rule was right, and how much of all that is known it found."""
    counts = Counter(
        (v.rule, outcome(v, place)) for (_way, _name, place), v in zip(asked, verdicts, strict=True) if v.rule
    )
    known = sum(place is not None for _way, _name, place in asked)
    lines = ["| rule | verdict | names | right | precision | share of the known |", "|---|---|---|---|---|---|"]
    for rule in dict.fromkeys(rule for rule in Rule if any(counted is rule for counted, _o in counts)):
        matched = counts[rule, "right"] + counts[rule, "wrong"]
        right = counts[rule, "right"] + counts[rule, "proposed"]
        names = matched + counts[rule, "proposed"] + counts[rule, "asked"]
        verdict = "MATCHED" if matched else "AMBIGUOUS"
        lines.append(f"| {rule} | {verdict} | {names:,} | {right:,} | {right / names:.4f} | {right / known:.4f} |")
    return "\n".join(lines)


def by_way(asked: list[Asked], verdicts: list[Verdict]) -> str:
    """What became of each way of writing."""
    counts = Counter((way, outcome(v, place)) for (way, _name, place), v in zip(asked, verdicts, strict=True))
    columns = ("right", "wrong", "proposed", "asked", "new")
    lines = [f"| way of writing | {' | '.join(columns)} |", "|---|---|---|---|---|---|"]
    for way in (*variants.WAYS, "unknown"):
        total = sum(counts[way, column] for column in columns)
        if total:
            lines.append(
                f"| {way} ({total:,}) | " + " | ".join(f"{counts[way, c] / total:.4f}" for c in columns) + " |"
            )
    return "\n".join(lines)


def totals(asked: list[Asked], verdicts: list[Verdict]) -> str:
    """Automatic links and links by key; a typo is no spelling, so the key is not asked to find it."""
    told = [(way, place, v, outcome(v, place)) for (way, _name, place), v in zip(asked, verdicts, strict=True)]
    links = [result for _way, _place, v, result in told if v.outcome is Outcome.MATCHED]
    known = [one for one in told if one[1] is not None]
    spellings = [result for way, _place, _v, result in known if way != "typo"]
    found = sum(result in ("right", "proposed") for *_rest, result in known)
    precision = links.count("right") / len(links)
    return (
        f"Automatic links: P {precision:.4f}, R {links.count('right') / len(known):.4f} of all known names. By key, of "
        f"spellings (no typos): R {spellings.count('right') / len(spellings):.4f}. "
        f"With what is proposed: R {found / len(known):.4f}."
    )


def merged_numbers(asked: list[Asked], verdicts: list[Verdict], kept: list[Company]) -> int:
    """Links of a name whose 法人番号 is known to a company with another one: when it is told, none is left."""
    wrong, index = 0, index_of(kept)
    for (_way, name, place), verdict in zip(asked, verdicts, strict=True):
        if place is None or verdict.known is None or verdict.known.ref == place:
            continue
        number = kept[place][1]
        known = judge(candidate(name)._replace(corporate_number=number), index).known
        wrong += bool(number and known and known.corporate_number not in ("", number))
    return wrong


def number(place: int) -> str:
    """A 法人番号 that is right."""
    twelve = f"{10**11 + place:012}"
    return f"{check_digit(twelve)}{twelve}"


def command(companies: list[Company], names: list[str]) -> float:
    """Seconds of `manage.py match` from two files to its verdicts, in as many processes as there are processors."""
    with tempfile.TemporaryDirectory() as folder:
        known, asked = Path(folder) / "known.csv", Path(folder) / "asked.csv"
        for path, rows in ((known, [[name] for name, _number in companies]), (asked, [[name] for name in names])):
            with path.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows([["name"], *rows])
        said = [str(asked), "--column", "name", "--against", str(known), "--out", str(Path(folder) / "out.csv")]
        run = [sys.executable, str(Path(__file__).resolve().parent.parent / "manage.py"), "match", *said]
        return timed(lambda: subprocess.run(run, check=True, stdout=subprocess.DEVNULL))


def timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def measured(companies: list[Company], seed: int, most: int) -> str:
    kept, asked = questions(companies, seed, most)
    names = [name for _way, name, _place in asked]
    verdicts = ours(kept, names)
    answers = plain(kept, names)
    links = [(answer, place) for answer, (_way, _name, place) in zip(answers, asked, strict=True) if answer is not None]
    right = sum(answer == place for answer, place in links)
    seconds = [timed(lambda way=way: way(kept, names)) for way in (ours, plain)]
    whole = command(kept, names)
    return (
        f"## Seed {seed}: {len(names):,} names, {len(kept):,} accounts\n\n{totals(asked, verdicts)} "
        f"Different 法人番号 linked although told: {merged_numbers(asked, verdicts, kept)}.\n\n"
        f"{by_rule(asked, verdicts)}\n\n{by_way(asked, verdicts)}\n\n"
        f"| way | s | × plain | P of links |\n|---|---|---|---|\n"
        f"| the matcher, one process | {seconds[0]:.2f} | {seconds[0] / seconds[1]:.2f} | – |\n"
        f"| `manage.py match`, all processors | {whole:.2f} | {whole / seconds[1]:.2f} | – |\n"
        f"| plain reference, one process | {seconds[1]:.2f} | 1.00 | {right / len(links):.4f} |\n"
    )


def from_file(path: Path, name_column: str, number_column: str) -> list[Company]:
    """Companies (not persons) of a file, as (name, 法人番号)."""
    from imports.reading import open_table
    from imports.verdicts import column

    table = open_table(path)
    name, number = column(table, name_column), column(table, number_column) if number_column else None
    rows = [(line.cells[name], line.cells[number] if number is not None else "") for line in table.lines()]
    return [row for row in dict.fromkeys(rows) if row[0] and (number is None or row[1])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=50_000)
    parser.add_argument("--most", type=int, default=100_000, help="how many names are asked")
    parser.add_argument("--names", type=Path)
    parser.add_argument("--name-column", default="name")
    parser.add_argument("--number-column", default="")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--febrl", type=Path)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if options.names:
        companies = from_file(options.names, options.name_column, options.number_column)
    else:
        made = variants.made(options.accounts * 10 // 9, random.Random(0))
        companies = [(name, number(place)) for place, name in enumerate(made)]
    origin = "from a file" if options.names else "made"
    parts = [f"# Matching company names, {len(companies):,} {origin}\n"]
    parts += [measured(companies, seed, options.most) for seed in options.seeds]
    parts += [persons.report(options.febrl)] if options.febrl else []
    text = "\n".join(parts)
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
