"""Data quality: every flag by hand, its thresholds and units, what it needs, and what excluding does."""

import numpy as np
import pandas as pd
import pytest
from helpers import HEAD, question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsurvey as cx
from cxsurvey.display.methods import methodology
from cxsurvey.display.notes import base_note
from cxsurvey.errors import StudyError

SHOW = "[settings]\nsuppress_below = 0\n"
SCALE = '[lists.agree]\nresponses = { 1 = "No", 2 = "Partly", 3 = "Yes" }\n'
ITEMS = [f"a{i}" for i in range(1, 6)]
GRID = SCALE + "".join(question(name, "ordinal", list="agree") for name in ITEMS)
YES_NO = question("x", responses=["Y", "N"])
VARIED = ["1", "2", "3", "1", "2"]


def quality_of(plan, data, toml=YES_NO, **keys):
    return study_of(f"{SHOW}[quality]\n{plan}\n{toml}", data, **keys)


def flagged(study, name):
    """Positions of the respondents with a flag."""
    return np.flatnonzero(cx.quality(study).flags[name]).tolist()


def grid(*rows):
    return {name.upper(): [row[i] for row in rows] for i, name in enumerate(ITEMS)}


def codes(study):
    return {issue.code: issue for issue in cx.check(study)}


# Speeders


def timed(seconds, plan="", answers=None, **columns):
    data = {"X": answers or ["Y"] * len(seconds), "T": [str(value) for value in seconds], **columns}
    return quality_of(f'duration = "T"\n{plan}', data)


def test_a_speeder_takes_less_than_a_third_of_the_median():
    """A third of the median of 300 is 100, and 100 is not less than that."""
    study = timed([90, 300, 300, 310, 99.9, 100, 300])
    found = cx.quality(study)
    assert found.median_seconds == 300
    assert flagged(study, "speeders") == [0, 4]
    assert found.summary.set_index("flag").loc["speeders", "threshold"] == (
        "under 100 seconds, 33% of the median 300"
    )


def test_a_share_and_an_absolute_bound_of_speeding():
    seconds = [100, 149, 150, 300, 300, 300, 320]
    assert flagged(timed(seconds, "speeders_below = 0.5"), "speeders") == [0, 1]
    assert flagged(timed(seconds, "speeders_seconds = 150"), "speeders") == [0, 1]
    assert flagged(timed(seconds, "speeders_below = 0\nspeeders_seconds = 149"), "speeders") == [0]
    assert flagged(timed(seconds, "speeders_below = 0"), "speeders") == []


@pytest.mark.parametrize(
    ("unit", "cells"),
    [
        ("milliseconds", ["60000", "600000", "600000"]),
        ("seconds", ["60", "600", "600"]),
        ("minutes", ["1", "10", "10.0"]),
        ("clock", ["0:01:00", "00:10:00", "0:10:00"]),
    ],
)
def test_units_of_durations(unit, cells):
    study = timed(cells, f'duration_unit = "{unit}"')
    assert cx.quality(study).flags["seconds"].tolist() == [60, 600, 600]
    assert flagged(study, "speeders") == [0]


def test_durations_with_a_decimal_comma():
    toml = '[reading]\ndecimal = ","\n[quality]\nduration = "T"\nduration_unit = "minutes"\n' + YES_NO
    study = study_of(toml, {"X": ["Y", "N"], "T": ["1,5", "10"]})
    assert cx.quality(study).flags["seconds"].tolist() == [90, 600]


def test_durations_from_start_and_end():
    plan = 'start = "S"\nend = "E"'
    data = {
        "X": ["Y"] * 5,
        "S": ["2026-01-31 23:59:00", "2026-02-01T08:00:00+02:00", "2026-02-01 08:00", "", "2026-02-01 09:00"],
        "E": ["2026-02-01 00:09:00", "2026-02-01T06:10:00Z", "2026-02-01 08:01", "2026-02-01 08:01", "never"],
    }
    study = quality_of(plan, data)
    np.testing.assert_array_equal(cx.quality(study).flags["seconds"], [600, 600, 60, np.nan, np.nan])
    assert flagged(study, "speeders") == [2]
    assert codes(study)["duration-unreadable"].message.startswith("2 respondents have no duration")


