"""From a name, a folder or a study file to a Study."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cxsurvey.errors import ResponsesError, StudyError
from cxsurvey.readers.detector import SUFFIXES, read_responses
from cxsurvey.study.codebook import StudyInfo
from cxsurvey.study.study import Study
from cxsurvey.study.study_file import FILE_NAME, load_study_file, with_file_labels

PACKAGE = Path(__file__).resolve().parents[1]


def bundled_folder() -> Path:
    """The folder of bundled studies: inside the installed package, or ``data/`` of a source checkout."""
    installed = PACKAGE / "data"
    return installed if installed.is_dir() else PACKAGE.parent / "data"


def bundled_studies() -> tuple[str, ...]:
    """Names of the studies that come with cxsurvey.

    Examples
    --------
    >>> "sfo2018" in bundled_studies()
    True
    """
    folder = bundled_folder()
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{FILE_NAME}")))


def study_path(name: str | Path) -> Path:
    """Find the study file that a user means.

    Parameters
    ----------
    name : str or pathlib.Path
        A study file, a folder that holds one, or the name of a bundled study. A path that exists wins.

    Returns
    -------
    pathlib.Path
        Of the study file.

    Raises
    ------
    StudyError
        ``study-not-found``, ``study-file-missing``, or ``responses-given`` when it is a file of responses.
    """
    path = Path(name)
    if os.path.isfile(path):  # noqa: PTH113 - false for names that are too long, where Path raises
        if path.suffix.lower() in SUFFIXES:
            raise StudyError.responses_given(str(path))
        return path
    if os.path.isdir(path):  # noqa: PTH112 - as above
        if not (path / FILE_NAME).is_file():
            raise StudyError.no_study_file(str(path))
        return path / FILE_NAME
    names = bundled_studies()
    if str(name) in names:
        return bundled_folder() / str(name) / FILE_NAME
    raise StudyError.not_found(str(name), names)


def read_study(name: str | Path) -> Study:
    """Read a study: its file, and the responses it names.

    Parameters
    ----------
    name : str or pathlib.Path
        A bundled study's name, a study folder, or a study file.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        The study file is absent or wrong; every problem is told at once.
    ResponsesError
        The responses file cannot be read.

    Examples
    --------
    >>> study = read_study("sfo2018")
    >>> study.id
    'sfo2018'
    """
    path = study_path(name)
    file = load_study_file(path)
    responses = responses_path(path, file.study)
    if file.study.synthetic and not responses.exists():
        raise ResponsesError.not_made(str(responses), str(name))
    raw = read_responses(responses, file.reading)
    file = with_file_labels(file, raw, name=str(path))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Study(file=file, raw=raw, path=path.resolve(), sha256=sha256)


def responses_path(study_file: Path, info: StudyInfo) -> Path:
    """Find the responses file, which must lie inside the study folder, symbolic links followed."""
    folder = study_file.resolve().parent
    named = folder / info.responses
    try:
        named.stat()
    except FileNotFoundError:
        pass  # the reader reports it, once it is known to be inside the folder
    except OSError as error:
        reason = error.strerror or str(error)
        raise StudyError.impossible_path(str(study_file), info.responses, reason) from error
    except ValueError as error:
        raise StudyError.impossible_path(str(study_file), info.responses, str(error)) from error
    path = named.resolve()
    if not path.is_relative_to(folder) or path == folder:
        raise StudyError.outside_folder(str(study_file), info.responses)
    return path
