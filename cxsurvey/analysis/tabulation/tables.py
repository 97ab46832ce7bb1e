"""One table of the book: its numbers, what of them is hidden, its bases, missing answers and letters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cxsurvey.analysis import base_policy
from cxsurvey.analysis.measures import Target, Variable
from cxsurvey.analysis.tabulation.banner import Banner
from cxsurvey.analysis.tabulation.comparisons import Comparisons
from cxsurvey.analysis.tabulation.letters import columns_in, marked_tests, write_marks
from cxsurvey.analysis.tabulation.measured import Measured
from cxsurvey.analysis.tabulation.questions import Source
from cxsurvey.analysis.tabulation.records import Cells, Strings, Table, Tests
from cxsurvey.analysis.tabulation.rules import Rules
from cxsurvey.analysis.tabulation.settings import BookSettings
from cxsurvey.analysis.tabulation.shared_sizes import ColumnBits, plainly_safe
from cxsurvey.analysis.tabulation.suppressed_cells import answer_counts, hidden_cells
from cxsurvey.analysis.tabulation.suppression import Atoms, hidden_columns, is_safe
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.codebook import Settings

INDEX_SCALE = 100.0
ROOMY = 8  # respondents of an atom, on average, from which half of them may do to show that a base is safe


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What all tables of a book share.

    Attributes
    ----------
    banner : Banner
    atoms : Atoms
    bits : ColumnBits
    inside : ndarray of bool, shape (n,)
        Respondents of the book: kept by the filter, in the wave, and with a weight.
    before : ndarray of bool, shape (n,), or None
        Those of the wave before.
    settings : BookSettings
    policy : Settings
        Thresholds of the study.
    rules : Rules
        Whose tests make the letters.
    filter : str
    """

    banner: Banner
    atoms: Atoms
    bits: ColumnBits
    inside: BoolArray
    before: BoolArray | None
    settings: BookSettings
    policy: Settings
    rules: Rules
    filter: str
    _found: dict[bytes, BoolArray] = field(default_factory=dict)
    _safe: list[IntArray] = field(default_factory=list)

    def hidden(self, inside: BoolArray) -> BoolArray:
        """Columns to hide where the base is these respondents; shape (C,). Many tables share a base."""
        counts, member, limit = self.atoms.counts(inside), self.atoms.member, self.settings.suppress_below
        key = counts.tobytes()
        if key not in self._found:
            self._found[key] = (
                np.zeros(member.shape[1], dtype=bool)
                if self._is_safe(counts) or plainly_safe(self.bits.shared(inside), self.bits.parts, limit)
                else hidden_columns(member, counts, limit, outside=self.atoms.outside)
            )
        return self._found[key]

    def _is_safe(self, counts: IntArray) -> bool:
        """Whether a base holds a smaller one that is known to be safe, or half of itself is."""
        if any((counts >= safe).all() for safe in self._safe):
            return True
        if counts.sum() < ROOMY * np.count_nonzero(counts):
            return False
        half = counts // 2
        safe = is_safe(self.atoms.member, half, self.settings.suppress_below)
        self._safe.extend([half] if safe else [])
        return safe


def table_of(number: int, source: Source, numbers: Measured, found: Comparisons, frame: Frame) -> Table:
    """Make the table of one question.

    Parameters
    ----------
    number : int
        Its place in the book.
    source : Source
    numbers : Measured
        Of its R rows.
    found : Comparisons
        Of its R rows.
    frame : Frame

    Returns
    -------
    Table
    """
    columns = _hidden(source, frame, frame.inside)
    hidden = _hidden_cells(source, numbers.n, columns, frame, frame.inside)
    silent = _silent(source, found, frame)
    secret = _secret(source, found, hidden, frame)
    narrower = narrower_rows(source, frame.inside if frame.before is None else frame.inside | frame.before)
    families = _families(source, found, frame.banner)
    tests = marked_tests(
        found, silent, secret, secret & narrower[:, None], twin_rows(source), frame.rules.marking, families
    )
    marks = write_marks(tests, frame.banner.columns, len(source.rows), frame.settings.levels)
    base = numbers.base[0]
    return Table(
        number=number,
        question=source.question,
        text=source.text,
        label=source.label,
        type=source.type,
        base=source.base,
        filter=frame.filter,
        instruction=source.instruction,
        rows=source.rows,
        columns=frame.banner.columns,
        cells=_cells(source, numbers, hidden, hidden & narrower[:, None], marks),
        n=base,
        n_weighted=np.where(columns, np.nan, numbers.base_weight[0]),
        n_effective=np.where(columns, np.nan, numbers.base_effective[0]),
        flags=tuple(base_policy.flags(base, columns, frame.policy)),
        missing=_missing(source, frame, columns),
        tests=tests,
        notes=_notes(source, frame, columns, hidden, tests),
    )


