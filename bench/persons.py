"""FEBRL 1: 500 true duplicates among 1,000 person records; how many the person matcher proposes, and how many wrongly.

python bench/persons.py --febrl dataset1.csv [--write FILE]
"""

import argparse
import csv
import sys
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from accounts.matching import Outcome
from accounts.person_matching import PersonSaid, blocks, compare

Pair = tuple[str, str]


def read(path: Path) -> dict[str, PersonSaid]:
    """Record id → person. The social security number stands for a phone: figures that are one's own, with slips."""
    with path.open(encoding="utf-8") as stream:
        rows = [{name.strip(): cell.strip() for name, cell in row.items()} for row in csv.DictReader(stream)]
    return {
        row["rec_id"]: PersonSaid(
            last=row["surname"],
            first=row["given_name"],
            phone=row["soc_sec_id"],
            address=f"{row['address_1']} {row['street_number']}".strip(),
            postcode=row["postcode"],
            born=row["date_of_birth"],
        )
        for row in rows
    }


def proposed(persons: dict[str, PersonSaid]) -> tuple[set[Pair], Counter[str]]:
    """The pairs that are not NEW, and how many pairs each rule made."""
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, person in persons.items():
        for block in blocks(person):
            shared[block].append(number)
    pairs = {tuple(sorted(pair)) for numbers in shared.values() for pair in combinations(numbers, 2)}
    verdicts = {pair: compare(persons[pair[0]], persons[pair[1]]) for pair in pairs}
    taken = {pair for pair, verdict in verdicts.items() if verdict.outcome is not Outcome.NEW}
    return taken, Counter(str(verdicts[pair].rule) for pair in taken)


def report(path: Path) -> str:
    """Precision and recall in one table."""
    persons = read(path)
    true = {tuple(sorted((number, number.replace("org", "dup-0")))) for number in persons if number.endswith("org")}
    taken, by_rule = proposed(persons)
    right = len(taken & true)
    return (
        f"# Person duplicates, FEBRL 1 ({len(persons):,} records, {len(true)} true pairs)\n\n"
        "Proposed to a person, none linked: without a mail address nothing decides.\n\n"
        "| by rule | proposed | right | precision | recall |\n|---|---|---|---|---|\n"
        f"| {', '.join(by_rule)} | {len(taken)} | {right} | {right / len(taken):.4f} | {right / len(true):.4f} |\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--febrl", type=Path, required=True)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    text = report(options.febrl)
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
