"""A figure before it is drawn: the form, the tidy table, the words, the options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.analysis.rating_pairs import RatingPairs
from cxsurvey.analysis.results import TOTAL, Estimates, Gaps, Row
from cxsurvey.analysis.segmentation import Segmentation
from cxsurvey.display import tables
from cxsurvey.display.card import Card, FigureText
from cxsurvey.display.figure_data import HIDE_BASE, SMALL_BASE, Bases
from cxsurvey.display.notes import ROUNDING, gap_note, letters_note, lines_note, synthetic_note
from cxsurvey.display.style import FOLLOWERS, LAGGARDS, LEADERS, PALETTE, GroupStyle, Palette
from cxsurvey.study.rules import GRID_LEVELS, NAMED_GRIDS

if TYPE_CHECKING:
    import pandas as pd

SEGMENT_STYLES: Mapping[str, GroupStyle] = MappingProxyType(
    {"leader": LEADERS, "follower": FOLLOWERS, "laggard": LAGGARDS}
)
UNTESTED: Final = ("Rows", "Differences between rows are not tested here.")
Options = Mapping[str, Any]
Note = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What a form needs to draw.

    Attributes
    ----------
    form : str
        Name of the form.
    table : pandas.DataFrame
    text : FigureText
    options : mapping
    """

    form: str
    table: pd.DataFrame
    text: FigureText
    options: Options

    def draw(self) -> Card:
        """Draw one card; an error if it is taller than a page."""
        drawn: Callable[..., Card] = _form(self.form).draw
        return drawn(self.table, self.text, **self.options)

    def draw_all(self) -> tuple[Card, ...]:
        """Draw on as many cards as it takes."""
        drawn: Callable[..., tuple[Card, ...]] = _form(self.form).draw_all
        return drawn(self.table, self.text, **self.options)


def _form(name: str) -> ModuleType:
    return import_module(f"cxsurvey.display.forms.{name}")


def ranked(estimates: Estimates, text: FigureText, *, across: str, options: Options) -> Draft:
    """Bars of one group; see :func:`cxsurvey.display.charts.ranked`."""
    marks = tables.bar_marks(estimates, across=across)
    noted = with_notes(text, *_intervals(estimates, options), *synthetic_note(estimates))
    named = {
        name: tables.named_rows(estimates.rows, marks, options[name])
        for name in ("highlight", "keep_last")
        if name in options
    }
    settings = {"unit": tables.unit_of(estimates.rows), "level": estimates.level, **options, **named}
    return Draft("ranked", marks.drop(columns=["group", "group_id", "level"]), noted, settings)


def segments(shares: Estimates, found: Segmentation, text: FigureText, *, options: Options) -> Draft:
    """Shares of the segments; see :func:`cxsurvey.display.charts.segments`."""
    bases = Bases(options.get("small_base", SMALL_BASE), options.get("hide_base", HIDE_BASE))
    marks = tables.segment_marks(shares, found, bases=bases)
    rest = sum(found.rest.values())
    left_out = f" {rest:,} respondents fall in no segment and are left out." if rest else ""
    rule = ("Segments", f"{sentence(found.description)}{left_out}")
    rounding = [ROUNDING] if marks["value"].notna().any() else []
    drawn = _intervals(shares, options, key="Interval")
    noted = with_notes(text, rule, *drawn, *rounding, *synthetic_note(shares, found))
    settings = {"level": shares.level, "palette": segment_palette(found), **options}
    named = marks.drop(columns=["row_id", "label", "group_id", "level"])
    return Draft("segments", named, noted, settings)


def stacked(
    estimates: Estimates, text: FigureText, *, rows: str, options: Options, whole: Estimates | None = None
) -> Draft:
    """One scale over rows; see :func:`cxsurvey.display.charts.stacked`.

    ``whole`` are the estimates of every level of a scale of which ``estimates`` shows some.
    """
    named = "question" if rows == "question" else "group"
    marks = _row_marks(estimates, named)
    if whole is not None:
        marks = tables.with_rest(marks, _row_marks(whole, named))
    totals = marks["group_id"] == TOTAL
    settings: dict[str, Any] = {**options}
    if rows == "group" and totals.any():
        marks.loc[totals, "label"] = "Total"
        settings = {"total_row": TOTAL, **settings}
    untested = [UNTESTED] if named == "group" and len(set(marks["row_id"])) > 1 else []
    rounding = [ROUNDING] if whole is None else []
    noted = with_notes(_in_percent(text), *rounding, *untested, *synthetic_note(estimates))
    return Draft("stacked", marks.drop(columns=["group", "group_id"]), noted, settings)


def _row_marks(estimates: Estimates, named: str) -> pd.DataFrame:
    """Marks whose rows are questions, or groups."""
    marks = tables.estimate_marks(estimates)
    marks["row_id"] = [getattr(row, named) for row in estimates.rows]
    marks["label"] = [getattr(row, f"{named}_label") for row in estimates.rows]
    return marks