def base_masks(source: Source, inside: BoolArray) -> list[BoolArray]:
    """The distinct bases that rows of a table are of."""
    masks = []
    for part in source.parts:
        known = part.base & inside
        masks.append(known)
        if part.code is not None:
            unders = {target.denominator.tobytes(): target.denominator != 0 for target in part.targets}
            some = [under for under in unders.values() if not under.all()]
            masks += [known & np.append(under, [False])[part.code] for under in some]
    if source.median is not None:
        masks.append(source.median.base & inside)
    return masks


def _hidden(source: Source, frame: Frame, inside: BoolArray) -> BoolArray:
    """Columns to hide: a column that one base of the table gives away is hidden in all its rows."""
    found: BoolArray = np.any([frame.hidden(mask) for mask in base_masks(source, inside)], axis=0)
    return found


def narrower_rows(source: Source, inside: BoolArray) -> BoolArray:
    """Rows whose base leaves somebody out who is in the base of the table, that of its first row.

    Parameters
    ----------
    source : Source
    inside : ndarray of bool, shape (n,)
        Respondents of the book.

    Returns
    -------
    ndarray of bool, shape (R,)
        Such as a mean without the answers that are not scored. Beside the base of the table their own base is a
        count of those answers, so it is hidden with what the row says.
    """
    known: dict[tuple[int, bytes], BoolArray] = {}
    for part in source.parts:
        for target in part.targets:
            key = id(part), target.denominator.tobytes()
            if key not in known:
                known[key] = _base_of(part, target) & inside
    bases = [known[id(part), target.denominator.tobytes()] for part in source.parts for target in part.targets]
    if source.median is not None:
        bases.append(source.median.base & inside)
    return np.array([base is not bases[0] and not np.array_equal(base, bases[0]) for base in bases])


def _base_of(part: Variable, target: Target) -> BoolArray:
    if part.code is None:
        return part.base
    under: BoolArray = np.append(target.denominator != 0, [False])[part.code]
    return part.base & under


def _hidden_cells(
    source: Source, n: IntArray, columns: BoolArray, frame: Frame, inside: BoolArray
) -> BoolArray:
    """Cells to hide: whole columns, and small counts where the study asks for it."""
    limit = frame.settings.suppress_cells_below
    if limit <= 1:
        return np.repeat(columns[None, :], len(source.rows), axis=0)
    present = frame.atoms.counts(source.parts[0].base & inside) > 0
    return hidden_cells(
        source,
        n,
        columns,
        limit,
        member=frame.atoms.member[present],
        variables=tuple(np.array(variable.columns, dtype=np.int64) for variable in frame.banner.variables),
    )


def _silent(source: Source, found: Comparisons, frame: Frame) -> BoolArray:
    """Not tested: small bases, and columns that are made of the answers of this very table."""
    small: BoolArray = (found.n_a < frame.rules.least) | (found.n_b < frame.rules.least)
    own = [
        position
        for position, members in enumerate(frame.banner.members)
        if members.questions & source.questions
    ]
    circular = np.isin(found.variable, own)
    return small | circular[None, :]


def _secret(source: Source, found: Comparisons, hidden: BoolArray, frame: Frame) -> BoolArray:
    """Comparisons that would show something of a hidden cell; shape (R, J).

    A column and its rest make up the total: where that is hidden, only one of the two may be shown.
    """
    secret = np.array([columns_in(row, found) for row in hidden]).reshape(len(hidden), -1)
    kinds = np.array(found.kind, dtype=object)
    secret |= hidden[:, :1] & (kinds == "rest")
    if frame.before is not None:
        columns = _hidden(source, frame, frame.before)
        n = answer_counts(source, frame.atoms, frame.before)
        past = _hidden_cells(source, n, columns, frame, frame.before)
        secret |= past[:, found.a] & (kinds == "wave")
    return secret


