"""TOML with comments, written for a person to edit and for a parser to read back exactly."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence

WIDTH = 112
COMMENT_WIDTH = 100
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WHOLE = re.compile(r"0|-?[1-9]\d{0,14}")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_SURROGATES = range(0xD800, 0xE000)
_LAST_CONTROL, _DELETE = 0x1F, 0x7F
CODES = frozenset({"code"})  # keys whose text is a code, written as a number where it is one


def string(text: str) -> str:
    r"""Write a TOML basic string on one line.

    Half of a surrogate pair, which no file can hold, becomes ``?``.

    >>> print(string('Say "yes"\n'))
    "Say \"yes\"\n"
    """
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    number = ord(letter)
    if number in _SURROGATES:
        return "?"
    return f"\\u{number:04X}" if number <= _LAST_CONTROL or number == _DELETE else letter


def key(name: str) -> str:
    """Write a key, bare where TOML allows it.

    >>> key("yes_no"), key("top 2")
    ('yes_no', '"top 2"')
    """
    return name if _BARE.fullmatch(name) else string(name)


def value(item: object, *, indent: int = 0, used: int = 0) -> str:
    """Write a value; a list too long for the line has one item a line.

    Parameters
    ----------
    item : object
        Text, a number, a truth value, a sequence or a mapping.
    indent : int
        Spaces before the line that the value begins on.
    used : int
        Characters of that line before the value.

    Returns
    -------
    str

    Examples
    --------
    >>> value({"code": "1", "label": "Yes", "scored": False})
    '{ code = 1, label = "Yes", scored = false }'
    """
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, str):
        return string(item)
    if isinstance(item, Mapping):
        return _inline(item, indent)
    if isinstance(item, Sequence):
        return _array(item, indent, used)
    return repr(item)


def _inline(table: Mapping[str, object], indent: int) -> str:
    parts = [f"{key(name)} = {_part(name, item, indent)}" for name, item in table.items()]
    return f"{{ {', '.join(parts)} }}" if parts else "{}"


def _part(name: str, item: object, indent: int) -> str:
    if name in CODES and isinstance(item, str):
        return code(item)
    return value(item, indent=indent)


def code(text: str) -> str:
    """Write a code: as a whole number where it is one, which a study file reads as its text.

    >>> code("3"), code("03")
    ('3', '"03"')
    """
    return text if _WHOLE.fullmatch(text) else string(text)


def _array(items: Sequence[object], indent: int, used: int) -> str:
    parts = [value(item, indent=indent + 2) for item in items]
    line = f"[{', '.join(parts)}]"
    tables = len(parts) > 1 and any(isinstance(item, Mapping) for item in items)
    if not tables and "\n" not in line and indent + used + len(line) <= WIDTH:
        return line
    inner = "".join(f"{' ' * (indent + 2)}{part},\n" for part in parts)
    return f"[\n{inner}{' ' * indent}]"


def assignment(name: str, item: object) -> str:
    """Write one line, or several, that give a key its value.

    >>> print(assignment("responses", ["Yes", "No"]))
    responses = ["Yes", "No"]
    """
    start = f"{key(name)} = "
    return start + (_part(name, item, 0) if not isinstance(item, list | tuple) else _array(item, 0, len(start)))


def comment(text: str, *, mark: str = "# ") -> list[str]:
    """Write a text as comment lines; what is not printable is left out.

    >>> comment("Which of these?")
    ['# Which of these?']
    """
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    lines = textwrap.wrap(" ".join(clean.split()), COMMENT_WIDTH - len(mark), break_on_hyphens=False)
    return [f"{mark if i == 0 else '#' + ' ' * (len(mark) - 1)}{line}" for i, line in enumerate(lines)]


def commented(text: str) -> list[str]:
    """Turn lines of TOML into comments that can be taken back by deleting the marks.

    >>> commented('[segments]')
    ['# [segments]']
    """
    return [f"# {line}".rstrip() for line in text.split("\n")]
