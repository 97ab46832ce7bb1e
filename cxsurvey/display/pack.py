"""The figure pack: one PDF, and every figure as a picture, as vectors, as data and in words.

::

    figure-pack.pdf     cover, contents, one figure a page with its data, methodology
    png/ svg/ pdf/      fig01-<first words of the headline>.png and so on
    data/fig01.csv      the data of the figure as drawn
    alt-text.md         short and long alternative text of each figure
    manifest.json       versions, options, hashes

Figures are drawn one after the other: twelve of them, with the PDF, take about four seconds, and a second
process would need one to start.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display.card_data import drawn_data
from cxsurvey.display.flow import one_line
from cxsurvey.display.manifest import FigureEntry, Origin, listed_files, write_manifest
from cxsurvey.display.measure import clean
from cxsurvey.display.methodology import Methodology
from cxsurvey.display.pages import Front, lay_out
from cxsurvey.display.pdf import Info, build_pdf
from cxsurvey.errors import RequestError
from cxsurvey.files import MANIFEST, output_folder, staged_folder, write_bytes, write_csv, write_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cxsurvey.display.card import Card

PACK_PDF: Final = "figure-pack.pdf"
ALT_TEXT: Final = "alt-text.md"
PNG_DPI: Final = 200
SLUG_LENGTH: Final = 40
KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")


@dataclass(frozen=True, slots=True)
class PackMeta:
    """What a pack says about its study.

    Attributes
    ----------
    title, publisher, field_dates, base, source : str
        Printed on the cover; empty ones are left out.
    synthetic : bool
        Say on the cover and on every page that the respondents are synthetic.
    calibrated : bool
        Synthetic respondents meet the claims of a report by the publisher, who is then not the author of the
        pack.
    id, study_sha256, responses_sha256 : str
        For the manifest.
    options : mapping
        Options that change numbers, for the manifest.
    """

    title: str
    publisher: str = ""
    field_dates: str = ""
    base: str = ""
    source: str = ""
    synthetic: bool = False
    calibrated: bool = False
    id: str = ""
    study_sha256: str = ""
    responses_sha256: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def origin(self) -> Origin:
        """What goes into the manifest."""
        return Origin(
            self.id, self.title, self.synthetic, self.study_sha256, self.responses_sha256, self.options
        )

    @property
    def front(self) -> Front:
        """What goes on the cover."""
        return Front(
            self.title,
            self.author,
            self.field_dates,
            self.base,
            self.source,
            synthetic=self.synthetic,
            origin=self._origin_line,
        )

    @property
    def author(self) -> str:
        """Whose figures these are: the publisher's, unless the respondents are synthetic."""
        return "" if self.synthetic else self.publisher

    @property
    def _origin_line(self) -> str:
        """Where synthetic respondents come from; the publisher of a report has not made them."""
        if not self.synthetic:
            return ""
        whose = f" by {self.publisher}" if self.publisher else ""
        return f"Synthetic respondents calibrated to a report{whose}" if self.calibrated else ""


def write_pack(
    cards: Sequence[Card],
    folder: str | os.PathLike[str],
    *,
    study_meta: PackMeta,
    methodology: Methodology | None = None,
    page_size: str = "letter",
    inputs: Iterable[str | os.PathLike[str]] = (),
    progress: Callable[[int, int, str], None] | None = None,
) -> tuple[Path, ...]:
    """Write a figure pack into a folder, all of it or nothing.

    Parameters
    ----------
    cards : sequence of Card
        The figures in order, each with a key of its own.
    folder : path-like
        Where the pack goes; made when it does not exist. Files of an earlier pack that are no longer part of it
        are removed unless somebody has edited them; other files are left alone.
    study_meta : PackMeta
        What the cover and the manifest say.
    methodology : Methodology, optional
        The last pages; without it each item is printed as "Not stated".
    page_size : {"letter", "a4"}
        Paper of ``figure-pack.pdf``.
    inputs : iterable of path-like
        Files that the figures were made from; never overwritten.
    progress : callable, optional
        Called as ``progress(done, total, label)`` while figures are drawn.

    Returns
    -------
    tuple of Path
        Every file of the pack, the manifest last.

    Raises
    ------
    RequestError
        If there is no figure, two share a key, a key cannot be part of a file name, a figure is taller than the
        page, or the paper size is unknown.
    OutputError
        If the folder cannot be written, or a file would replace an input.
    """
    folder = Path(folder)
    with staged_folder(folder, inputs=inputs) as stage:
        entries = fill_pack(
            cards, stage, study_meta=study_meta, methodology=methodology, page_size=page_size, progress=progress
        )
        write_manifest(stage, study_meta.origin, entries)
        names = listed_files(stage)
    return tuple(folder / name for name in (*names, MANIFEST))


