"""The five named grids that read "leaders, followers and laggards" from two four-point ratings.

Rows are customer insight and columns customer engagement, both from Excellent to Poor. The published report
fixes nine of the sixteen cells; the grids differ in the rest. See ``docs/methods/segmentation.md``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from cxsurvey.study.codebook import GridRule, Segment, SegmentOrRest

GRID_LEVELS: Final = ("excellent", "good", "fair", "poor")

_LETTERS: Final[dict[str, SegmentOrRest]] = {
    "L": "leader",
    "f": "follower",
    "g": "laggard",
    ".": "unclassified",
}


def _grid(label: str, rows: str, **definitions: str) -> GridRule:
    cells = tuple(tuple(_LETTERS[letter] for letter in row) for row in rows.split())
    named: dict[Segment, str] = {
        "leader": "Excellent in both, or excellent in one and good in the other",
        "follower": definitions["follower"],
        "laggard": definitions["laggard"],
    }
    return GridRule(kind="grid", label=label, definitions=named, cells=cells)


NAMED_GRIDS: Final = MappingProxyType(
    {
        "at_best_fair": _grid(
            "Laggards are at best fair in both ratings (placing fair with fair here is an interpretation)",
            "LLff Lfff ffgg ffgg",
            follower="Good in at least one, or mixed ratings, short of leader",
            laggard="Fair or poor in both",
        ),
        "any_poor": _grid(
            "Laggards are poor in at least one rating",
            "LLfg Lffg fffg gggg",
            follower="Neither rating poor, short of leader",
            laggard="Poor in at least one",
        ),
        "score": _grid(
            "Sum of the two ratings (excellent 4, good 3, fair 2, poor 1): leaders 7-8, laggards 4 or less",
            "LLff Lffg ffgg fggg",
            follower="Ratings that add to 5 or 6",
            laggard="Ratings that add to 4 or less",
        ),
        "literal_drop": _grid(
            "The published wordings taken literally, fair with fair a laggard; unnamed pairs are left out",
            "LL.. Lff. .fgg ..gg",
            follower="Both ratings good, or good and fair",
            laggard="Fair or poor in both",
        ),
        "literal_drop_fair_follower": _grid(
            "The published wordings taken literally, fair with fair a follower; unnamed pairs are left out",
            "LL.. Lff. .ffg ..gg",
            follower="Good or fair in both",
            laggard="Poor in at least one and at best fair in the other",
        ),
    }
)
