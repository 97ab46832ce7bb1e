"""Make a study folder of a survey platform's export."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsurvey.errors import ExportError, RequestError, ResponsesError
from cxsurvey.readers.codebooks.draft import Draft
from cxsurvey.readers.importing.own_folder import PLATFORM, draft_of_study, own_study_file
from cxsurvey.readers.importing.records import Imported, Origin
from cxsurvey.study.study_file import FILE_NAME

if TYPE_CHECKING:
    from cxsurvey.readers.exports.records import Export

Progress = Callable[[int, int, str], None]
STEPS = 4
LONGEST_TITLE = 1000


def import_export(
    path: str | os.PathLike[str],
    *,
    to: str | os.PathLike[str] | None = None,
    keep: Sequence[str] = (),
    platform: str | None = None,
    title: str | None = None,
    responses_only: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Make a study of a survey export: codebook, responses, and an account of every decision.

    Parameters
    ----------
    path : path-like
        The export: CSV, TSV, Excel, SPSS, Stata, SAS, Parquet or Triple-S, of any platform.
    to : path-like, optional
        The study folder to write; made when absent. Nothing is written when left out.
    keep : sequence of str
        What not to leave out: ``personal``, ``text``, ``administrative`` or ``constant`` columns, columns by
        name or heading, or ``nonanswers`` (answers such as "Don't know" stay responses).
    platform : str, optional
        Such as ``"qualtrics"``, where the detection errs; ``"study folder"`` for the responses of one.
    title : str, optional
        Title of the study.
    responses_only : bool
        Leave the study file in ``to`` as it is, and write new responses beside it.
    progress : callable, optional
        Called with steps done, steps in all, and what is being done.

    Returns
    -------
    Imported
        ``.report`` is the import report, ``.draft`` the codebook with its guesses, ``.files`` what was written.

    Raises
    ------
    ExportError
        When the file cannot be read, or holds no responses.
    RequestError
        For a platform or something to keep that is not known.
    OutputError
        ``study-edited`` when an import would replace a study file that was edited; when the folder cannot be
        written.
    StudyError
        ``responses-differ`` when new responses do not fit the study file that is to be kept.

    Notes
    -----
    A file that the study file beside it names as its responses has a codebook already: it is taken as it is.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import cxsurvey as cx
    >>> folder = Path(tempfile.mkdtemp())
    >>> text = "RespondentID,Do you cook?" + chr(10) + "1,Yes" + chr(10) + "2,No"
    >>> _ = (folder / "export.csv").write_text(text, encoding="utf-8")
    >>> imported = cx.import_export(folder / "export.csv", to=folder / "cooking")
    >>> imported.origin.platform, imported.types
    ('surveymonkey', {'single': 1})
    >>> cx.read_study(folder / "cooking").n
    2
    """
    source, tell = Path(path), progress or _silent
    folder = None if to is None else Path(to)
    if folder is None and responses_only:
        raise RequestError.bad_option("responses_only", got=True, expected="a folder to write to")
    own = own_study_file(source) if platform in {None, PLATFORM} else None
    if own is not None:
        return _from_folder(source, own, folder, keep=keep, title=title)
    if platform == PLATFORM:
        raise ExportError.no_own_study(str(source))
    if folder is not None:
        _refuse_early(folder, responses_only=responses_only)
    tell(0, STEPS, "reading the export")
    export = _read(source, platform)
    tell(1, STEPS, "inferring the codebook")
    draft = _draft(export, keep=keep, title=title)
    origin = _origin(source, export)
    tell(2, STEPS, "drafting figures")
    if responses_only and folder is not None:
        from cxsurvey.readers.importing.refreshing import refresh  # noqa: PLC0415 - as above

        return refresh(folder, draft, origin, source)
    from cxsurvey.readers.importing.writing import new_study, write_new  # noqa: PLC0415 - as above

    imported = new_study(draft, origin)
    tell(3, STEPS, "writing the study folder")
    written = imported if folder is None else write_new(folder, imported, source)
    tell(STEPS, STEPS, "done")
    return written


def _refuse_early(folder: Path, *, responses_only: bool) -> None:
    """Say what stands in the way before the work is done."""
    from cxsurvey.readers.importing.folder import refuse_edited  # noqa: PLC0415 - only where something is written
    from cxsurvey.readers.importing.refreshing import refuse_refresh  # noqa: PLC0415 - as above

    if responses_only:
        refuse_refresh(folder)
    else:
        refuse_edited(folder)


def _silent(_done: int, _total: int, _label: str) -> None:
    pass


def _read(source: Path, platform: str | None) -> Export:
    from cxsurvey.readers.exports.detector import read_export  # noqa: PLC0415 - loads what a study folder does without

    try:
        return read_export(source, platform=platform)
    except ResponsesError as fault:
        raise ExportError.unreadable(fault) from fault


def _draft(export: Export, *, keep: Sequence[str], title: str | None) -> Draft:
    from cxsurvey.readers.codebooks.inference import infer  # noqa: PLC0415 - as above
    from cxsurvey.readers.importing.address_groups import with_address_groups  # noqa: PLC0415 - as above

    if isinstance(keep, str):
        raise RequestError.bad_option("keep", keep, "a list, such as ['text']")
    draft = with_address_groups(infer(export, keep=keep), export.frame)
    return draft if title is None else _titled(draft, title)


def _titled(draft: Draft, title: str) -> Draft:
    clean = " ".join(title.split())
    if not 0 < len(clean) <= LONGEST_TITLE:
        raise RequestError.bad_option("title", title, f"1 to {LONGEST_TITLE} characters")
    info = draft.file.study.model_copy(update={"title": clean})
    return replace(draft, file=draft.file.model_copy(update={"study": info}))


def _origin(source: Path, export: Export) -> Origin:
    return Origin(
        platform=export.platform,
        why=export.why,
        file_name=export.file_name,
        format=export.format,
        encoding=export.encoding,
        separator=export.separator,
        sha256=export.sha256,
        dropped=export.dropped,
        notes=export.notes,
        **_on_disk(source),
    )


def _on_disk(source: Path) -> dict[str, Any]:
    found = source.stat()
    moment = datetime.fromtimestamp(found.st_mtime, tz=UTC)
    return {"size": found.st_size, "modified": f"{moment:%Y-%m-%d}"}


def _from_folder(
    source: Path, study_file: Path, folder: Path | None, *, keep: Sequence[str], title: str | None
) -> Imported:
    """The study file beside the responses is the codebook: copied as it stands, comments and all."""
    if keep or title is not None:
        name, got = ("keep", list(keep)) if keep else ("title", title)
        raise RequestError.bad_option(name, got, f"nothing: {FILE_NAME} beside the responses decides")
    draft, study = draft_of_study(study_file)
    origin = Origin(
        platform=PLATFORM,
        why=f"The study file beside it, of the study '{study.id}', names it as its responses.",
        file_name=source.name,
        format=study.raw.format,
        encoding=study.raw.encoding,
        separator=study.raw.separator,
        sha256=study.raw.sha256,
        **_on_disk(source),
    )
    imported = Imported(origin, draft, study_file.read_text(encoding="utf-8-sig"))
    if folder is None:
        return imported
    from cxsurvey.readers.importing.writing import write_copy  # noqa: PLC0415 - only where something is written

    return write_copy(folder, imported, source, study_file)