def _families(source: Source, found: Comparisons, banner: Banner) -> list[str]:
    """The name of each comparison's family: what kind, of which question, by which banner variable."""
    names = [variable.id for variable in banner.variables]
    words = {"pair": "pairs of", "rest": "rest of", "wave": "wave of"}
    return [
        f"{source.question}: {words[kind]} {names[int(v)] if v >= 0 else 'total'}"
        for kind, v in zip(found.kind, found.variable, strict=True)
    ]


def twin_rows(source: Source) -> IntArray:
    """For each row the first row that is the same comparison: the same answers, or all the others."""
    targets = [(part, target) for part in source.parts for target in part.targets]
    first = np.arange(len(source.rows))
    seen: dict[tuple[int, bytes, bytes], int] = {}
    for r, (part, target) in enumerate(targets):
        if target.statistic != "share" or part.code is None:
            continue
        under = target.denominator
        keys = [(id(part), over.tobytes(), under.tobytes()) for over in _two_ways(target)]
        first[r] = next((seen[key] for key in keys if key in seen), r)
        seen.setdefault(keys[0], r)
    return first


def _two_ways(target: Target) -> tuple[FloatArray, FloatArray]:
    return target.numerator, target.denominator - target.numerator


def _cells(
    source: Source,
    numbers: Measured,
    hidden: BoolArray,
    hidden_base: BoolArray,
    marks: tuple[Strings, Strings, Strings],
) -> Cells:
    shares = np.array([row.statistic == "share" for row in source.rows])[:, None]

    def shown(values: FloatArray) -> FloatArray:
        return np.where(hidden, np.nan, values)

    def beside_total(values: FloatArray) -> FloatArray:
        return shown(np.where(shares & ~hidden[:, :1], values, np.nan))

    letters, rest, wave = marks
    return Cells(
        n=shown(numbers.n.astype(np.float64)),
        count=shown(numbers.count),
        estimate=shown(numbers.estimate),
        row_share=beside_total(_over(numbers.count, numbers.count[:, :1])),
        index=beside_total(INDEX_SCALE * _over(numbers.estimate, numbers.estimate[:, :1])),
        std_error=shown(numbers.std_error),
        conf_low=shown(numbers.low),
        conf_high=shown(numbers.high),
        base=np.where(hidden_base, np.nan, numbers.base),
        base_effective=shown(numbers.base_effective),
        hidden=hidden,
        letters=letters,
        rest=rest,
        wave=wave,
    )


def _over(values: FloatArray, whole: FloatArray) -> FloatArray:
    """Parts of a whole; NaN where the whole is 0."""
    ratio: FloatArray = values / np.where(whole > 0, whole, np.nan)
    return ratio


def _missing(source: Source, frame: Frame, columns: BoolArray) -> dict[str, FloatArray]:
    """Respondents of each column without an answer, by reason; the reasons that occur only."""
    without = {}
    reasons = source.reasons
    for position, name in enumerate(source.reason_names):
        who = frame.inside & (reasons == position)
        if position == 0 or not who.any():
            continue
        counts = np.count_nonzero(frame.atoms.member[frame.atoms.index[who]], axis=0)
        without[name] = np.where(columns, np.nan, counts.astype(np.float64))
    return without


def _notes(
    source: Source, frame: Frame, columns: BoolArray, hidden: BoolArray, tests: Tests
) -> tuple[str, ...]:
    notes = []
    own = [
        variable.label
        for variable, members in zip(frame.banner.variables, frame.banner.members, strict=True)
        if members.questions & source.questions
    ]
    if own:
        notes.append(f"Not tested, because these answers make the columns: {', '.join(own)}.")
    if columns.any():
        notes.append(
            f"Hidden: columns with a base under {frame.settings.suppress_below}, and what would give them away."
        )
    if (hidden & ~columns).any():
        notes.append(
            f"Hidden: counts under {frame.settings.suppress_cells_below}, and what would give them away."
        )
    if not tests.tested and len(tests.kind):
        notes.append("Nothing in this table could be tested.")
    return tuple(notes)