def test_start_and_end_in_a_stated_format():
    """By that format it is the fifth of April, in the afternoon."""
    plan = 'start = "S"\nend = "E"\ntime_format = "%m/%d/%Y %I:%M:%S %p"'
    data = {"X": ["Y"], "S": ["04/05/2026 12:59:30 PM"], "E": ["04/05/2026 01:00:00 PM"]}
    assert cx.quality(quality_of(plan, data)).flags["seconds"].tolist() == [30]


def test_moments_of_a_typed_file():
    moments = pd.to_datetime(["2026-01-01 10:00", "2026-01-01 11:00", None])
    frame = pd.DataFrame({"X": ["Y"] * 3, "S": moments, "E": moments + pd.Timedelta(minutes=5)})
    study = quality_of('start = "S"\nend = "E"', frame, file_format="parquet")
    np.testing.assert_array_equal(cx.quality(study).flags["seconds"], [300, 300, np.nan])


def test_a_duration_that_is_negative_blank_or_text_flags_nobody():
    study = timed(["", "-5", "soon", "600"])
    assert flagged(study, "speeders") == []
    issue = codes(study)["duration-unreadable"]
    assert (issue.row, issue.severity, issue.message[:13]) == (2, "note", "3 respondents")


def test_no_duration_at_all_is_a_warning():
    study = timed(["", ""])
    assert codes(study)["duration-unreadable"].severity == "warning"
    assert np.isnan(cx.quality(study).median_seconds)


def test_choices_beyond_one_word_of_bits_are_compared():
    codes_ = [f"c{i}" for i in range(40)]
    toml = question("m", "multi", column="M", separator=";", responses=codes_) + YES_NO
    data = {"M": ["c0;c39", "c0;c38", "c39;c0", "c0"], "X": ["Y"] * 4}
    assert flagged(quality_of("identical_from = 2", data, toml), "duplicate_answers") == [0, 2]


def test_those_who_did_not_finish_neither_speed_nor_count_in_the_median():
    plan = 'status = "S"\ncomplete = ["Done"]\nscreened_out = ["Out"]\npreview = ["Test"]'
    status = ["Done", "Done", "Done", "Out", "Out", "Test", "Left"]
    study = timed([50, 600, 600, 5, 6, 7, 8], plan, S=status)
    assert cx.quality(study).median_seconds == 600
    assert flagged(study, "speeders") == [0]


# Straight lines


def test_a_straight_line_over_a_shared_list():
    data = grid(VARIED, ["2"] * 5, ["3", "3", "3", "3", ""], ["1", "1", "1", "1", "2"], [""] * 5)
    assert flagged(quality_of("", data, GRID), "straight_liners") == [1]
    loose = quality_of("straight_lining_from = 4", data, GRID)
    assert flagged(loose, "straight_liners") == [1, 2]


def test_a_list_with_fewer_items_is_no_grid():
    study = quality_of("straight_lining_from = 6", grid(["1"] * 5, VARIED), GRID)
    found = cx.quality(study)
    assert "straight_liners" not in found.flags
    assert found.notes[-3].startswith("Not computed: straight-liners, because the study has no grid")


def test_questions_apart_are_two_grids():
    apart = GRID + YES_NO + "".join(question(f"b{i}", "ordinal", list="agree") for i in range(1, 4))
    data = {**grid(["2"] * 5, VARIED), "X": ["Y", "Y"], **{f"B{i}": ["2", "1"] for i in range(1, 4)}}
    found = cx.quality(quality_of("straight_lining_from = 3", data, apart))
    assert [len(one) for one in found.grids] == [5, 3]
    assert found.flags["straight_lines"].tolist() == [2, 1]
    both = quality_of("straight_lining_from = 3\nstraight_lining_grids = 2", data, apart)
    assert flagged(both, "straight_liners") == [0]


