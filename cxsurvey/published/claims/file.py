"""From ``claims.csv`` to :class:`Claims`, or every problem at once."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

from cxsurvey.errors import ClaimsError, did_you_mean
from cxsurvey.published.claims.bases import with_bases
from cxsurvey.published.claims.records import Claim, Claims
from cxsurvey.published.claims.references import reference_problems
from cxsurvey.published.claims.rows import COLUMNS, NEEDED, read_claim
from cxsurvey.readers.study_folder import study_path
from cxsurvey.study.codebook import StudyFile
from cxsurvey.study.study_file import CLAIMS_FILE, load_study_file

WORKBOOKS = (".xlsx", ".xls", ".ods")
SEPARATORS = (",", ";", "\t")
LARGEST = 16 * 1024 * 1024  # bytes; a report of ten thousand claims has two


def read_claims(name: str | os.PathLike[str]) -> Claims:
    """Read the claims of a report.

    Parameters
    ----------
    name : str or path-like
        A bundled study's name, a study folder or a study file whose folder holds ``claims.csv``; or a claims
        file of its own, whose name ends in ``.csv``.

    Returns
    -------
    Claims
        With every base that can be derived from other claims.

    Raises
    ------
    StudyError
        ``study-not-found`` and the errors of a study file.
    ClaimsError
        ``claims-missing``, ``claims-unreadable``, or ``claims-invalid`` with every problem: of the rows, and,
        where there is a study file, of questions, responses and groups that it does not declare.

    Examples
    --------
    >>> claims = read_claims("hbr2020")
    >>> claims.claim("segment.leader").printed
    '17'
    """
    path = Path(name)
    if path.suffix.lower() == ".csv":
        return parse_claims(_text(path), name=str(path))
    if path.suffix.lower() in WORKBOOKS and path.is_file():
        raise ClaimsError.unreadable(str(path), "a workbook; save the sheet of claims as CSV")
    study = study_path(path if path.exists() else os.fspath(name))
    return claims_beside(study, load_study_file(study))


def claims_path(study: Path) -> Path:
    """Where the claims of a study stand: beside its study file."""
    return study.resolve().parent / CLAIMS_FILE


def claims_beside(study: Path, file: StudyFile) -> Claims:
    """Read the claims beside a study file and hold them against its codebook.

    Raises
    ------
    ClaimsError
        As :func:`read_claims`.
    """
    path = claims_path(study)
    if not path.is_file():
        raise ClaimsError.missing(file.study.id, CLAIMS_FILE)
    return parse_claims(_text(path), name=str(study.parent / CLAIMS_FILE), file=file)


def parse_claims(text: str, *, name: str = CLAIMS_FILE, file: StudyFile | None = None) -> Claims:
    """Validate the text of a claims file.

    Parameters
    ----------
    text : str
        CSV with a header, parted by commas, semicolons or tabs; the columns are those of ``COLUMNS``, in any
        order and case, and ``NEEDED`` must be there.
    name : str
        What errors call the file.
    file : StudyFile, optional
        The study that the claims are about.

    Returns
    -------
    Claims

    Raises
    ------
    ClaimsError
        ``claims-invalid`` with every problem.

    Examples
    --------
    >>> claims = parse_claims('''id,kind,statement,question,response,base,value
    ... cx.first,share,Most put CX first,priority,cx,400,58
    ... ''')
    >>> len(claims.shares)
    1
    """
    rows = _rows(text, name)
    items: list[Claim] = []
    problems: list[str] = []
    for number, row in rows:
        claim, wrong = read_claim(row, number)
        problems += [f"row {number}: {problem}" for problem in wrong]
        if claim is not None:
            items.append(claim)
    problems += _repeated(items)
    if file is not None:
        problems += reference_problems(items, file)
    if problems:
        raise ClaimsError.invalid(name, problems)
    label = file.study.id if file is not None else Path(name).name
    return Claims(label, with_bases(items, file))


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise ClaimsError.too_large(str(path), size, LARGEST)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ClaimsError.absent(str(path)) from error
    except OSError as error:
        raise ClaimsError.unreadable(str(path), error.strerror or str(error)) from error
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # "Unicode text" of Excel
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ClaimsError.unreadable(str(path), "it is not UTF-8 text") from error


def _rows(text: str, name: str) -> list[tuple[int, dict[str, str]]]:
    """Rows of the file with their numbers, blank ones left out."""
    body, separator = _separated(text)
    reader = csv.reader(io.StringIO(body, newline=""), strict=True, delimiter=separator)
    try:
        table = [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise ClaimsError.unreadable(name, f"line {reader.line_num}: {error}") from error
    if not table:
        raise ClaimsError.invalid(name, ["the file is empty"])
    header = [cell.casefold() for cell in table[0]]
    problems = _header_problems(header)
    rows = [(place, cells) for place, cells in enumerate(table[1:], 2) if any(cells)]
    problems += [
        f"row {place}: {len(cells)} cells where the header has {len(header)}"
        for place, cells in rows
        if len(cells) != len(header)
    ]
    if not rows and not problems:
        problems = ["there is a header and no claim"]
    if problems:
        raise ClaimsError.invalid(name, problems)
    return [(place, dict(zip(header, cells, strict=True))) for place, cells in rows]


def _separated(text: str) -> tuple[str, str]:
    """The text without a ``sep=`` line, and the separator that finds most columns in its first line."""
    first, _, rest = text.partition("\n")
    line = first.strip('\r"').casefold()
    if line in {f"sep={mark}" for mark in SEPARATORS}:
        return rest, line[-1]
    cells = {mark: [cell.strip(' \t\r"').casefold() for cell in first.split(mark)] for mark in SEPARATORS}
    return text, max(SEPARATORS, key=lambda mark: sum(cell in COLUMNS for cell in cells[mark]))


def _header_problems(header: Sequence[str]) -> list[str]:
    absent = [f"no column '{column}'" for column in NEEDED if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    strange = [f"column '{column}' is not known. {did_you_mean(column, COLUMNS)}" for column in unknown]
    twice = [f"two columns '{column}'" for column in dict.fromkeys(header) if header.count(column) > 1]
    return absent + strange + twice


def _repeated(items: Sequence[Claim]) -> list[str]:
    first: dict[str, int] = {}
    problems = []
    for claim in items:
        if claim.id in first:
            problems.append(f"row {claim.row}: the id '{claim.id}' stands in row {first[claim.id]} as well")
        first.setdefault(claim.id, claim.row)
    return problems
