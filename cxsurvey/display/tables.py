"""From results to the tidy tables that chart forms draw: percentages, flags and letters, one row a mark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd

from cxsurvey.analysis.base_policy import EMPTY, SUPPRESSED
from cxsurvey.analysis.gaps import DEFINES
from cxsurvey.analysis.rating_pairs import RatingPairs
from cxsurvey.analysis.results import TOTAL, Estimates, Gaps, Row
from cxsurvey.analysis.segmentation import UNCLASSIFIED
from cxsurvey.display.figure_data import REST, UNPUBLISHED, WITHHELD, Bases
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from cxsurvey.analysis.segmentation import Segmentation

HUNDRED: Final = 100.0
UNITS: Final = {"share": "percent", "mean": "score", "median": "score", "nps": "nps"}
KINDS: Final = {"percent": "shares", "score": "means", "nps": "net promoter scores"}
ALPHA: Final = 0.05


def unit_of(rows: Sequence[Row]) -> str:
    """Find the unit that all rows share: ``percent``, ``score`` or ``nps``.

    Means and medians share a unit where they have the same range, or none is known of any.

    Raises
    ------
    RequestError
        ``mixed-units`` when rows cannot stand on one scale.
    """
    kinds = sorted({_kind(row) for row in rows})
    if len(kinds) != 1:
        raise RequestError.mixed_units(kinds)
    return UNITS[rows[0].statistic]


def _kind(row: Row) -> str:
    """The scale that a row stands on, in words: its unit, and the range of a mean or median."""
    kind = KINDS[UNITS[row.statistic]]
    if kind != KINDS["score"]:
        return kind
    return f"{kind} from {row.bounds[0]:g} to {row.bounds[1]:g}" if row.bounds else f"{kind} without bounds"


def row_labels(rows: Sequence[Row]) -> list[str]:
    """Label rows so that they can be told apart: by response, by question, or by both.

    A mean without a label of its own takes that of its question. One answer to several questions, such as Yes,
    is named by question; several answers to several questions by both.
    """
    names = [row.question_label if _unnamed(row) else row.response_label for row in rows]
    keys: dict[str, set[tuple[str, str]]] = {}
    responses: dict[str, set[str]] = {}
    for name, row in zip(names, rows, strict=True):
        keys.setdefault(name, set()).add((row.question, row.response))
        responses.setdefault(row.question, set()).add(row.response)
    if all(len(found) == 1 for found in keys.values()):
        return names
    if all(len(found) == 1 for found in responses.values()):
        return [row.question_label for row in rows]
    return [f"{row.question_label}: {name}" for name, row in zip(names, rows, strict=True)]


def _unnamed(row: Row) -> bool:
    return row.statistic != "share" and row.response_label == row.statistic.capitalize()


def estimate_marks(estimates: Estimates, *, across: str = "response") -> pd.DataFrame:
    """One mark an estimate.

    Parameters
    ----------
    estimates : Estimates
    across : {"response", "question"}
        What names a row: its response, or its question where a battery shows one response of each.

    Returns
    -------
    pandas.DataFrame
        ``row_id label group group_id level value n n_eff lo hi flag``; shares in percent. ``flag`` is missing
        where the estimate may be shown, so that a figure judges its base by the thresholds of figures. With
        ``published``, where the estimates tell what a report printed.
    """
    frame = estimates.frame
    unit = unit_of(estimates.rows)
    scale = HUNDRED if unit == "percent" else 1.0
    by_question = across == "question"
    printed = {"published": frame["published"]} if "published" in frame else {}
    return pd.DataFrame(
        {
            "row_id": [row.question if by_question else row.response for row in estimates.rows],
            "label": [row.question_label if by_question else row.response_label for row in estimates.rows],
            "group": [row.group_label for row in estimates.rows],
            "group_id": [row.group for row in estimates.rows],
            "level": [row.response_label for row in estimates.rows],
            "value": scale * frame["estimate"],
            "n": frame["n"].astype(float),
            "n_eff": frame["n_effective"],
            "lo": scale * frame["conf_low"],
            "hi": scale * frame["conf_high"],
            "flag": [_flag(flag) for flag in frame["flag"]],
            **printed,
        }
    )


def bar_marks(estimates: Estimates, *, across: str) -> pd.DataFrame:
    """One mark a bar: as `estimate_marks`, with ids and labels that tell several questions' answers apart."""
    marks = estimate_marks(estimates, across=across)
    if across == "response" and len({row.question for row in estimates.rows}) > 1:
        marks["row_id"] = [f"{row.question}/{row.response}" for row in estimates.rows]
        marks["label"] = row_labels(estimates.rows)
    return marks


