"""The figures that a study file declares, drawn from its responses."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from cxsurvey.display.card import Card
from cxsurvey.display.figure_drafts import draft
from cxsurvey.display.methods import methodology
from cxsurvey.display.pack import PackMeta, write_pack
from cxsurvey.errors import DataFault, RequestError, did_you_mean
from cxsurvey.published.claims.file import claims_path
from cxsurvey.study.codebook import Figure, by_id
from cxsurvey.study.study import Study

Progress = Callable[[int, int, str], None]


def draw_figures(study: Study, *, only: Sequence[str] | None = None) -> tuple[Card, ...]:
    """Draw the figures of a study.

    Parameters
    ----------
    study : Study
    only : sequence of str, optional
        Ids of the figures to draw, such as ``["fig02"]``; all by default.

    Returns
    -------
    tuple of Card
        In the order of the study file; a figure taller than a page is drawn on several cards.

    Raises
    ------
    RequestError
        ``unknown-figure``; ``no-figures`` when the study declares none; or a figure asks for what its form
        cannot draw.
    DataFault
        As :func:`cxsurvey.estimate` and :func:`cxsurvey.gaps`; ``not-as-printed`` when synthetic respondents
        give another number than the report that they stand for.
    ClaimsError
        When the claims of a study of synthetic respondents cannot be read.

    Notes
    -----
    Figures of synthetic respondents beside a claims file show a number only where a claim prints it.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> cards = draw_figures(cx.read_study("sfo2018"), only=["fig01"])
    >>> cards[0].key
    'fig01'
    """
    declared = by_id(study.file.figure)
    if not declared:
        raise RequestError.no_figures(study.id)
    for name in only or ():
        if name not in declared:
            raise RequestError.unknown_figure(name, did_you_mean(name, list(declared)))
    return tuple(
        card
        for number, figure in enumerate(declared.values(), 1)
        if only is None or figure.id in only
        for card in _cards(study, figure, number)
    )


def _cards(study: Study, figure: Figure, number: int) -> Sequence[Card]:
    try:
        return draft(study, figure).draw_all()
    except (RequestError, DataFault) as error:
        raise error.located(f'[[figure]] {number} "{figure.id}"') from error


def figures(
    study: Study,
    *,
    to: str | os.PathLike[str],
    only: Sequence[str] | None = None,
    paper: str = "letter",
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write the figure pack of a study.

    Parameters
    ----------
    study : Study
    to : path-like
        Folder to write to; made when absent.
    only : sequence of str, optional
        Ids of the figures to draw; all by default.
    paper : {"letter", "a4"}
    progress : callable, optional
        Called with steps done, steps in all, and what was drawn.

    Returns
    -------
    tuple of pathlib.Path
        ``figure-pack.pdf``, ``png/``, ``svg/``, ``pdf/``, ``data/``, ``alt-text.md`` and ``manifest.json``.

    Raises
    ------
    RequestError, DataFault, ClaimsError
        As :func:`draw_figures`.
    OutputError
        When the folder cannot be written; nothing is left half-written.

    Examples
    --------
    >>> import tempfile
    >>> import cxsurvey as cx
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = figures(cx.read_study("sfo2018"), to=folder, only=["fig01"])
    >>> files[-1].name
    'manifest.json'
    """
    cards = draw_figures(study, only=only)
    return write_pack(
        cards,
        to,
        study_meta=pack_meta(study, paper=paper),
        methodology=methodology(study),
        page_size=paper,
        inputs=study.inputs,
        progress=progress,
    )


def pack_meta(study: Study, *, paper: str) -> PackMeta:
    """What the cover and the manifest say of a study."""
    info, settings = study.file.study, study.file.settings
    return PackMeta(
        title=info.title,
        publisher=info.publisher,
        field_dates=study.file.disclosure.field_dates,
        base=f"{study.n_kept:,} respondents",
        source=study.source,
        synthetic=info.synthetic,
        calibrated=info.synthetic and claims_path(study.path).is_file(),
        id=info.id,
        study_sha256=study.sha256,
        responses_sha256=study.raw.sha256,
        options={**settings.model_dump(), "paper": paper},
    )
