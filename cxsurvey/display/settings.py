"""The settings of matplotlib under which every figure is measured and drawn."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cxsurvey.display.style import RC_PARAMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextmanager
def frozen_settings(extra: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Replace the user's settings by matplotlib's defaults and ours, and put them back afterwards.

    A ``matplotlibrc`` in the working folder or a style set in a notebook cannot reach a figure.

    Parameters
    ----------
    extra : mapping, optional
        Further settings, such as ``svg.hashsalt``.

    Examples
    --------
    >>> import matplotlib
    >>> with frozen_settings():
    ...     matplotlib.rcParams["text.hinting"]
    'none'
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import

    with mpl.rc_context():
        mpl.rcdefaults()
        settings: dict[Any, Any] = {**RC_PARAMS, **(extra or {})}
        mpl.rcParams.update(settings)
        yield
