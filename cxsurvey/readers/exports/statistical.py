"""SPSS, Stata and SAS files as exports: labels, missing codes with their reasons, multiple-response sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsurvey.errors import ExportError, ResponsesError
from cxsurvey.readers.cells import code_text
from cxsurvey.readers.exports.cell_texts import text_column
from cxsurvey.readers.exports.missing_words import missing_reason
from cxsurvey.readers.exports.records import Export, ExportColumn, Shape
from cxsurvey.readers.exports.response_sets import (
    ResponseSet,
    declared_sets,
    inferred_sets,
    is_missing,
    valid_labels,
)
from cxsurvey.readers.source import open_source
from cxsurvey.readers.statistical import is_dated, read_statistical, statistical_metadata
from cxsurvey.study.codebook import Reading

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.study.raw import RawResponses

CONTENTS = {
    "spss": "an SPSS data file (.sav, .zsav)",
    "spss_portable": "an SPSS portable file (.por)",
    "stata": "a Stata data file (.dta)",
    "sas": "a SAS data file (.sas7bdat)",
    "sas_transport": "a SAS transport file (.xpt)",
}
_NO_USER_MISSING = {
    "spss_portable": "A portable file is read without its declared missing codes: such cells are blank.",
    "sas_transport": "A transport file holds no labels of codes; .A to .Z, if there were any, are blank.",
}


def read(path: Path, *, encoding: str | None = None) -> Export:
    """Read an SPSS, Stata or SAS file as an export.

    Codes stay codes with their labels. A code that the file declares missing is listed with a reason, read
    from its label (``skipped`` when the label says nothing). A set of one column an option becomes option
    columns of one block; a set of columns that hold codes of one list becomes one option column a code.

    Parameters
    ----------
    path : pathlib.Path
        A ``.sav``, ``.zsav``, ``.por``, ``.dta``, ``.sas7bdat`` or ``.xpt`` file.
    encoding : str, optional
        Overrides what the file says of itself.

    Returns
    -------
    Export
        ``first_row`` is 1: these files have no header row.

    Raises
    ------
    ExportError
        When the file is absent, damaged, cut off or holds no cases.
    """
    try:
        source = open_source(path)
        if source.content not in CONTENTS:
            raise ExportError.not_a_table(source.name, content=source.content)
        raw = read_statistical(source, Reading(encoding=encoding))
        meta = statistical_metadata(source, encoding)
    except ResponsesError as fault:
        raise ExportError.unreadable(fault) from fault
    texts = raw.frame.apply(text_column)
    declared = declared_sets(meta, raw)
    taken = {member for found in declared for member in found.members}
    inferred = inferred_sets(raw, texts=texts, taken=taken)
    columns, frame = _laid_out(raw, meta, texts, (*declared, *inferred))
    return Export(
        platform=source.content.split("_")[0],
        why=f"Its first bytes are those of {CONTENTS[source.content]}.",
        columns=columns,
        frame=frame,
        first_row=1,
        dropped=(),
        file_name=raw.file_name,
        format=raw.format,
        encoding=raw.encoding,
        separator="",
        sha256=raw.sha256,
        title=(meta.file_label or "").strip(),
        notes=tuple(_notes(raw, meta, texts, inferred)),
    )


def _laid_out(
    raw: RawResponses, meta: Any, texts: pd.DataFrame, sets: Sequence[ResponseSet]
) -> tuple[tuple[ExportColumn, ...], pd.DataFrame]:
    """Columns in file order; the columns of a set of codes give way to one column a code."""
    import pandas as pd  # noqa: PLC0415 - heavy, and the detector loads without it

    set_of = {member: found for found in sets for member in found.members}
    columns: list[ExportColumn] = []
    cells: dict[str, pd.Series] = {}
    for name in texts.columns:
        found = set_of.get(name)
        if found is None:
            columns.append(_column(raw, meta, texts, name))
        elif found.counted:
            columns.append(_option(raw, found, name))
        elif name == found.members[0]:
            for column, chosen in _code_columns(raw, found, texts, {*texts.columns, *cells}):
                columns.append(column)
                cells[column.name] = chosen
        if found is None or found.counted:
            cells[name] = texts[name]
    return tuple(columns), pd.DataFrame(cells)


def _column(raw: RawResponses, meta: Any, texts: pd.DataFrame, name: str) -> ExportColumn:
    missing, ranges = _missing(raw, name)
    labels = tuple(raw.value_labels.get(name, {}).items())
    return ExportColumn(
        name=name,
        header=(name,),
        text=" ".join(raw.variable_labels.get(name, "").split()),
        labels=labels,
        missing=missing,
        missing_ranges=ranges,
        shape=_shape(raw, meta, texts, name),
    )


def _option(raw: RawResponses, found: ResponseSet, name: str) -> ExportColumn:
    missing, ranges = _missing(raw, name)
    return ExportColumn(
        name=name,
        header=(name,),
        text=found.label,
        item=found.items[found.members.index(name)],
        block=found.name,
        role="option",
        labels=tuple(raw.value_labels.get(name, {}).items()),
        missing=missing,
        missing_ranges=ranges,
        shape="option",
        chosen=found.counted,
    )


def _code_columns(
    raw: RawResponses, found: ResponseSet, texts: pd.DataFrame, taken: set[str]
) -> Iterator[tuple[ExportColumn, pd.Series]]:
    """One column a code: 1 where any column of the set holds it, 0 where another code is held, else blank."""
    held = texts[list(found.members)].copy()
    for name in held.columns:
        held[name] = held[name].where(~held[name].map(lambda cell, name=name: is_missing(raw, name, cell)), "")
    labels = {code: label for name in found.members for code, label in valid_labels(raw, name).items()}
    codes = list(dict.fromkeys([*labels, *sorted(set(held.to_numpy().ravel()) - {""})]))
    answered = (held != "").any(axis=1)
    for code in codes:
        chosen = (held == code).any(axis=1).map({True: "1", False: "0"}).where(answered, "")
        name = f"{found.name}_{code}"
        while name in taken:
            name += "_"
        yield (
            ExportColumn(
                name=name,
                header=found.members,
                text=found.label,
                item=labels.get(code, code),
                block=found.name,
                role="option",
                shape="option",
                chosen="1",
            ),
            chosen.astype("str"),
        )


def _missing(
    raw: RawResponses, name: str
) -> tuple[tuple[tuple[str, str, str], ...], tuple[tuple[float, float], ...]]:
    """Codes that the file declares missing, with the reason their labels give; ranges of them apart."""
    labels = raw.value_labels.get(name, {})
    spans = raw.user_missing.get(name, ())
    single = [code_text(span.low) for span in spans if span.low == span.high]
    ranges = tuple((float(span.low), float(span.high)) for span in spans if span.low != span.high)
    labelled = [code for code in labels if is_missing(raw, name, code) and code not in single]
    present = [
        code
        for code in single
        if raw.format != "stata" or code in labels or code in set(raw.frame[name].dropna())
    ]
    codes = dict.fromkeys([*present, *labelled])
    return tuple(
        (code, missing_reason(labels.get(code, "")) or "skipped", labels.get(code, "")) for code in codes
    ), ranges


def _shape(raw: RawResponses, meta: Any, texts: pd.DataFrame, name: str) -> Shape:
    """What the file makes sure of; a number with labels on some values only is left open."""
    if is_dated(meta, name):
        return "date"
    held = {cell for cell in texts[name].unique() if cell and not is_missing(raw, name, cell)}
    labels = valid_labels(raw, name)
    if labels and held <= set(labels):
        return "single"
    text = meta.readstat_variable_types[name] == "string"
    if not labels and not text and meta.variable_measure.get(name) == "scale":
        return "number"
    return ""


def _notes(raw: RawResponses, meta: Any, texts: pd.DataFrame, inferred: Sequence[ResponseSet]) -> Iterator[str]:
    if raw.format in _NO_USER_MISSING:
        yield _NO_USER_MISSING[raw.format]
    for name, told in meta.mr_sets.items():
        if len(told["variable_list"]) < 2:  # noqa: PLR2004 - one column is no set
            yield f"The multiple-response set {name} has fewer than two columns and was left out."
    for found in inferred:
        yield (
            f"Columns {found.members[0]} to {found.members[-1]} were taken for one question of several "
            "responses: the file does not say so, their names and labels do."
        )
    for name in texts.columns:
        held = [cell for cell in texts[name].unique() if cell and not is_missing(raw, name, cell)]
        labels = valid_labels(raw, name)
        bare = [cell for cell in held if cell not in labels]
        if labels and bare and len(bare) < len(held):
            yield f"Column {name} holds {len(bare)} codes without a label beside {len(labels)} with one."
