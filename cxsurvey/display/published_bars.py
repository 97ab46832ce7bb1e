"""Which numbers of synthetic respondents a figure may show: those that the report prints, and no other.

What is published is shown as printed. What the report names without a number keeps its place without a value;
what it does not name is left out, and counted. A figure with ``illustrative = true`` shows the rest as well,
under a tag that nobody can miss.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsurvey.analysis.base_policy import EMPTY, SUPPRESSED
from cxsurvey.analysis.results import Estimates, Gaps, Row
from cxsurvey.analysis.segment_shares import NOT_IN_BASE
from cxsurvey.display.card import FigureText
from cxsurvey.display.drafts import Draft, with_notes
from cxsurvey.display.figure_data import UNPUBLISHED
from cxsurvey.display.figure_words import joined
from cxsurvey.display.numbers import NOT_PUBLISHED, count
from cxsurvey.display.published_tests import tested_again
from cxsurvey.errors import RequestError
from cxsurvey.published.claims.published_cells import PublishedCells, published_cells
from cxsurvey.published.claims.records import Claim
from cxsurvey.study.answers import BoolArray
from cxsurvey.study.codebook import Figure
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

TAG: Final = "Illustrative: numbers of synthetic respondents, not published"
OF_ESTIMATES: Final = ("n_effective", "n_weighted", "estimate", "std_error", "conf_low", "conf_high", "df")
OF_SAMPLING: Final = ("std_error", "conf_low", "conf_high", "df")
OF_BASES: Final = ("n", "n_eff", "n_a", "n_b")
BASELESS: Final = (
    "No interval is drawn and nothing is tested where the report gives no base; the bases here are assumed."
)
BLANK: Final = {SUPPRESSED, EMPTY, NOT_IN_BASE}
HUNDRED: Final = 100
PRECISION: Final = 12  # digits: a difference of printed percentages has no more than they have


@dataclass(frozen=True, slots=True)
class Lack:
    """What a figure does not show.

    Attributes
    ----------
    shown : int
        Values that have a place in the figure.
    unprinted : int
        Of these, named in the report without a number.
    unnamed : int
        Answers that the report does not name at all.
    baseless : int
        Printed values of which the report gives no base.
    """

    shown: int = 0
    unprinted: int = 0
    unnamed: int = 0
    baseless: int = 0

    @property
    def any(self) -> bool:
        """Whether anything is missing."""
        return bool(self.unprinted or self.unnamed)

    @property
    def all_baseless(self) -> bool:
        """Whether the report gives no base of any value that it prints."""
        return 0 < self.baseless == self.shown - self.unprinted

    def note(self, *, values: str, merged: bool) -> tuple[str, str]:
        """Say what is missing.

        Parameters
        ----------
        values : str
            What the figure shows: ``answers`` or ``values``.
        merged : bool
            Whether what has no number is drawn as one grey part.

        Examples
        --------
        >>> Lack(4, 2, 8).note(values="answers", merged=False)[1][:62]
        'n/p: not published. 2 of the 4 answers shown are named without'
        """
        parts = []
        if self.unprinted:
            opening = "Grey:" if merged else f"{NOT_PUBLISHED}: not published."
            parts.append(f"{opening} {self._unprinted_words(values)}.")
        if self.unnamed:
            one = self.unnamed == 1
            stand = "stands for an answer" if one else "stand for answers"
            verb = "is" if one else "are"
            parts.append(
                f"{count(self.unnamed)} more, which {stand} that the report does not name, {verb} not shown."
            )
        return ("Not published", " ".join(parts))

    def _unprinted_words(self, values: str) -> str:
        every = self.unprinted == self.shown > 1
        few = f"{count(self.unprinted)} of the {count(self.shown)} {values}"
        verb = "is" if self.unprinted == 1 else "are"
        if values == "answers":
            shown = f"All {count(self.shown)} {values}" if every else few
            return f"{shown} shown {verb} named without a number"
        return f"None of the {count(self.shown)} {values} is printed" if every else f"{few} {verb} not printed"

    def __add__(self, other: Lack) -> Lack:
        """Both together."""
        return Lack(
            self.shown + other.shown,
            self.unprinted + other.unprinted,
            self.unnamed + other.unnamed,
            self.baseless + other.baseless,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """What one figure may show.

    Attributes
    ----------
    figure : Figure
    cells : PublishedCells or None
        None where there is nothing to withhold: real respondents, or no claims.
    """

    figure: Figure
    cells: PublishedCells | None

    @property
    def withholds(self) -> bool:
        """Whether numbers that are not published are kept out of the figure."""
        return self.cells is not None and not self.figure.illustrative

    def estimates(self, found: Estimates) -> Estimates:
        """Take out of estimates what may not be shown, and put the printed numbers in.

        Parameters
        ----------
        found : Estimates

        Returns
        -------
        Estimates
            Unchanged where there are no claims. Else without answers that the report does not name; its frame
            has columns ``published`` and ``baseless`` (the report gives no base of it). Unless the figure is
            illustrative, what is not published has no numbers and the flag ``not_published``, and what has no
            base has no interval.

        Raises
        ------
        RequestError
            ``figure-unnamed`` when nothing is left.
        DataFault
            ``not-as-printed``.
        """
        if self.cells is None:
            return found
        kept = _named(self.cells, found.rows)
        if not len(kept):
            raise RequestError.figure_unnamed(
                self.figure.id, list(dict.fromkeys(row.question for row in found.rows))
            )
        frame = found.frame.iloc[kept].reset_index(drop=True)
        rows = tuple(found.rows[i] for i in kept)
        claims = [self._claim(row, record) for row, record in zip(rows, frame.to_dict("records"), strict=True)]
        known = np.array([claim is not None for claim in claims])
        covariance = found.covariance[np.ix_(kept, kept)].copy()
        frame["estimate"] = _printed(claims, frame["estimate"])
        frame["published"] = known
        frame["baseless"] = baseless = _baseless(claims)
        if self.withholds:
            frame.loc[baseless, list(OF_SAMPLING)] = np.nan
            frame["flag"] = frame["flag"].where(known | frame["flag"].eq(NOT_IN_BASE), UNPUBLISHED)
            frame.loc[~known, list(OF_ESTIMATES)] = np.nan
            told = known & ~baseless
            covariance[~told, :] = np.nan
            covariance[:, ~told] = np.nan
            rows = tuple(row if has else replace(row, interval="") for row, has in zip(rows, told, strict=True))
        return replace(found, frame=frame, rows=rows, covariance=covariance)

    def gaps(self, found: Gaps) -> Gaps:
        """Take out of gaps those of which an end may not be shown, and correct the others for one another.

        Returns
        -------
        Gaps
            As :meth:`estimates`, with columns ``published_a``, ``published_b`` and ``baseless``. A gap of two
            published ends is the difference of the printed percentages; its interval and test are those of the
            respondents, and left out where the report gives no base of an end. Its p-value is the largest of
            all whole counts that print as the report does.
        """
        if self.cells is None:
            return found
        kept = _named(self.cells, [a for a, _ in found.rows])
        frame = found.frame.iloc[kept].reset_index(drop=True)
        rows = tuple(found.rows[i] for i in kept)
        records = frame.to_dict("records")
        sides: dict[str, list[Claim | None]] = {}
        frame["baseless"] = False
        for place, side in enumerate("ab"):
            ends = [{**record, "estimate": record[f"estimate_{side}"]} for record in records]
            claims = [self._claim(pair[place], end) for pair, end in zip(rows, ends, strict=True)]
            frame[f"estimate_{side}"] = _printed(claims, frame[f"estimate_{side}"])
            sides[side] = claims
            known = np.array([claim is not None for claim in claims])
            frame[f"published_{side}"] = known
            frame["baseless"] |= _baseless(claims)
            if self.withholds:
                frame.loc[~known, f"estimate_{side}"] = np.nan
        both = frame["published_a"] & frame["published_b"] & frame["gap"].notna()
        printed = frame["estimate_a"] - frame["estimate_b"]
        frame["gap"] = frame["gap"].where(~both, printed.round(PRECISION))
        if not self.withholds:
            return replace(found, frame=frame, rows=rows)
        return tested_again(found, frame, rows, list(zip(sides["a"], sides["b"], strict=True)))

    def _claim(self, row: Row, record: Mapping[Any, Any]) -> Claim | None:
        if self.cells is None or row.statistic != "share":
            return None
        share = record["estimate"]
        hidden = str(record["flag"]) in BLANK or not isinstance(share, float) or np.isnan(share)
        return self.cells.claim(
            row.question,
            row.response,
            group_by=str(record["group_by"]),
            group=row.group,
            share=None if hidden else float(share),
        )

    def lack(self, whole: Estimates, shown: Estimates) -> Lack:
        """Count what is missing from a figure of ``shown``, which was made of ``whole``."""
        if self.cells is None:
            return Lack()
        kept = {(row.question, row.response) for row in shown.rows}
        unnamed = {(row.question, row.response) for row in whole.rows} - kept
        counted = shown.frame["flag"].ne(NOT_IN_BASE)
        unprinted = counted & ~shown.frame["published"] & self.withholds
        baseless = counted & shown.frame["baseless"] & self.withholds
        return Lack(int(counted.sum()), int(unprinted.sum()), len(unnamed), int(baseless.sum()))

    def said(self, drawn: Draft, lack: Lack) -> Draft:
        """Put the tag, and what is missing, into the words of a figure."""
        text = self.tagged(drawn.text)
        if lack.baseless:
            text = joined(text, "Base", BASELESS)
        if lack.any:
            values = (
                "values"
                if {"group", "level"} & set(drawn.table.columns) or drawn.form == "dumbbell"
                else "answers"
            )
            text = with_notes(text, lack.note(values=values, merged=drawn.form == "stacked"))
        table = _without_bases(drawn.table) if lack.all_baseless else drawn.table
        return replace(drawn, text=text, table=table)

    def tagged(self, text: FigureText, *, always: bool = False) -> FigureText:
        """Tag a figure that shows on purpose what is not published; ``always`` one that shows nothing else."""
        wanted = self.figure.illustrative or (always and self.cells is not None)
        return replace(text, tag=TAG) if wanted else text


def figure_bars(study: Study, figure: Figure) -> Bars:
    """Find out what a figure of a study may show.

    Raises
    ------
    ClaimsError
        As :func:`cxsurvey.published.claims.published_cells.published_cells`.
    """
    cells = published_cells(study)
    own = study.file.segments.rule if study.file.segments else None
    if cells is not None and figure.rule not in {None, own}:
        cells = cells.without_segments()
    return Bars(figure, cells)


def _named(cells: PublishedCells, rows: Sequence[Row]) -> list[int]:
    return [i for i, row in enumerate(rows) if cells.names(row.question, row.response)]


def _baseless(claims: Sequence[Claim | None]) -> BoolArray:
    """Where a claim prints a share of which the report gives no base, stated or derived."""
    return np.array([claim is not None and claim.base is None for claim in claims], dtype=np.bool_)


def _without_bases(table: pd.DataFrame) -> pd.DataFrame:
    """Take out the bases, which are assumed, so that none stands beside a printed value as if printed."""
    return table.assign(**dict.fromkeys((name for name in OF_BASES if name in table), np.nan))


def _printed(claims: Sequence[Claim | None], estimates: pd.Series[float]) -> list[float]:
    """Shares as printed, where a claim prints them and they are not hidden."""
    return [
        share if claim is None or claim.value is None or np.isnan(share) else float(claim.value / HUNDRED)
        for claim, share in zip(claims, estimates, strict=True)
    ]
