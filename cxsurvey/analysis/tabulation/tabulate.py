"""The book of banner tables: every question by every column, with bases, letters and suppression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.analysis.design import StudyDesign, describe_design, survey_design
from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.analysis.tabulation.banner import Banner, banner_of
from cxsurvey.analysis.tabulation.book import Book
from cxsurvey.analysis.tabulation.comparisons import Comparisons, joined, median_comparisons
from cxsurvey.analysis.tabulation.filters import filter_mask, parse_filter
from cxsurvey.analysis.tabulation.kernel_input import kernel_columns, kernel_question
from cxsurvey.analysis.tabulation.measured import Measured, measured, median_row, tables_of
from cxsurvey.analysis.tabulation.notes import book_notes
from cxsurvey.analysis.tabulation.questions import Source, sources_of
from cxsurvey.analysis.tabulation.records import Table
from cxsurvey.analysis.tabulation.rules import rules_of
from cxsurvey.analysis.tabulation.settings import BookSettings, book_settings
from cxsurvey.analysis.tabulation.shared_sizes import column_bits
from cxsurvey.analysis.tabulation.suppression import atoms_of
from cxsurvey.analysis.tabulation.tables import Frame, table_of
from cxsurvey.analysis.tabulation.waves import Waves, wave_comparisons, waves_of
from cxsurvey.errors import RequestError, did_you_mean
from cxsurvey.numerics.probability.multiplicity import Adjustment
from cxsurvey.study.answers import BoolArray
from cxsurvey.study.conditions import Base
from cxsurvey.study.study import Study
from cxsurvey.study.table_plan import Profile, TablePlan, TableStatistic, TestAgainst

if TYPE_CHECKING:
    from cxsurvey.analysis.segmentation import Segmentation


def tabulate(
    study: Study,
    banner: str | Segmentation | Sequence[str | Segmentation] | None = None,
    *,
    questions: str | Sequence[str] | None = None,
    table: str | None = None,
    filter: str | Base | None = None,  # noqa: A002 - the word of the trade
    statistics: Sequence[TableStatistic] | None = None,
    top_box: int | None = None,
    levels: Sequence[float] | None = None,
    adjust: Adjustment | None = None,
    against: TestAgainst | Sequence[TestAgainst] | None = None,
    profile: Profile | None = None,
    wave: str | None = None,
) -> Book:
    """Make the book of banner tables.

    Parameters
    ----------
    study : Study
    banner : str, Segmentation, or a sequence of them, optional
        What makes the columns, the total always first: single and ordinal questions, ``[[group]]``,
        ``"segment"``, a segmentation, multi questions (their columns overlap), and nested ids such as
        ``"industry > size"``. Left out: the ``[[table]]`` of the study file, or else its groups and segments.
    questions : str or sequence of str, optional
        Questions, scales or ``"segment"``; by default all but free text, in questionnaire order.
    table : str, optional
        Which ``[[table]]`` of the study file to take as a start; the first by default. Whatever is given
        here goes before what it declares.
    filter : str or Base, optional
        Whom the book is limited to: ``"question=code"``, ``"question=a|b"``, ``!=``, ``>=``, ``<=``, joined by
        ``&``. The others stay in the design.
    statistics : sequence of {"share", "mean", "median"}, optional
        Shares and means by default. Net promoter scores come with the questions that declare them.
    top_box : int, optional
        Points in the top and bottom boxes of ordinal questions without nets: 2; 0 for none.
    levels : sequence of float, optional
        (0.95, 0.90): upper case letters, and lower case letters.
    adjust : {"bh", "holm", "bonferroni", "none"}, optional
        Correction of the p-values by which letters go, within one question and banner variable: ``bh``.
    against : {"pairs", "rest"} or both, optional
        Columns of a variable against one another, and each against everyone else in the total.
    profile : {"spss", "unicom", "q", "naive"}, optional
        Letters as another tool computes them; the correction is then the tool's.
    wave : str, optional
        A question whose responses are waves in order: the last wave is tabulated, each column against itself
        in the wave before.

    Returns
    -------
    Book

    Raises
    ------
    RequestError
        ``no-banner``, ``unknown-banner``, ``banner-repeated``, ``unknown-book``, ``unknown-question``,
        ``unknown-group``, ``unknown-response``, ``statistic-not-defined``, ``bad-filter``, ``bad-option``,
        ``nothing-to-tabulate``, ``foreign-segments``.
    DataFault
        ``group-overlap``, ``weight-unusable``, ``lonely-stratum``, ``wave-not-usable``.

    Notes
    -----
    Estimates are those of :func:`cxsurvey.estimate`: ratios of weighted totals over the whole design, of which
    each column is a domain. Tests are those of :func:`cxsurvey.gaps`, with the covariance of columns that
    overlap or share clusters. The rest of a column is everyone in the table who is not in it, those in no
    column of its variable included. Bases under 30 are not tested; bases under 5 are hidden, with as many more
    columns as it takes that no combination of shown columns is about fewer than 5 respondents.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> book = cx.tabulate(cx.read_study("sfo2018"), "first_time", questions="nps")
    >>> [column.letter for column in book.columns], [row.id for row in book.tables[0].rows[-2:]]
    (['', 'A', 'B'], ['nps', 'mean'])
    """
    plan = _plan(study, table, named=banner is not None)
    settings = book_settings(
        study.file.settings, plan, statistics=statistics, top_box=top_box, levels=levels, adjust=adjust,
        against=against, profile=profile, wave=wave,
    )  # fmt: skip
    made = banner_of(study, _items(study, banner, plan))
    base = parse_filter(study, filter) if isinstance(filter, str) else filter or (plan.filter if plan else None)
    asked = [questions] if isinstance(questions, str) else questions
    names = list(asked) if asked is not None else list(plan.questions) if plan and plan.questions else None
    sources = sources_of(study, names, settings)
    design = survey_design(study)
    waves = waves_of(study, settings.wave)
    words = "; ".join(part for part in (base.label if base else "", waves.words if waves else "") if part)
    frame = _frame(study, made, filter_mask(study, base), waves, settings, words, design.weights)
    tables = _tables(design, sources, frame)

    def again(other: Profile | None) -> Book:
        return tabulate(
            study, banner, questions=questions, table=table, filter=filter, statistics=statistics,
            top_box=top_box, levels=settings.levels, adjust=adjust, against=against, profile=other, wave=wave,
        )  # fmt: skip

    return Book(
        study=study.id,
        title=(plan.title if plan else "") or study.file.study.title,
        source=study.source,
        tables=tables,
        columns=made.columns,
        variables=made.variables,
        settings=settings,
        design=describe_design(study),
        filter=words,
        n=study.n_kept,
        n_filtered=int(frame.inside.sum()),
        notes=book_notes(
            tables,
            settings,
            describe_design(study),
            words,
            probability=study.file.disclosure.probability_sample,
        ),
        synthetic=study.file.study.synthetic,
        again=again,
    )


def _plan(study: Study, table: str | None, *, named: bool) -> TablePlan | None:
    """The declared book to start from; none where a banner is given and no book named."""
    plans = {plan.id: plan for plan in study.file.table}
    if table is not None:
        if table not in plans:
            raise RequestError.unknown_book(table, did_you_mean(table, list(plans)))
        return plans[table]
    return None if named else next(iter(plans.values()), None)


def _items(
    study: Study, banner: str | Segmentation | Sequence[str | Segmentation] | None, plan: TablePlan | None
) -> list[str | Segmentation]:
    """What the banner is made of."""
    if banner is None:
        items: list[str | Segmentation] = list(plan.banner) if plan else []
        items = items or [*([SEGMENT] if study.file.segments else []), *study.groups]
    elif isinstance(banner, Sequence) and not isinstance(banner, str):
        items = list(banner)
    else:
        items = [banner]
    if not items:
        singles = [name for name, item in study.questions.items() if item.type in {"single", "ordinal"}]
        raise RequestError.no_banner(singles)
    return items


def _frame(
    study: Study,
    banner: Banner,
    kept: BoolArray,
    waves: Waves | None,
    settings: BookSettings,
    words: str,
    weights: np.ndarray,
) -> Frame:
    rules = rules_of(settings)
    kept = kept & (weights > 0)  # a respondent of weight zero stays in the design and is in no base
    return Frame(
        banner=banner,
        atoms=atoms_of(banner, study.n),
        bits=column_bits(banner, study.n),
        inside=kept & waves.last if waves else kept,
        before=kept & waves.before if waves else None,
        settings=settings,
        policy=study.file.settings,
        rules=rules,
        filter=words,
    )


def _tables(design: StudyDesign, sources: Sequence[Source], frame: Frame) -> tuple[Table, ...]:
    """Estimate and compare everything at once, then write it table by table."""
    banner, settings = frame.banner, frame.settings
    parts = [part for source in sources for part in source.parts]
    columns = [kernel_columns(members) for members in banner.members]
    made = tables_of(design, [kernel_question(part, frame.inside) for part in parts], columns)
    numbers = measured(design, made, settings.interval)
    found = frame.rules.compare(banner, made, settings.against)
    if frame.before is not None:
        found += wave_comparisons(design, parts, banner, frame.inside, frame.before)
    whole = joined(found, len(numbers.estimate))
    tables, start = [], 0
    for number, source in enumerate(sources, 1):
        stop = start + sum(len(part.targets) for part in source.parts)
        own, of_own = numbers.rows(slice(start, stop)), whole.rows(slice(start, stop))
        if source.median is not None:
            own, of_own = _with_median(design, source, frame, own, of_own)
        tables.append(table_of(number, source, own, of_own, frame))
        start = stop
    return tuple(tables)


def _with_median(
    design: StudyDesign, source: Source, frame: Frame, own: Measured, found: Comparisons
) -> tuple[Measured, Comparisons]:
    if source.median is None:
        return own, found
    row, columns = median_row(
        design, source.median, frame.banner.members, frame.inside, frame.settings.interval
    )
    return own.with_rows(row), found.with_rows(median_comparisons(found, frame.banner, columns))
