"""Infer a codebook from an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from cxsurvey.errors import ExportError
from cxsurvey.readers.codebooks.bases import with_bases
from cxsurvey.readers.codebooks.collected import Collected
from cxsurvey.readers.codebooks.columns import Standing, kept_columns, standing_of
from cxsurvey.readers.codebooks.display_logic import asked_after
from cxsurvey.readers.codebooks.draft import Draft
from cxsurvey.readers.codebooks.kinds import choose_reading
from cxsurvey.readers.codebooks.option_sets import is_option
from cxsurvey.readers.codebooks.profiles import Profile, profiles
from cxsurvey.readers.codebooks.questions import add_alone, add_rows, add_set, blocks_of
from cxsurvey.readers.codebooks.repeats import find_repeats
from cxsurvey.readers.codebooks.sampling import Sampling, find_sampling
from cxsurvey.readers.codebooks.sharing import shared_lists
from cxsurvey.readers.codebooks.suggestions import suggestions_for
from cxsurvey.readers.codebooks.wording import cut, is_garbled, plain, slug
from cxsurvey.readers.exports.records import Export
from cxsurvey.study.codebook import StudyFile, StudyInfo

if TYPE_CHECKING:
    import pandas as pd

RESPONSES = "responses.csv"
MOSTLY_OPTIONS = 0.8
LOOKED_AT = 200  # cells of a column, and characters of a cell, when looking for damage
_KEPT_ROLES = ("wave", "language")  # part of the design or the fieldwork, and a question to compare groups by


def infer(export: Export, *, keep: Sequence[str] = ()) -> Draft:
    """Infer the codebook of an export: types, answer lists, roles, and how sure each of them is.

    Parameters
    ----------
    export : Export
        As a platform's reader made it.
    keep : sequence of str
        What not to leave out: ``personal``, ``text``, ``administrative`` or ``constant`` columns, columns by
        short name or heading, or ``nonanswers`` (answers such as "Don't know" stay responses, without a score).

    Returns
    -------
    Draft

    Raises
    ------
    RequestError
        ``unknown-keep`` when ``keep`` names neither a kind nor a column.
    ExportError
        ``export-no-questions`` when no column holds answers of a list or numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxsurvey.readers.exports.records import ExportColumn
    >>> frame = pd.DataFrame({"Q1": ["Agree", "Disagree", "Strongly agree", "Agree"]})
    >>> column = ExportColumn("Q1", ("Q1",), "We know our customers.")
    >>> draft = infer(Export("plain", "", (column,), frame, 2, (), "a.csv", "csv", "utf-8", ",", ""))
    >>> question = draft.file.question[0]
    >>> question.type, question.response_labels(question.codes)
    ('ordinal', ('Disagree', 'Agree', 'Strongly agree'))
    """
    counted = profiles(export)
    kept = kept_columns(keep, export.columns)
    reading = choose_reading(counted.values())
    held = Collected(counted, reading, kept)
    sampling = find_sampling(counted, reading)
    _settle_sampling(held, sampling)
    answers = _answers(held)
    for block, members in blocks_of(answers).items():
        _add_block(held, "" if block.startswith("\0") else block, members)
    if not held.questions:
        raise ExportError.no_questions(export.file_name)
    return _draft(export, held, sampling)


def _settle_sampling(held: Collected, sampling: Sampling) -> None:
    for role in sampling.roles:
        profile = held.profiles[role.column]
        held.settle(profile, "design", role.name, role.reason, role.sure)
        held.roles.setdefault(role.name, []).append(role.column)
        held.take(profile)
    for role in sampling.candidates:
        profile = held.profiles[role.column]
        held.settle(profile, "design", f"{role.name}, not declared", role.reason, "guess")
        held.take(profile)
    held.notes += sampling.notes


def _answers(held: Collected) -> dict[str, Profile]:
    """Settle every column that is no answer; return the others, in order."""
    found = {}
    for name, profile in held.profiles.items():
        role = held.fates[name].detail if name in held.fates else ""
        if role and role not in _KEPT_ROLES:
            continue
        standing = standing_of(profile, held.kept, held.reading)
        if standing.fate is None or role:
            found[name] = profile
        else:
            _settle(held, profile, standing)
    return found


def _settle(held: Collected, profile: Profile, standing: Standing) -> None:
    if standing.fate == "id" and held.roles.get("respondent_id"):
        standing = Standing("left_out", "administrative", "a second id of the respondent", "likely")
    if standing.fate is None:
        return
    held.settle(profile, standing.fate, standing.detail, standing.reason, standing.sure)
    if standing.fate != "left_out":
        held.roles.setdefault(standing.detail, []).append(profile.name)
        held.take(profile)


def _add_block(held: Collected, block: str, members: Sequence[Profile]) -> None:
    """Make the question or questions of one block."""
    options = [profile for profile in members if is_option(profile) and profile.column.role != "other_text"]
    declared = [
        profile for profile in options if profile.column.shape == "option" or profile.column.role == "option"
    ]
    filled = [profile for profile in members if profile.cells]
    several = (
        block and len(members) > 1 and len(options) >= MOSTLY_OPTIONS * max(len(filled), 1) and len(options) > 1
    )
    chosen = options if several and not declared else declared
    if chosen:
        texts = [
            p
            for p in held.profiles.values()
            if block and p.column.block == block and p.column.role == "other_text"
        ]
        add_set(held, block, chosen, texts)
    rest = [profile for profile in members if profile not in chosen]
    rows = [
        p
        for p in rest
        if block and p.column.shape != "joined" and p.column.role not in {"other_text", "comment"}
    ]
    if len(rows) > 1 or any(profile.column.shape in {"grid_row", "rank"} for profile in rows):
        add_rows(held, block, rows, text=plain(rows[0].column.text))
        rest = [profile for profile in rest if profile not in rows]
    for profile in rest:
        add_alone(held, profile)


def _draft(export: Export, held: Collected, sampling: Sampling) -> Draft:
    order = {name: i for i, name in enumerate(held.profiles)}
    questions = with_bases(held)
    lists, questions = shared_lists(questions, held)
    stem = PurePath(export.file_name).stem
    ids = held.roles.get("respondent_id", [])
    file = StudyFile(
        study=StudyInfo(
            id=slug(stem),
            title=cut(plain(export.title) or plain(stem.replace("_", " ").replace("-", " ")) or "Survey"),
            responses=RESPONSES,
            respondent_id=ids[0] if ids and _usable_id(held.profiles[ids[0]]) else None,
        ),
        reading=held.reading,
        design=sampling.design,
        lists=lists,
        question=questions,
    )
    answered = [name for name, fate in held.fates.items() if fate.fate in {"question", "part"}]
    return Draft(
        file=file,
        frame=_frame(export, held),
        fates=tuple(held.fates[name] for name in sorted(held.fates, key=lambda name: order[name])),
        guesses=tuple(held.guesses),
        unmapped=tuple(held.unmapped),
        duplicates=find_repeats(held.profiles, respondent_id=ids[0] if ids else None, answers=answered),
        roles={role: tuple(names) for role, names in held.roles.items()},
        grids=dict(held.grids),
        suggestions=(*suggestions_for(questions), *asked_after(questions, held.profiles)),
        notes=(*held.notes, *_notes(held, ids)),
    )


def _usable_id(profile: Profile) -> bool:
    """Ids that name everybody; that some occur twice is for the check to say."""
    return profile.filled == profile.n and 10 * len(profile.cells) >= 9 * profile.n


def _notes(held: Collected, ids: Sequence[str]) -> list[str]:
    found = []
    if ids and not _usable_id(held.profiles[ids[0]]):
        found.append(f"'{ids[0]}' does not name every respondent and is not declared as the respondent id.")
    if held.rewritten:
        cells = "1 cell" if held.rewritten == 1 else f"{held.rewritten:,} cells"
        found.append(f"Spelling brought to that of the label in {cells}.")
    looked_at = (cell for profile in held.profiles.values() for cell in profile.cells[:LOOKED_AT])
    garbled = [cell for cell in looked_at if len(cell) < LOOKED_AT and is_garbled(cell)]
    if garbled:
        found.append(
            f"{len(garbled):,} different cells look wrongly decoded, such as '{garbled[0][:60]}'; all are kept."
        )
    return found


def _frame(export: Export, held: Collected) -> pd.DataFrame:
    """The responses as they are to be written, in the order of the export, new columns after their source."""
    import pandas as pd  # noqa: PLC0415 - heavy, and only needed here

    order: Mapping[str, int] = {name: i for i, name in enumerate(held.profiles)}
    place = {}
    for name in held.cells:
        source = (
            name if name in order else max((n for n in order if name.startswith(f"{n}_")), key=len, default="")
        )
        place[name] = (order.get(source, len(order)), name not in order)
    columns = {
        name: pd.Series(cells, dtype=str) if cells is not None else _as_read(export.frame[name])
        for name, cells in sorted(held.cells.items(), key=lambda item: place[item[0]])
    }
    return pd.DataFrame(columns)


def _as_read(cells: pd.Series) -> pd.Series:
    """Text, or the few distinct texts of a large file, which stay coded."""
    import pandas as pd  # noqa: PLC0415 - as above

    text = cells if isinstance(cells.dtype, pd.CategoricalDtype | pd.StringDtype) else cells.astype(str)
    return text.set_axis(range(len(text)))