def test_a_named_grid_replaces_those_of_lists():
    """Codes are compared, not positions: the answer 2 is the first of one list and the second of the other."""
    toml = (
        "".join(question(name, responses=order) for name, order in [("p", "12"), ("q", "21"), ("r", "123")])
        .replace('"12"', '["1", "2"]')
        .replace('"21"', '["2", "1"]')
        .replace('"123"', '["1", "2", "3"]')
    )
    data = {"P": ["2", "1"], "Q": ["2", "2"], "R": ["2", "1"]}
    study = quality_of('straight_lining_from = 3\ngrids = [["p", "q", "r"]]', data, toml)
    assert flagged(study, "straight_liners") == [0]
    assert cx.quality(quality_of("grids = []", grid(["1"] * 5), GRID)).grids == ()


def test_a_grid_of_numbers():
    toml = "".join(question(name, "number") for name in "pqr")
    data = {"P": ["50", "10"], "Q": ["50.0", "20"], "R": ["50", "10"]}
    study = quality_of('straight_lining_from = 3\ngrids = [["p", "q", "r"]]', data, toml)
    assert flagged(study, "straight_liners") == [0]


# Partials, screen-outs, previews


def test_partials_reply_to_less_than_half_of_what_they_were_shown():
    """A "don't know" is a reply; an open question is not counted; a question not shown is not either."""
    toml = (
        question("a", responses=["Y", "N"])
        + question("b", responses=["Y", "N"], raw='missing = [{ code = "9", reason = "dont_know" }]')
        + question("c", responses=["Y"], raw='base = { label = "A", all = [{ question = "a", is = ["Y"] }] }')
        + question("d", responses=["Y", "N"])
        + question("t", "text")
    )
    rows = [
        ("Y", "N", "Y", "Y", ""),  # 4 of 4
        ("N", "", "", "", "long story"),  # 1 of 3
        ("Y", "9", "", "", ""),  # 2 of 4
        ("Y", "", "", "", ""),  # 1 of 4
        ("", "", "", "", ""),  # 0 of 3
    ]
    data = {name: [row[i] for row in rows] for i, name in enumerate("ABCDT")}
    study = quality_of("", data, toml)
    shares = cx.quality(study).flags["answered_share"].tolist()
    assert shares == pytest.approx([1, 1 / 3, 1 / 2, 1 / 4, 0])
    assert flagged(study, "partials") == [1, 3, 4]
    assert flagged(quality_of("partial_below = 0", data, toml), "partials") == []
    assert flagged(quality_of("partial_below = 0.51", data, toml), "partials") == [1, 2, 3, 4]


def test_status_and_progress():
    plan = (
        'status = "S"\ncomplete = ["complete", 1]\nscreened_out = ["Screen out"]\npreview = ["Survey Preview"]'
    )
    status = ["Complete", "SCREEN  OUT", "survey preview", "Partial", "", "1"]
    study = quality_of(plan, {"X": ["Y"] * 6, "S": status})
    assert flagged(study, "screened_out") == [1]
    assert flagged(study, "previews") == [2]
    assert flagged(study, "partials") == [3, 4]
    said = codes(study)
    assert {said[code].row for code in ("screened-out", "previews", "partials")} == {3, 4, 5}
    progress = quality_of('progress = "P"', {"X": ["Y"] * 5, "P": ["100", "99", "12%", "100%", ""]})
    assert flagged(progress, "partials") == [1, 2]


def test_without_values_of_complete_no_status_is_partial():
    study = quality_of('status = "S"\nscreened_out = [3]', {"X": ["Y"] * 3, "S": ["1", "3", "7"]})
    assert (flagged(study, "screened_out"), flagged(study, "partials")) == ([1], [])
    assert "previews" not in cx.quality(study).flags