def lanes(estimates: Estimates, gaps: Gaps, text: FigureText, *, options: Options) -> Draft:
    """Groups side by side; see :func:`cxsurvey.display.charts.lanes`."""
    marks = tables.lane_marks(estimates, gaps)
    drawn = _intervals(estimates, options)
    noted = with_notes(text, letters_note(gaps), *drawn, *synthetic_note(estimates, gaps))
    settings = {
        "unit": tables.unit_of(estimates.rows),
        "level": estimates.level,
        "palette": palette_for(estimates.rows, estimates.frame["group_by"].iloc[0]),
        **options,
    }
    return Draft("lanes", marks.drop(columns=["level", "question_id", "response_id"]), noted, settings)


def dumbbell(gaps: Gaps, text: FigureText, *, options: Options) -> Draft:
    """Two groups; see :func:`cxsurvey.display.charts.dumbbell`."""
    table = tables.gap_rows(gaps)
    unit = tables.unit_of([a for a, _ in gaps.rows])
    gap = gap_note(gaps, unit=unit, interval=options.get("ci", True))
    noted = with_notes(text, gap, *synthetic_note(gaps))
    palette = palette_for([row for pair in gaps.rows for row in pair], gaps.frame["group_by"].iloc[0])
    return Draft("dumbbell", table, noted, {"unit": unit, "level": gaps.level, "palette": palette, **options})


def matrix(pairs: RatingPairs, text: FigureText, *, options: Options) -> Draft:
    """Two ratings crossed; see :func:`cxsurvey.display.charts.matrix`."""
    settings: dict[str, Any] = {
        "row_title": pairs.insight,
        "col_title": pairs.engagement,
        "row_levels": pairs.rows[::-1],
        "col_levels": pairs.columns[::-1],
        "segments": _segment_list(pairs),
        "palette": segment_palette(pairs.segments),
        **options,
    }
    rule = ("Rule", f"{sentence(pairs.segments.description)} {_levels(pairs)}".strip())
    noted = with_notes(_in_percent(text), rule, ROUNDING, *synthetic_note(pairs))
    return Draft("matrix", tables.pair_marks(pairs), noted, settings)


def _in_percent(text: FigureText) -> FigureText:
    """State the unit in the descriptor, where a form prints its values without one."""
    words = text.descriptor.strip() or "Share of respondents"
    return text if "%" in words else replace(text, descriptor=f"{words.removesuffix('.')}, %")


def _segment_list(pairs: RatingPairs) -> list[dict[str, Any]]:
    """Each segment with its share and words, for the list beside the grid."""
    found = pairs.segments
    labels = zip(found.partition.names, found.partition.labels, strict=True)
    words = {str(name): text for name, text in found.definitions.items()}
    return [
        {"name": label, "share": tables.HUNDRED * pairs.segment_share[name], "definition": words.get(name, "")}
        for name, label in labels
    ]


def _levels(pairs: RatingPairs) -> str:
    """Which answers the words of a named grid stand for, where the answers have other names."""
    named = tuple(label.casefold() for label in pairs.rows)
    if pairs.segments.rule not in NAMED_GRIDS or named == GRID_LEVELS:
        return ""
    said = zip(GRID_LEVELS, pairs.rows, strict=True)
    return f"Here {', '.join(f'{word} is “{label}”' for word, label in said)}."


def sentence(words: str) -> str:
    """Begin words with a capital and end them with a full stop."""
    text = words.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def with_notes(text: FigureText, *notes: Note) -> FigureText:
    """Add notes of keys that the text does not have yet."""
    known = {key for key, _ in text.notes}
    added = tuple(note for note in notes if note[0] not in known)
    return replace(text, notes=(*text.notes, *added))


def _intervals(estimates: Estimates, options: Options, *, key: str = "Lines") -> tuple[Note, ...]:
    """The note of intervals, where they are drawn."""
    drawn = options.get("ci", True) and estimates.frame["conf_low"].notna().any()
    return (lines_note(estimates, key=key),) if drawn else ()


def segment_palette(found: Segmentation) -> Palette:
    """The palette in which this segmentation's own labels carry the colours of the segments."""
    labels = zip(found.partition.names, found.partition.labels, strict=True)
    return _named({label: SEGMENT_STYLES[name] for name, label in labels})


def palette_for(rows: Sequence[Row], group_by: str) -> Palette:
    """The palette of groups, which knows segments by their id whatever their label."""
    if group_by != SEGMENT:
        return PALETTE
    return _named({row.group_label: SEGMENT_STYLES[row.group] for row in rows if row.group in SEGMENT_STYLES})


def _named(styles: Mapping[str, GroupStyle]) -> Palette:
    own = {label.strip().casefold(): style for label, style in styles.items()}
    return replace(PALETTE, named=MappingProxyType({**PALETTE.named, **own}))
