"""Labels of several columns: what they share is the question, what differs is the option or the row."""

from __future__ import annotations

import re
from collections.abc import Sequence

_JOINTS = (" - ", " – ", " — ", ": ", "? ", "[", " | ", " / ", "– ", "_")
_TRIMMED = " \t-–—:|/[]_"
_LEAST = 8


def shared_and_own(labels: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Part labels into the question that they share and the item that is each one's own.

    The cut lies at a joint such as ``" - "``, ``": "``, ``"? "`` or ``"["``, in front or behind.

    Parameters
    ----------
    labels : sequence of str
        Labels of the columns of one question.

    Returns
    -------
    tuple of (str, tuple of str)
        The question, ``""`` when they share none, and the items; then the items are the labels themselves.

    Examples
    --------
    >>> shared_and_own(["Which do you use? - Phone", "Which do you use? - Chat"])
    ('Which do you use?', ('Phone', 'Chat'))
    >>> shared_and_own(["Phone - used today", "Chat - used today"])
    ('used today', ('Phone', 'Chat'))
    >>> shared_and_own(["Phone", "Photograph"])
    ('', ('Phone', 'Photograph'))
    """
    if len(labels) > 1 and all(labels):
        front = _cut(_common_beginning(labels))
        if front and all(label[front:].strip(_TRIMMED) for label in labels):
            items = tuple(_item(label[front:]) for label in labels)
            return labels[0][:front].strip().rstrip("[-–—|/_:").strip(), items
        back = _back_cut(_common_beginning([label[::-1] for label in labels])[::-1])
        if back and all(label[:-back].strip(_TRIMMED) for label in labels):
            return labels[0][-back:].strip(_TRIMMED), tuple(label[:-back].strip(_TRIMMED) for label in labels)
    return "", tuple(labels)


def _common_beginning(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)  # all others lie between them
    length = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)
    return first if length is None else first[:length]


def _cut(prefix: str) -> int:
    """Return where the last joint of the shared beginning ends; 0 when there is none."""
    return max(prefix.rfind(joint) + len(joint) if joint in prefix else 0 for joint in _JOINTS)


def _back_cut(suffix: str) -> int:
    """Return how long the shared ending is from its first joint on."""
    found = re.search(r" [-–—] |: ", suffix)
    length = len(suffix) - found.start() if found else 0
    return length if length >= _LEAST else 0


def _item(text: str) -> str:
    item = text.strip()
    return item[:-1].strip() if item.endswith("]") and "[" not in item else item