# Duplicates


def test_duplicates_by_id_and_by_address():
    head = HEAD + 'respondent_id = "I"\n'
    data = {"I": ["a", "b", "a", "", ""], "X": ["Y"] * 5, "G": ["1", "", "1", "2", "2"]}
    study = study_of(f'{head}[quality]\naddress = "G"\n{YES_NO}', data)
    assert flagged(study, "duplicate_ids") == [0, 2]
    assert flagged(study, "duplicate_address") == [0, 2, 3, 4]
    said = codes(study)["duplicate-address"]
    assert said.message.startswith("At 2 addresses: 4 respondents (80.0%; rows 2, 4, 5, 6). Rule: an address")


def test_duplicates_by_equal_answers():
    rows = [VARIED, ["2"] * 5, VARIED, ["1", "2", "3", "1", ""], ["1", "2", "3", "1", ""], [""] * 5, [""] * 5]
    assert flagged(quality_of("identical_from = 5", grid(*rows), GRID), "duplicate_answers") == [0, 2]
    assert flagged(quality_of("identical_from = 4", grid(*rows), GRID), "duplicate_answers") == [0, 2, 3, 4]
    assert flagged(quality_of("", grid(*rows), GRID), "duplicate_answers") == []  # ten answers at least


def test_equal_answers_of_every_type():
    toml = (
        question("m", "multi", column="M", separator=";", responses=["a", "b", "c"])
        + question("n", "number")
        + question("t", "text")
        + YES_NO
    )
    data = {
        "M": ["a;b", "b;a", "a;b", "a;b", "a;c", "a;b"],
        "N": ["1", "1.0", "2", "1", "1", "1"],
        "T": ["so", "so", "so", "else", "so", "so"],
        "X": ["Y", "Y", "Y", "Y", "Y", "N"],
    }
    assert flagged(quality_of("identical_from = 4", data, toml), "duplicate_answers") == [0, 1]


# Declarations


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ('duration = "T"\nstart = "S"', "either 'duration' or 'start' and 'end'"),
        ('start = "S"', "'start' and 'end' go together"),
        ('time_format = "%Y"', "'time_format' is for 'start' and 'end'"),
        ('status = "S"', "'status' needs its values"),
        ('complete = ["1"]', "'complete' holds values of 'status'"),
        ('status = "S"\ncomplete = ["Done"]\npreview = ["done"]', "the status 'done' is in 2 lists"),
        ('grids = [["x"]]', "it has 1 items, and 'straight_lining_from' is 5"),
        ('straight_lining_from = 3\ngrids = [["x", "x", "z"]]', "the question 'x' is listed 2 times"),
        ('straight_lining_from = 3\ngrids = [["x", "x", "z"]]', "no question 'z'"),
        ('exclude = ["speeders"]', "to exclude 'speeders', give 'duration'"),
        ('exclude = ["duplicate-ids"]', "to exclude 'duplicate_ids', give 'respondent_id'"),
        ('exclude = ["partials", "partials"]', "'exclude' names 'partials' 2 times"),
        ('exclude = ["speeder"]', "[quality] exclude item 1"),
        ("speeder_below = 0.3", "unknown key 'speeder_below'. Did you mean 'speeders_below'"),
    ],
)
def test_declarations_that_contradict_are_refused(plan, said):
    with pytest.raises(StudyError) as caught:
        quality_of(plan, {"X": ["Y"]})
    assert caught.value.code == "study-file-invalid"
    assert said in str(caught.value)


def test_a_missing_column_is_found_by_check_and_refused_by_the_analysis():
    study = quality_of('duration = "Tt"\nexclude = ["speeders"]', {"X": ["Y", "N"], "T": ["1", "2"]})
    issue = codes(study)["unknown-column"]
    assert issue.message == "The duration of [quality] names a column that the responses lack."
    for refused in (cx.quality, lambda one: cx.estimate(one, "x")):
        with pytest.raises(StudyError, match="unknown-column"):
            refused(study)


