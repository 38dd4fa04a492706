"""Keys that look alike: candidates by their rarest pairs of letters, compared by edit distance.

The score is rapidfuzz `ratio`: 100 × (1 − insertions and deletions ÷ both lengths). `partial_ratio` is a trap (it takes
every subsidiary for its parent), so it is not used. Likeness proposes; it never decides (docs/decisions/0015).
"""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz, process

ENOUGH = 80.0
"""Below this score two keys are not worth anybody's time."""
_PAIRS_ASKED = 4
_MOST_SHARERS = 300
_ENOUGH_FOUND = 100


class Lookalikes:
    """Keys, found again by one that is nearly the same."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = sorted(set(keys))
        self._having: dict[str, list[int]] = defaultdict(list)
        for number, key in enumerate(self.keys):
            for pair in _pairs(key):
                self._having[pair].append(number)

    def of(self, key: str, *, limit: int = 5) -> list[tuple[str, float]]:
        """The keys most alike and how much, best first; not the key itself, and none with another number in it."""
        found = process.extract(key, self._near(key), scorer=fuzz.ratio, score_cutoff=ENOUGH, limit=3 * limit)
        if not found:
            return []
        digits = _digits(key)
        alike = [(other, score) for other, score, _place in found if other != key and _digits(other) == digits]
        alike.sort(key=lambda one: (-one[1], one[0]))
        return alike[:limit]

    def _near(self, key: str) -> list[str]:
        """Keys that share one of the rarest pairs; common pairs (株 of 株式) would bring everybody."""
        shared = sorted((len(having), pair) for pair in _pairs(key) if (having := self._having.get(pair)))
        near: set[int] = set()
        for asked, (sharers, pair) in enumerate(shared[:_PAIRS_ASKED]):
            if asked and (sharers > _MOST_SHARERS or len(near) >= _ENOUGH_FOUND):
                break
            near.update(self._having[pair])
        return list(map(self.keys.__getitem__, near))


def _pairs(key: str) -> set[str]:
    ended = f"^{key}$"
    return {ended[place : place + 2] for place in range(len(ended) - 1)}


def _digits(key: str) -> str:
    return "".join(sign for sign in key if sign.isdigit())
