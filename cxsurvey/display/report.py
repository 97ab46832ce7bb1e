"""Everything about a study in one folder: checks, scores, segments, gaps, books and the figure pack."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cxsurvey.analysis.gaps import gaps
from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.analysis.respondents import respondent_table
from cxsurvey.analysis.robustness import robustness
from cxsurvey.analysis.scoring import score
from cxsurvey.analysis.segment_shares import segment_shares
from cxsurvey.analysis.segmentation import known_rules, segment
from cxsurvey.display.audit_page import audit_card, study_audit
from cxsurvey.display.book.shelf import write_books
from cxsurvey.display.figures import draw_figures, pack_meta
from cxsurvey.display.manifest import FigureEntry, listed_files, write_manifest
from cxsurvey.display.methods import methodology
from cxsurvey.display.pack import fill_pack
from cxsurvey.display.published_tables import with_published
from cxsurvey.files import MANIFEST, staged_folder, write_csv
from cxsurvey.study.checks import check
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


def report(
    study: Study,
    *,
    to: str | os.PathLike[str],
    paper: str = "letter",
    progress: Callable[[int, int, str], None] | None = None,
) -> tuple[Path, ...]:
    """Write everything about a study into a folder, all of it or nothing.

    Parameters
    ----------
    study : Study
    to : path-like
        Folder to write to; made when absent.
    paper : {"letter", "a4"}
    progress : callable, optional
        Called with steps done, steps in all, and what was drawn.

    Returns
    -------
    tuple of pathlib.Path
        ``tables/issues.csv``; ``tables/scales.csv`` and ``items.csv`` where there are scales;
        ``tables/respondents.csv``, ``segments.csv`` and ``gaps-by-*.csv`` where there are segments and groups;
        ``robustness-moves.csv`` and ``robustness-gaps.csv`` where segments can be made by several rules;
        ``tables/audit.csv`` where there are claims; books of banner tables, one for each ``[[table]]``, or
        ``book/book.xlsx``, ``.html``, ``.csv`` and ``.letters.csv`` by segments and groups where none is
        declared (none where there are none); the figure pack where figures are declared, with the audit
        as its last figure; ``manifest.json`` with the hash of every file. Of synthetic respondents of a study
        with claims, ``segments.csv``, ``gaps-by-*.csv`` and ``robustness-gaps.csv`` have a last column
        ``published``: true where a claim prints every share of the row.

    Raises
    ------
    RequestError, DataFault
        As the analyses it runs.
    ClaimsError
        When there are claims that cannot be used.
    OutputError
        When the folder cannot be written; nothing is left half-written.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> files = cx.report(cx.read_study("sfo2018"), to="reports/sfo2018")  # doctest: +SKIP
    """
    folder = Path(to)
    meta = pack_meta(study, paper=paper)
    audited = study_audit(study)
    with staged_folder(folder, inputs=study.inputs) as stage:
        found = tables(study) | ({} if audited is None else {"audit": audited.frame})
        for name, frame in found.items():
            write_csv(_made(stage / "tables") / f"{name}.csv", frame)
        write_books(study, stage / "book", progress=progress)
        entries: tuple[FigureEntry, ...] = ()
        cards = [*(draw_figures(study) if study.file.figure else ())]
        if audited is not None:
            cards.append(audit_card(audited, source=study.source, number=str(_last_number(study) + 1)))
        if cards:
            entries = fill_pack(
                cards,
                stage,
                study_meta=meta,
                methodology=methodology(study),
                page_size=paper,
                progress=progress,
            )
        write_manifest(stage, meta.origin, entries)
        names = listed_files(stage)
    return tuple(folder / name for name in (*names, MANIFEST))


def tables(study: Study) -> dict[str, pd.DataFrame]:
    """The tables of a report by file name: issues, scales, items, segments, respondents and gaps."""
    found = {"issues": check(study).frame}
    if study.file.scale:
        scores = score(study)
        found |= {"scales": scores.summary, "items": scores.items}
    splits = list(study.groups)
    if study.file.segments is not None:
        segments = segment(study)
        shares = segment_shares(study, segments)
        found["segments"] = with_published(study, shares.frame, [(row,) for row in shares.rows])
        found["respondents"] = respondent_table(study, segments)
        splits = [SEGMENT, *splits]
        if len(known_rules(study)) > 1:
            other = robustness(study)
            told = with_published(study, other.gaps, other.rows, own_rule=other.own)
            found |= {"robustness-moves": other.moves, "robustness-gaps": told}
    for name in splits:
        tested = gaps(study, by=name)
        found[f"gaps-by-{name}"] = with_published(study, tested.frame, tested.rows)
    return found


def _last_number(study: Study) -> int:
    """The number of the last declared figure; 0 where there is none."""
    return max((int(figure.id.removeprefix("fig")) for figure in study.file.figure), default=0)


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
