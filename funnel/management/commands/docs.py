"""`manage.py docs`: docs/metrics.md and docs/waterfall.md, written from the very data the product runs on."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from funnel import metrics
from funnel.enums import OPEN, REJECT_REASONS, Stage
from funnel.measures import DEFAULT_K, Metric, Section, Subject, Unit
from funnel.statistics import SMALL_N
from funnel.waterfall import MOVES, Move

HEAD = "<!-- Written by `python manage.py docs`; do not edit. -->\n"
TITLES = {
    Section.HAND_OVER: "Hand-over",
    Section.BEHAVIOUR: "Who answers how: each delivery counts for whoever got it",
    Section.MARKETING: "Marketing's own clocks",
    Section.OUTCOME: "After the hand-over",
    Section.FEEDBACK: "Feedback",
    Section.DEALS: "Deals",
    Section.SURFACE: "Surface",
}
UNITS = {
    Unit.RATE: "rate with its 95 % Wilson interval",
    Unit.COUNT: "count",
    Unit.MONEY: "money, per currency",
    Unit.DAYS: "days",
    Unit.HOURS: "business hours (Kaplan–Meier)",
}
INTRODUCTION = f"""# Metrics

Every number is defined once, in code (`funnel/metrics.py`); pages, API, exports, `manage.py metrics` and this page
read that one definition, and every number opens the very rows it counts.

**Leads** are counted by the period of their *first* hand-over (a cohort). Left out are leads that sales or a partner
found, and leads recalled or merged as duplicates before their answer was due and unanswered. A lead is *matured* (M)
once the due of its first handoff has passed; by its first outcome it is then exactly one of A accepted by the due,
J rejected by the due, I ignored: A + J + I = M in every slice. A later acceptance does not undo an ignore. Leads whose
answer is not yet due are shown as open and stand on neither side of a ratio. k is {DEFAULT_K} days unless asked
otherwise.

**Feedback** is counted by the day it was asked for, 30, 60 and 90 days after the acceptance; what is not told stays
counted.

**Deals** are counted by the day they were opened or closed. Amounts are never added up across currencies.

Nothing later than the asked `as_of` exists. Sample sources (the golden cases) are left out unless a filter names them.

**Year on year**: the same fiscal days of both years, every lead seen at the same age; a period spans a year at most.
Each rate has its Wilson 95 % interval; the difference is tested by the two-proportion test, under {SMALL_N} leads in
either year by Fisher's exact test, and a small n is said. Mix and behaviour (Kitagawa) are told apart over on-list ×
tier × existing × source: mix = Σ (w₁−w₀)(r₀+r₁)/2, behaviour = Σ (r₁−r₀)(w₀+w₁)/2. The change of pipeline per MQL is
shared out (Shapley): SAL part = (S₁−S₀)(c₀+c₁)/2, conversion part = (c₁−c₀)(S₀+S₁)/2.
"""
WATERFALL = """# The waterfall: what may happen to a lead

The whole table of moves as the product runs it (`funnel/waterfall.py`). Whatever is not here is refused, with the moves
that are legal now.
"""


class Command(BaseCommand):
    help = "Writes the generated pages of docs/; with --check only says whether they are up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs"
        with translation.override("en"):
            pages = {"metrics.md": metrics_page(), "waterfall.md": waterfall_page()}
        stale = [name for name, text in pages.items() if not _has(folder / name, text)]
        if options["check"] and stale:
            raise CommandError(f"Out of date: {', '.join(stale)}. Please run: python manage.py docs")
        for name in stale:
            (folder / name).write_text(pages[name], encoding="utf-8")
        self.stdout.write(f"Written: {', '.join(stale)}." if stale else "Up to date.")


def metrics_page() -> str:
    """The metric dictionary, its measures and dimensions."""
    parts = [HEAD, INTRODUCTION]
    for section in Section:
        chosen = [metric for metric in metrics.dictionary() if metric.section == section]
        if chosen:
            parts += [f"## {TITLES[section]}\n", *map(_metric, chosen)]
    subjects = {metric.subject.key: metric.subject for metric in metrics.dictionary()}
    return "\n".join([*parts, *map(_subject, subjects.values())])


def waterfall_page() -> str:
    """The moves table and the reject reasons."""
    header = ("move", "from", "to", "who", "needs", "only when", "effect")
    reasons = [(code, english, disposition.value) for code, english, _, disposition in REJECT_REASONS]
    return "\n".join(
        [
            HEAD,
            WATERFALL,
            "## Moves\n",
            table(header, map(_move, MOVES)),
            "## Reject reasons\n",
            table(("reason", "meaning", "what marketing then does"), reasons),
        ]
    )


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(header), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _metric(metric: Metric) -> str:
    of = metric.subject.measures
    parts = [f"counts: {of[metric.numerator].words}"]
    if metric.denominator:
        parts.append(f"among: {of[metric.denominator].words}")
    return f"### `{metric.key}`: {metric.label}\n\n{metric.definition}\n\n*{UNITS[metric.unit]}; {'; '.join(parts)}*\n"


def _subject(subject: Subject) -> str:
    names = [(f"`{name}`", str(dimension.label)) for name, dimension in subject.dimensions.items()]
    return f"## Dimensions of {subject.key}\n\n{table(('name', 'what it is'), names)}"


def _move(move: Move) -> tuple[str, ...]:
    roles = sorted(role.value for role in move.roles)
    who = " + ".join(roles) if move.together else ", ".join(roles)
    extra = [f"{need} when {key} is {' or '.join(sorted(values))}" for key, values, need in move.needs_when]
    return (
        f"`{move.name.value}`",
        _stages(move.from_stages),
        move.to_stage.value,
        who,
        ", ".join(_words([*move.needs, *extra])),
        ", ".join(_words([*move.guards, *move.data_rules])),
        move.effect,
    )


def _stages(stages: frozenset[Stage]) -> str:
    if stages == OPEN:
        return "any open"
    return ", ".join(stage.value for stage in Stage if stage in stages) or "(new)"


def _words(names: Iterable[str]) -> list[str]:
    return [name.replace("_", " ") for name in names]


def _has(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
