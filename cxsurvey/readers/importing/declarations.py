"""Tables of the study file as TOML, from the records that a study file is read into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from cxsurvey.readers.importing.toml_text import WIDTH, assignment, key, value

SHORT = 100
_ONE_OR_MORE = frozenset({"stratum", "cluster", "fpc"})  # one column is written by itself


def declared(record: BaseModel) -> dict[str, Any]:
    """What a record states beyond its defaults, under the names that a study file uses."""
    return {
        name: item[0] if name in _ONE_OR_MORE and len(item) == 1 else item
        for name, item in record.model_dump(exclude_defaults=True, by_alias=True).items()
    }


def table(header: str, items: Mapping[str, object]) -> list[str]:
    r"""Write a table: plain keys first, then its own tables below it.

    Parameters
    ----------
    header : str
        Such as ``[study]`` or ``[[question]]``.
    items : mapping of str to object
        In the order of writing.

    Returns
    -------
    list of str
        Lines.

    Examples
    --------
    >>> print("\n".join(table("[design]", {"weight": "wt", "replicates": {"kind": "jk1"}})))
    [design]
    weight = "wt"
    <BLANKLINE>
    [design.replicates]
    kind = "jk1"
    """
    below = {name: item for name, item in items.items() if _is_table(header, name, item)}
    lines = [header, *(_line(name, item) for name, item in items.items() if name not in below)]
    for name, item in below.items():
        lines += ["", *table(f"{header[:-1]}.{key(name)}]", item)]  # type: ignore[arg-type]  # mappings, as tested
    return lines


def _is_table(header: str, name: str, item: object) -> bool:
    """Whether a mapping reads better as a table of its own; lists of tables stay in one piece."""
    if header.startswith("[[") or not isinstance(item, Mapping) or name == "responses":
        return False
    return name == "replicates" or any(isinstance(part, Mapping) for part in item.values()) or name == "rules"


def _line(name: str, item: object) -> str:
    if name == "responses" and isinstance(item, Sequence) and not isinstance(item, str):
        return responses_line(item)
    return assignment(name, item)


def responses_line(items: Sequence[Any]) -> str:
    """Write answer options in the shortest form that says all of them.

    Parameters
    ----------
    items : sequence
        Tables with ``code`` and ``label``; or codes, as in a net.

    Returns
    -------
    str

    Examples
    --------
    >>> responses_line([{"code": "Yes", "label": "Yes"}, {"code": "No", "label": "No"}])
    'responses = ["Yes", "No"]'
    >>> responses_line([{"code": "1", "label": "Yes"}, {"code": "2", "label": "No"}])
    'responses = { 1 = "Yes", 2 = "No" }'
    """
    plain = all(isinstance(item, Mapping) and set(item) == {"code", "label"} for item in items)
    if plain and all(item["code"] == item["label"] for item in items):
        return assignment("responses", [item["label"] for item in items])
    if plain:
        short = "responses = " + value({item["code"]: item["label"] for item in items})
        # A key named "code" would be written as a number, and keys must differ.
        if len(short) <= SHORT < WIDTH and "code" not in {item["code"] for item in items}:
            return short
    return assignment("responses", list(items))