def named_rows(rows: Sequence[Row], marks: pd.DataFrame, names: Iterable[int | str]) -> tuple[int | str, ...]:
    """Find the ids of the marks that a reader means.

    Parameters
    ----------
    rows : sequence of Row
        Of the marks.
    marks : DataFrame
        ``row_id, label``.
    names : iterable of int or str
        Ids and labels of marks first; else response codes and question ids, of which each may name several. A
        place after sorting, and what is not found, stay as they are.

    Returns
    -------
    tuple of int or str
    """
    direct, indirect = [], []
    for row, row_id, label in zip(rows, marks["row_id"], marks["label"], strict=True):
        direct += [(_key(name), row_id) for name in (row_id, label)]
        indirect += [(_key(name), row_id) for name in (row.response, row.question, row.response_label)]
    found: list[int | str] = []
    for name in names:
        key = _key(name) if isinstance(name, str) else None
        hits = [row_id for known, row_id in direct if known == key]
        hits = hits or [row_id for known, row_id in indirect if known == key]
        found += hits or [name]
    return tuple(dict.fromkeys(found))


def _key(name: str) -> str:
    return name.strip().casefold()


def _flag(flag: str) -> str | None:
    """Say why an estimate is not shown; None where it may be, and a figure judges its base."""
    words = flag.split()
    if UNPUBLISHED in words:
        return UNPUBLISHED
    if SUPPRESSED in words:
        return "suppressed"
    return "missing" if EMPTY in words else None


def segment_marks(shares: Estimates, segments: Segmentation, *, bases: Bases) -> pd.DataFrame:
    """One mark a segment, with its definition; the unclassified are left to the notes.

    The base of a share is everybody in a segment, and ``bases`` judges that. ``n`` is of the segment itself;
    beside a share that is not shown it is left out as well, for it would give the share away.
    """
    marks = estimate_marks(shares)
    named = dict(zip(segments.partition.names, segments.partition.labels, strict=True))
    words = {named[name]: text for name, text in segments.definitions.items()}
    kept = marks[marks["row_id"] != UNCLASSIFIED].copy()
    kept["definition"] = [words.get(label, "") for label in kept["label"]]
    kept["group"] = kept["label"]
    classified = float(kept["n"].sum())
    kept["flag"] = [
        flag or bases.flag(value, classified) for flag, value in zip(kept["flag"], kept["value"], strict=True)
    ]
    kept["n"] = kept["n"].where(~kept["flag"].isin([*WITHHELD, UNPUBLISHED]))
    return kept.reset_index(drop=True)


def with_letters(marks: pd.DataFrame, gaps: Gaps) -> pd.DataFrame:
    """Give each mark the letters of the groups that it is significantly higher than.

    Letters a, b, c stand for the groups in the order of the marks.
    """
    order = list(dict.fromkeys(marks["group_id"]))
    letter = {name: chr(ord("a") + i) for i, name in enumerate(order)}
    found: dict[tuple[str, str, str], set[str]] = {}
    for record in gaps.frame.to_dict("records"):
        if not record["p_adjusted"] < ALPHA or circular(record["flag"]):
            continue
        sides = (record["group_a"], record["group_b"])
        high, low = sides if record["gap"] > 0 else sides[::-1]
        key = (record["question"], record["response"], high)
        found.setdefault(key, set()).add(letter[low])
    keys = zip(marks["question_id"], marks["response_id"], marks["group_id"], strict=True)
    return marks.assign(letters=["".join(sorted(found.get(key, ()))) for key in keys])


def lane_marks(estimates: Estimates, gaps: Gaps) -> pd.DataFrame:
    """One mark a row and group, with letters."""
    marks = estimate_marks(estimates)
    marks["question_id"] = [row.question for row in estimates.rows]
    marks["response_id"] = [row.response for row in estimates.rows]
    marks["row_id"] = marks["question_id"] + "/" + marks["response_id"]
    marks["label"] = row_labels(estimates.rows)
    return with_letters(marks[marks["group_id"] != TOTAL].reset_index(drop=True), gaps)


def circular(flag: str) -> bool:
    """Whether a gap is flagged as one of a question that makes the groups, so that its size is no finding."""
    return DEFINES in flag.split()


def significance(gaps: Gaps) -> pd.Series[bool]:
    """Tell of each gap whether it is significant at 5% after correction; missing where that is not known."""
    p = gaps.frame["p_adjusted"]
    known = p.notna() & ~gaps.frame["flag"].map(circular).astype(bool)
    return (p < ALPHA).astype("boolean").where(known)