def test_columns_of_quality_are_used_columns():
    assert "unused-columns" not in codes(timed([1, 2]))


def test_check_survives_a_question_without_its_column():
    study = quality_of('exclude = ["partials"]', {"X": ["Y", ""]}, YES_NO + question("z", responses=["1"]))
    assert {"unknown-column", "partials"} <= set(codes(study))


def test_without_quality_check_says_nothing_and_the_defaults_are_at_hand():
    study = study_of(GRID, grid(["1"] * 5, VARIED))
    assert not {"straight-liners", "partials", "duplicate-answers"} & set(codes(study))
    found = cx.quality(study)
    assert (found.declared, found.flags["straight_liners"].tolist()) == (False, [True, False])
    assert "default thresholds" in repr(found)
    assert "straight_liners" in found._repr_html_()


def test_nobody_at_all():
    study = quality_of('exclude = ["partials"]', {"X": []})
    assert len(cx.quality(study).flags) == 0
    assert "no-respondents" in codes(study)


# Exclusion


def test_excluded_respondents_are_in_no_base():
    study = timed([10, 600, 600, 600], 'exclude = ["speeders"]', ["N", "Y", "Y", "N"])
    shares = cx.estimate(study, "x")
    assert shares.frame["n"].tolist() == [3, 3]
    assert shares.frame["estimate"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert shares.missing["x"] == {"excluded": 1}
    assert "1 of 4 respondents excluded for data quality (speeders)" in shares.design
    issue = codes(study)["speeders"]
    assert (issue.severity, issue.row) == ("note", 2)
    assert "respondents-excluded" in codes(study)
    assert codes(timed([10, 600, 600]))["speeders"].severity == "warning"


def test_an_unweighted_sample_without_them_has_the_same_intervals():
    seconds, answers = [10, 10, *[600] * 48], ["N", "N", *["Y", "N", "Y"] * 16]
    left_out = cx.estimate(timed(seconds, 'exclude = ["speeders"]', answers), "x").frame
    removed = cx.estimate(timed(seconds[2:], "", answers[2:]), "x").frame
    columns = ["n", "n_weighted", "estimate", "conf_low", "conf_high"]
    pd.testing.assert_frame_equal(left_out[columns], removed[columns])


def clustered(plan=""):
    """Six clusters of two; the whole of the last one speeds."""
    data = {
        "X": list("YNYYNNYNYYNN"),
        "T": ["600"] * 10 + ["5"] * 2,
        "P": [str(i // 2) for i in range(12)],
        "W": ["1", "2"] * 6,
    }
    toml = f'{SHOW}[design]\nweight = "W"\ncluster = "P"\n[quality]\nduration = "T"\n{plan}\n{YES_NO}'
    return study_of(toml, data)


def test_a_weighted_cluster_sample_keeps_its_degrees_of_freedom():
    kept = cx.estimate(clustered('exclude = ["speeders"]'), "x").frame
    assert kept["n"].tolist() == [10, 10]
    assert kept["n_weighted"].tolist() == pytest.approx([15, 15])
    assert kept["estimate"].iloc[0] == pytest.approx((1 + 3 + 1 + 3) / 15)
    everybody = cx.estimate(clustered(), "x").frame
    assert (everybody["n"].iloc[0], everybody["n_weighted"].iloc[0]) == (12, 18)
    # The empty cluster adds a total of zero: by hand, sqrt(6/5 * sum of squared cluster totals) / 15.
    y, w = np.array([c == "Y" for c in "YNYYNNYNYY"]), np.array([1, 2] * 5)
    totals = (w * (y - 8 / 15)).reshape(5, 2).sum(axis=1)
    assert kept["std_error"].iloc[0] == pytest.approx(np.sqrt(6 / 5 * (totals**2).sum()) / 15, rel=1e-12)


def test_who_is_excluded_needs_no_weight():
    toml = f'{SHOW}[design]\nweight = "W"\n[quality]\nstatus = "S"\nscreened_out = ["out"]\n{{}}\n{YES_NO}'
    data = {"X": ["Y", "N", "Y"], "W": ["1", "3", ""], "S": ["", "", "out"]}
    study = study_of(toml.format('exclude = ["screened_out"]'), data)
    assert cx.estimate(study, "x").frame["estimate"].tolist() == pytest.approx([0.25, 0.75])
    assert not cx.check(study).errors
    assert [issue.code for issue in cx.check(study_of(toml.format(""), data)).errors] == ["weight-missing"]


def test_who_is_excluded_needs_no_replicate_weight():
    toml = f"""{SHOW}[design]
weight = "W"
[design.replicates]
columns = ["R*"]
kind = "jk1"
[quality]
status = "S"
screened_out = ["out"]
exclude = ["screened_out"]
{YES_NO}"""
    data = {
        "X": ["Y", "N", "Y", "Y"],
        "W": ["1", "1", "1", ""],
        "R1": ["0", "1.5", "1.5", ""],
        "R2": ["1.5", "0", "1.5", ""],
        "R3": ["1.5", "1.5", "0", ""],
        "S": ["", "", "", "out"],
    }
    study = study_of(toml, data)
    found = cx.estimate(study, "x").frame
    assert found["n"].tolist() == [3, 3]
    # The replicates give 1/2, 1 and 1/2: two thirds of their squared distances from their mean of 2/3 is 1/9.
    assert found["std_error"].iloc[0] == pytest.approx(1 / 3)
    assert not cx.check(study).errors


def test_of_duplicates_the_first_who_is_not_excluded_otherwise_stays():
    head = HEAD + 'respondent_id = "I"\n'
    data = {
        "I": ["a", "b", "a", "a"],
        "X": ["", "Y", "N", "Y"],
    }
    plan = '[quality]\nexclude = ["duplicate-ids", "partials"]\n'
    study = study_of(head + plan + YES_NO, data)
    assert cx.quality(study).flags["excluded"].tolist() == [True, False, False, True]
    duplicate = codes(study)["respondent-duplicate"]
    assert (duplicate.severity, duplicate.message) == (
        "note",
        "The respondent 'a' occurs 3 times, and counts once.",
    )


def test_everybody_excluded_is_an_error():
    study = quality_of('exclude = ["partials"]', {"X": ["", ""]})
    assert codes(study)["everybody-excluded"].severity == "error"
    assert cx.estimate(study, "x").frame["n"].tolist() == [0, 0]


LEVELS = {"1": "Poor", "2": "Fair", "3": "Good", "4": "Excellent"}
RATED = (
    question("i", "ordinal", responses=LEVELS)
    + question("e", "ordinal", responses=LEVELS)
    + '[segments]\ninsight = "i"\nengagement = "e"\n'
    + '[[scale]]\nid = "s"\nlabel = "S"\nitems = ["i", "e"]\n'
)


def rated(plan):
    data = {"I": ["4", "1", "3", "", "4"], "E": ["4", "1", "3", "2", "4"], "T": ["600"] * 4 + ["5"]}
    return study_of(f'{SHOW}[quality]\nduration = "T"\n{plan}\n{RATED}', data)


def test_segments_and_scores_leave_them_out():
    study = rated('exclude = ["speeders"]')
    segments = cx.segment(study)
    assert sum(segments.sizes.values()) == 4
    assert segments.frame["segment"].tolist()[-2:] == ["unclassified", "excluded"]
    assert ", 1 excluded" in segments.caption
    assert int(cx.segment_shares(study, segments).frame["n"].sum()) == 4
    scores = cx.score(study)
    assert scores.summary[["n", "n_missing"]].to_numpy().tolist() == [[4, 0]]
    assert np.isnan(scores.values[-1, 0])


def test_weights_are_made_for_those_who_stay():
    study = timed([5, 600, 600, 600], 'exclude = ["speeders"]', ["Y", "Y", "N", "N"])
    margins = pd.DataFrame({"question": ["x", "x"], "response": ["Y", "N"], "share": [0.5, 0.5]})
    made = cx.weigh(study, margins)
    assert made.weights.tolist() == pytest.approx([0, 1.5, 0.75, 0.75])
    assert made.diagnostics.n == 3


def test_tables_and_groups_leave_them_out():
    toml = YES_NO + question("b", responses=["1", "2"])
    study = quality_of(
        'duration = "T"\nexclude = ["speeders"]',
        {"X": ["Y", "Y", "N", "N"], "B": ["1", "1", "2", "2"], "T": ["5", "600", "600", "600"]},
        toml,
    )
    book = cx.tabulate(study, banner=["b"])
    assert book.n == 3
    assert book.tables[0].n[:3].tolist() == [3, 1, 2]
    assert any("excluded for data quality" in note for note in book.notes)


def test_the_methodology_and_the_notes_say_so():
    study = timed([5, *[600] * 9], 'exclude = ["speeders"]', ["Y", "N"] * 5)
    section = next(part for part in methodology(study).sections() if part.heading == "Data quality")
    assert "1 of 10 respondents excluded for data quality (speeders)" in section.paragraphs[0]
    said = dict(section.items)["Speeders"]
    assert said == "1 of 10 respondents, 1 of them excluded (under 200 seconds, 33% of the median 600)."
    note = base_note(study, cx.estimate(study, "x"))[1]
    assert note.startswith("All respondents (n=9). Unweighted. 1 of 10 respondents excluded")
    assert "Data quality" not in [
        part.heading for part in methodology(study_of(YES_NO, {"X": ["Y"]})).sections()
    ]


# Any rows


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", ""]),
        st.sampled_from(["1", "2", ""]),
        st.sampled_from(["2", "3", ""]),
        st.sampled_from(["5", "90", "300", "301", "", "x"]),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["done", "out", "left"]),
    ),
    min_size=1,
    max_size=12,
)
ANY = """
duration = "T"
status = "S"
complete = ["done"]
screened_out = ["out"]
address = "G"
straight_lining_from = 3
identical_from = 2
exclude = ["speeders", "straight-liners", "partials", "screened_out", "duplicate_address", "duplicate_answers"]
"""


