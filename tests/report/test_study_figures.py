"""Figures of a real study: every one draws, and says what the analysis says."""

from __future__ import annotations

import pytest

import cxsurvey as cx
from cxsurvey.display import numbers
from cxsurvey.display.figures import draw_figures
from cxsurvey.display.ops import Text


@pytest.fixture(scope="module")
def study() -> cx.Study:
    return cx.read_study("sfo2018")


@pytest.fixture(scope="module")
def cards(study: cx.Study) -> dict[str, object]:
    return {card.key: card for card in draw_figures(study)}


def test_every_declared_figure_is_drawn(study: cx.Study, cards: dict[str, object]) -> None:
    assert list(cards) == [figure.id for figure in study.file.figure]
    assert {figure.form for figure in study.file.figure} == {
        "ranked",
        "segments",
        "stacked",
        "lanes",
        "dumbbell",
        "matrix",
    }
    assert len(cards) >= 8


def test_segments_figure_prints_the_estimated_shares(study: cx.Study, cards: dict[str, object]) -> None:
    figure = next(figure for figure in study.file.figure if figure.form == "segments")
    shares = cx.segment_shares(study, cx.segment(study, rule=figure.rule)).frame
    printed = {op.text for op in cards[figure.id].ops if isinstance(op, Text)}
    for share in shares["estimate"].dropna():
        assert numbers.percent(100 * share) in printed


def test_a_dumbbell_prints_the_gaps_of_the_analysis(study: cx.Study, cards: dict[str, object]) -> None:
    figure = next(
        figure for figure in study.file.figure if figure.form == "dumbbell" and figure.statistic == "nps"
    )
    found = cx.gaps(study, by=figure.by, question=figure.question).frame
    printed = {op.text for op in cards[figure.id].ops if isinstance(op, Text)}
    assert numbers.points(found["gap"].iloc[0]) in printed


def test_every_figure_has_a_base_a_source_and_alternative_text(cards: dict[str, object]) -> None:
    for card in cards.values():
        notes = dict(card.text.notes)
        assert notes["Base"]
        assert card.text.source
        assert card.alt_short == card.text.headline
        assert len(card.alt_long) >= 100


def test_synthetic_respondents_are_said_to_be_so(study: cx.Study) -> None:
    made_up = study.file.study.model_copy(update={"synthetic": True})
    file = study.file.model_copy(update={"study": made_up, "figure": study.file.figure[:1]})
    (card,) = draw_figures(cx.Study(file=file, raw=study.raw, path=study.path, sha256=study.sha256))
    assert dict(card.text.notes)["Illustrative"] == "The respondents are synthetic."


def test_an_unknown_figure_is_named(study: cx.Study) -> None:
    with pytest.raises(cx.CxSurveyError, match="unknown-figure"):
        draw_figures(study, only=["fig99"])