def gap_rows(gaps: Gaps) -> pd.DataFrame:
    """One row a gap of two groups, for a dumbbell.

    Raises
    ------
    RequestError
        ``not-two-groups`` when the gaps compare more than one pair.

    Notes
    -----
    ``significant`` is missing where there was no test, and where the question itself makes the groups.
    """
    pairs = {(a.group_label, b.group_label) for a, b in gaps.rows}
    if len(pairs) != 1:
        raise RequestError.not_two_groups([f"{a} v {b}" for a, b in sorted(pairs)])
    unit = unit_of([a for a, _ in gaps.rows])
    scale = HUNDRED if unit == "percent" else 1.0
    frame = gaps.frame
    return pd.DataFrame(
        {
            "row_id": frame["question"] + "/" + frame["response"],
            "label": row_labels([a for a, _ in gaps.rows]),
            "group_a": [a.group_label for a, _ in gaps.rows],
            "group_b": [b.group_label for _, b in gaps.rows],
            "a": scale * frame["estimate_a"],
            "b": scale * frame["estimate_b"],
            "diff": scale * frame["gap"],
            "diff_lo": scale * frame["conf_low"],
            "diff_hi": scale * frame["conf_high"],
            "n_a": frame["n_a"].astype(float),
            "n_b": frame["n_b"].astype(float),
            "significant": significance(gaps),
            "flag": [_flag(flag) for flag in frame["flag"]],
            **_printed_ends(frame),
        }
    )


def rank_rows(left: Estimates, right: Estimates) -> pd.DataFrame:
    """One row an item that two questions rank, in the order of the first; values in percent.

    Raises
    ------
    RequestError
        ``nothing-to-rank`` when they have fewer than two responses in common.
    """
    first, second = (estimate_marks(side).set_index("row_id") for side in (left, right))
    items = [code for code in first.index if code in second.index]
    if len(items) < 2:  # noqa: PLR2004 - two items make a ranking
        raise RequestError.nothing_to_rank(len(items))
    names = {"value": "", "n": "n_", "flag": "flag_", "published": "published_"}
    table: dict[str, object] = {"row_id": items, "label": first.loc[items, "label"].to_numpy()}
    for side, marks, source in (("a", first, left), ("b", second, right)):
        table[f"group_{side}"] = source.rows[0].question_label
        for name, stem in names.items():
            if name in marks:
                table[f"{stem}{side}"] = marks.loc[items, name].to_numpy()
    return pd.DataFrame(table)


def with_rest(marks: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """Add to every row that lacks some level a mark without a value, for all that it lacks together.

    Parameters
    ----------
    marks, whole : pandas.DataFrame
        ``row_id label level value n`` and more: the levels that may be shown, and all of them.

    Returns
    -------
    pandas.DataFrame
        ``marks`` with a level ``REST``, flagged as not published, in the rows that need it.
    """
    shown = marks[marks["value"].notna()].groupby("row_id").size()
    first = whole.drop_duplicates("row_id")
    lacking = first["row_id"].map(shown).fillna(0) < first["row_id"].map(whole.groupby("row_id").size())
    rest = first[lacking].assign(level=REST, flag=UNPUBLISHED, published=False)
    rest[["value", "n_eff", "lo", "hi"]] = math.nan
    return pd.concat([marks, rest], ignore_index=True)


def _printed_ends(frame: pd.DataFrame) -> dict[str, object]:
    """Which ends of each gap a report printed, and flags of their own, where the gaps tell; else nothing."""
    if "published_a" not in frame:
        return {}
    found: dict[str, object] = {}
    for side in "ab":
        absent = frame[f"estimate_{side}"].isna() & ~frame[f"published_{side}"]
        own = [_flag(flag.replace(UNPUBLISHED, "")) for flag in frame["flag"]]
        found[f"flag_{side}"] = [UNPUBLISHED if lost else flag for lost, flag in zip(absent, own, strict=True)]
        found[f"published_{side}"] = frame[f"published_{side}"]
    return found


def pair_marks(pairs: RatingPairs) -> pd.DataFrame:
    """One mark a pair of ratings: ``row col value n segment``; segments by their label, n of all pairs."""
    labels = dict(zip(pairs.segments.partition.names, pairs.segments.partition.labels, strict=True))
    return pd.DataFrame(
        [
            {
                "row": row,
                "col": column,
                "value": HUNDRED * float(pairs.share[i, j]),
                "n": float(pairs.n),
                "segment": labels.get(pairs.segment[i][j], ""),
            }
            for i, row in enumerate(pairs.rows)
            for j, column in enumerate(pairs.columns)
        ]
    )
