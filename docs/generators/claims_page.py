"""``reference/claims-file.md``: columns and words of ``claims.csv``, from the records that read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from cxsurvey.published.audit.verdicts import VERDICT_WORDS, VERDICTS
from cxsurvey.published.claims.records import QUALIFIERS, WORDINGS, BaseOrigin, Kind
from cxsurvey.published.claims.rows import COLUMNS, NEEDED
from generators.words import document, meaning, table, words


def page() -> str:
    """Write the page."""
    text = words()["pages"]
    return document(
        "The claims file",
        text["claims"],
        "## Columns",
        table(("Column", "Needed", "Meaning"), [_column(name) for name in COLUMNS]),
        "## Kinds",
        table(("Kind", "Wordings", "Qualifiers", "What is claimed"), [_kind(kind) for kind in get_args(Kind)]),
        text["claims_kinds"],
        "## Wordings",
        text["claims_wordings"],
        _meanings("wording", [wording for wordings in WORDINGS.values() for wording in wordings]),
        "## Qualifiers",
        _meanings("qualifier", _qualifiers()),
        "## Groups, pairs, and several at once",
        text["claims_groups"],
        "## Bases",
        _meanings("base_origin", get_args(BaseOrigin)),
        text["claims_bases"],
        "## Synthetic respondents",
        text["claims_calibrate"],
        "## Verdicts",
        text["claims_verdicts"],
        table(
            ("Verdict", "In words", "Given when"),
            [(f"`{item}`", VERDICT_WORDS[item], meaning("claims", "verdict", item)) for item in VERDICTS],
        ),
    )


def _column(name: str) -> tuple[str, str, str]:
    return f"`{name}`", "yes" if name in NEEDED else "", meaning("claims", "column", name)


def _kind(kind: Kind) -> tuple[str, str, str, str]:
    return f"`{kind}`", _codes(WORDINGS[kind]), _codes(QUALIFIERS[kind]), meaning("claims", "kind", kind)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" if name else "blank" for name in names)


def _qualifiers() -> list[str]:
    """All of them but the empty one, each once."""
    return [name for name in dict.fromkeys(word for group in QUALIFIERS.values() for word in group) if name]


def _meanings(of: str, names: Iterable[str]) -> str:
    return table(("Word", "Meaning"), [(f"`{name}`", meaning("claims", of, name)) for name in names])
