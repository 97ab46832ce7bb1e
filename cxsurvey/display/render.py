"""Painting marks and words with matplotlib: to PNG, SVG and PDF bytes, or onto a page that somebody else made.

One axes covers the whole canvas, in inches, with its origin at the top left. Nothing is laid out here. The same
input gives the same bytes on one set of library versions: no dates, no program name, identifiers that depend on
the figure alone.
"""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from cxsurvey.display import typeface
from cxsurvey.display.measure import clean, one_line
from cxsurvey.display.ops import Line, Marker, Rect, Text
from cxsurvey.display.settings import frozen_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cxsurvey.display.ops import Op, Shape

EDGE_PT: Final = 0.9  # white edge of a marker
COMMENT: Final = re.compile(r"(<!--.*?-->)", re.DOTALL)
ROOT: Final = re.compile(r"<svg\b[^>]*>")
IDENTIFIER: Final = re.compile(r'((?<=\s)id="|href="#|url\(#)')
CORNERS: Final[dict[Shape, tuple[tuple[float, float], ...]]] = {
    "square": ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)),
    "triangle": ((0.0, -0.5), (0.56, 0.5), (-0.56, 0.5)),
    "wedge": ((0.0, 0.5), (0.56, -0.5), (-0.56, -0.5)),
    "diamond": ((0.0, -0.5), (0.5, 0.0), (0.0, 0.5), (-0.5, 0.0)),
    "arrow": ((-0.48, -0.5), (0.48, 0.0), (-0.48, 0.5)),
    "back arrow": ((0.48, -0.5), (-0.48, 0.0), (0.48, 0.5)),
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a backend needs: marks, the size of the canvas, and the words that describe it.

    Attributes
    ----------
    ops : tuple of Op
        Painted in order.
    width, height : float
        Inches.
    key : str
        Prefix of identifiers in SVG, unique in a pack, such as ``fig01``.
    title, description, source : str
        Short and long alternative text, and where the data come from.
    """

    ops: tuple[Op, ...]
    width: float
    height: float
    key: str = "figure"
    title: str = ""
    description: str = ""
    source: str = ""


@contextmanager
def drawing_settings(ops: Sequence[Op], *, key: str = "cxsurvey") -> Iterator[None]:
    """Hold the settings under which marks must be painted and written.

    Parameters
    ----------
    ops : sequence of Op
        All that will be painted, to see whether a glyph is in no font.
    key : str
        Salt of identifiers in SVG.
    """
    boxes = [typeface.report(op.text, op.weight, italic=op.italic) for op in ops if isinstance(op, Text)]
    with frozen_settings({"svg.hashsalt": key}), warnings.catch_warnings():
        if any(boxes):  # the log has said so; matplotlib would repeat it for each glyph
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Make a figure of one full-canvas axes in inches, origin top left; call it within `drawing_settings`."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to import

    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return figure, axes


def paint(ops: Sequence[Op], axes: Axes, left: float = 0.0, top: float = 0.0) -> None:
    """Add marks to axes made by `canvas`, in order, moved right by ``left`` and down by ``top`` inches."""
    for op in ops:
        if isinstance(op, Text):
            _paint_text(op, axes, left, top)
        elif isinstance(op, Line):
            _paint_line(op, axes, left, top)
        elif isinstance(op, Rect):
            _paint_rect(op, axes, left, top)
        else:
            _paint_marker(op, axes, left, top)


def _paint_text(op: Text, axes: Axes, left: float, top: float) -> None:
    axes.text(
        left + op.x,
        top + op.y,
        one_line(op.text),
        fontproperties=typeface.properties(op.weight, op.italic, op.size),
        color=op.colour,
        ha=op.align,
        va="baseline",
        rotation=op.rotation,
        rotation_mode="anchor",
        parse_math=False,
        zorder=2,
    )


def _paint_line(op: Line, axes: Axes, left: float, top: float) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415 - slow to import

    line = Line2D(
        (left + op.x1, left + op.x2),
        (top + op.y1, top + op.y2),
        color=op.colour,
        linewidth=op.thickness,
        solid_capstyle="butt",
        zorder=2,
    )
    axes.add_artist(line)


def _paint_rect(op: Rect, axes: Axes, left: float, top: float) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - slow to import

    corner = (left + op.x, top + op.y)
    axes.add_artist(
        Rectangle(corner, op.width, op.height, facecolor=op.colour, edgecolor="none", linewidth=0, zorder=2)
    )


def _paint_marker(op: Marker, axes: Axes, left: float, top: float) -> None:
    from matplotlib.patches import PathPatch  # noqa: PLC0415 - slow to import
    from matplotlib.path import Path  # noqa: PLC0415 - as above

    edge = 0.0 if op.shape.endswith("arrow") else EDGE_PT
    centre: np.ndarray = _array((left + op.x, top + op.y))
    if op.shape == "circle":
        unit = Path.unit_circle()
        path = Path(_array(unit.vertices) * (op.size / 2) + centre, unit.codes)
    else:
        corners = _array((*CORNERS[op.shape], CORNERS[op.shape][0])) * op.size + centre
        path = Path(corners, closed=True)
    axes.add_artist(
        PathPatch(
            path,
            facecolor=op.colour,
            edgecolor="#FFFFFF" if edge else "none",
            linewidth=edge,
            joinstyle="miter",
            zorder=2,
        )
    )


def _array(values: object) -> np.ndarray:
    import numpy as np  # noqa: PLC0415 - render is imported for its types alone elsewhere

    return np.asarray(values, dtype=float)


def _figure(drawing: Drawing) -> Figure:
    figure, axes = canvas(drawing.width, drawing.height)
    paint(drawing.ops, axes)
    return figure


def png(drawing: Drawing, *, dpi: float = 200) -> bytes:
    r"""Draw a PNG with Title, Description and Source as text chunks.

    Parameters
    ----------
    drawing : Drawing
        What to draw.
    dpi : float
        Pixels to the inch.

    Returns
    -------
    bytes

    Examples
    --------
    >>> png(Drawing((Text(0.1, 0.5, "58%", 10.0),), 1.0, 1.0), dpi=50)[:4]
    b'\x89PNG'
    """
    chunks = {"Title": drawing.title, "Description": drawing.description, "Source": drawing.source}
    buffer = BytesIO()
    with drawing_settings(drawing.ops, key=drawing.key):
        metadata = {name: clean(words) for name, words in chunks.items() if words}
        _figure(drawing).savefig(buffer, format="png", dpi=dpi, metadata={**metadata, "Software": None})
    return buffer.getvalue()


def svg(drawing: Drawing) -> bytes:
    """Draw an SVG whose words are outlines, with a title and a description for readers who do not see it.

    Returns
    -------
    bytes
        UTF-8. Identifiers begin with the key of the drawing, so that several fit in one HTML page.
    """
    buffer = BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with drawing_settings(drawing.ops, key=drawing.key):
        _figure(drawing).savefig(buffer, format="svg", metadata=nothing)
    return _described(buffer.getvalue().decode("utf-8"), drawing).encode("utf-8")


def _described(source: str, drawing: Drawing) -> str:
    """Salt the identifiers of an SVG and give it its role, title and description."""
    parts = COMMENT.split(source)  # words in comments are left alone
    parts[::2] = [IDENTIFIER.sub(rf"\g<1>{drawing.key}-", part) for part in parts[::2]]
    title, desc = f"{drawing.key}-title", f"{drawing.key}-desc"
    inside = (
        f"\n <title id={quoteattr(title)}>{escape(clean(drawing.title))}</title>"
        f"\n <desc id={quoteattr(desc)}>{escape(clean(drawing.description))}</desc>"
    )
    labelled = quoteattr(f"{title} {desc}")

    def opened(match: re.Match[str]) -> str:
        return f'{match.group()[:-1]} role="img" aria-labelledby={labelled}>{inside}'

    return ROOT.sub(opened, "".join(parts), count=1)


def pdf(drawing: Drawing) -> bytes:
    """Draw a PDF of one page as large as the drawing, with its words as text.

    Returns
    -------
    bytes
        Untagged; the pack adds structure and alternative text.
    """
    buffer = BytesIO()
    metadata = {"Title": clean(drawing.title), "Subject": clean(drawing.source), "CreationDate": None}
    with drawing_settings(drawing.ops, key=drawing.key):
        _figure(drawing).savefig(buffer, format="pdf", metadata=metadata)
    return buffer.getvalue()