def any_study(rows):
    names = ["A1", "A2", "A3", "T", "G", "S"]
    toml = SCALE + "".join(question(f"a{i}", "ordinal", list="agree") for i in range(1, 4))
    return quality_of(ANY, {name: [row[i] for row in rows] for i, name in enumerate(names)}, toml)


@settings(deadline=None, max_examples=60)
@given(rows=ROWS, data=st.data())
def test_flags_do_not_depend_on_the_order_of_rows(rows, data):
    order = data.draw(st.permutations(range(len(rows))))
    one, other = (cx.quality(found) for found in (any_study(rows), any_study([rows[i] for i in order])))
    names = [name for name in one.flags if name not in {"respondent", "row", "excluded"}]
    assert one.flags[names].iloc[list(order)].reset_index(drop=True).equals(other.flags[names])
    assert one.n_excluded == other.n_excluded


@settings(deadline=None, max_examples=40)
@given(rows=ROWS)
def test_whoever_is_kept_is_the_base(rows):
    """Nobody with a flag that excludes answers anything; of a set of duplicates at most one does."""
    study = any_study(rows)
    found, kept = study.interviews(), study.kept
    for name in ("speeders", "straight_liners", "partials", "screened_out"):
        assert not (found.flags[name] & kept).any()
    for name in ("duplicate_address", "duplicate_answers"):
        inside = (found.sets[name] >= 0) & kept
        assert not inside.any() or np.bincount(found.sets[name][inside]).max() == 1
    given_answers = np.array([bool(row[0]) for row in rows])
    assert study.answers("a1").answered.tolist() == (given_answers & kept).tolist()