def fill_pack(
    cards: Sequence[Card],
    folder: Path,
    *,
    study_meta: PackMeta,
    methodology: Methodology | None = None,
    page_size: str = "letter",
    progress: Callable[[int, int, str], None] | None = None,
) -> tuple[FigureEntry, ...]:
    """Write the files of a pack, without manifest, into a folder that a larger output is being built in.

    Parameters are those of `write_pack`; ``folder`` is usually the one of `cxsurvey.files.staged_folder`.
    Follow it with `cxsurvey.display.manifest.write_manifest`.

    Returns
    -------
    tuple of FigureEntry
        What the manifest says of each figure.

    Raises
    ------
    RequestError, OutputError
        As `write_pack`.
    """
    _check_keys(cards)
    pages = lay_out(cards, study_meta.front, methodology or Methodology(), size=page_size)
    steps = _Steps(progress, len(pages) + 4 * len(cards))
    identity = f"{study_meta.id} {study_meta.study_sha256} {study_meta.responses_sha256}"
    info = Info(study_meta.title, study_meta.author, study_meta.source, identity)
    pdf = build_pdf(pages, info, progress=lambda _done, _all: steps.advance(PACK_PDF))
    write_bytes(folder / PACK_PDF, pdf.pack)
    entries = tuple(_write_figure(card, pdf.figures[card.key], folder, steps) for card in cards)
    write_text(folder / ALT_TEXT, alt_text(cards, study_meta))
    return entries


def _check_keys(cards: Sequence[Card]) -> None:
    seen: set[str] = set()
    for card in cards:
        if not KEY.fullmatch(card.key):
            raise RequestError.figure_key(card.key)
        if card.key in seen:
            raise RequestError.duplicate_figure(card.key)
        seen.add(card.key)


class _Steps:
    """Counts what is done and tells the caller."""

    def __init__(self, progress: Callable[[int, int, str], None] | None, total: int) -> None:
        self.progress = progress
        self.total = total
        self.done = 0

    def advance(self, label: str) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total, label)


def _write_figure(card: Card, pdf: bytes, folder: Path, steps: _Steps) -> FigureEntry:
    name = file_name(card)
    files = []
    for suffix, draw in _pictures(card, pdf):
        path = output_folder(folder / suffix) / f"{name}.{suffix}"
        files.append(write_bytes(path, draw()))
        steps.advance(path.name)
    data = output_folder(folder / "data") / f"{card.key}.csv"
    files.append(write_csv(data, drawn_data(card)))
    return FigureEntry(
        key=card.key,
        number=card.number,
        headline=card.text.headline,
        form=card.form,
        base=dict(card.text.notes).get("Base", ""),
        source=card.text.source,
        files=tuple(path.relative_to(folder).as_posix() for path in files),
    )


def _pictures(card: Card, pdf: bytes) -> tuple[tuple[str, Callable[[], bytes]], ...]:
    return (("png", partial(card.png, PNG_DPI)), ("svg", card.svg), ("pdf", partial(bytes, pdf)))


def file_name(card: Card) -> str:
    """Name a figure's files: its key and the first words of its headline.

    Returns
    -------
    str
        Lower case ASCII letters, digits and hyphens. The key alone when the headline has no such letter.
    """
    words = slug(card.text.headline)
    return f"{card.key}-{words}" if words else card.key


def slug(text: str, *, length: int = SLUG_LENGTH) -> str:
    """Turn text into a part of a file name that every file system takes.

    Accents are dropped, everything but ASCII letters and digits becomes a hyphen, and the text is cut at the
    last whole word within ``length`` characters.

    Examples
    --------
    >>> slug("Only 17% qualify as CX leaders, standing out on both counts")
    'only-17-qualify-as-cx-leaders-standing'
    >>> slug("Kundennähe zählt"), slug("顧客")
    ('kundennahe-zahlt', '')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) <= length:
        return words
    whole, _, _ = words[: length + 1].rpartition("-")
    return whole or words[:length]


def alt_text(cards: Sequence[Card], meta: PackMeta) -> str:
    """Write the short and the long alternative text of each figure as Markdown.

    The texts stand in code fences, so that they can be copied exactly, whatever characters they hold.
    """
    parts = [f"# Alternative text: {one_line(meta.title)}\n"]
    if meta.synthetic:
        parts.append("The respondents behind these figures are synthetic.\n")
    for card in cards:
        parts.append(f"## Figure {card.number} ({file_name(card)})\n")
        parts += [f"Short:\n\n{_fenced(card.alt_short)}", f"Long:\n\n{_fenced(card.alt_long)}"]
    return "\n".join(parts)


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{clean(text)}\n{fence}\n"
