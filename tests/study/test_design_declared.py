"""What [design] may say of stages and replicate weights: every contradiction told, every column checked."""

import numpy as np
import pandas as pd
import pytest
from helpers import HEAD, question, study_of

import cxsurvey as cx
from cxsurvey.analysis.design import survey_design
from cxsurvey.errors import CxSurveyError, DataFault, RequestError, StudyError
from cxsurvey.study.study_file import parse_study_file

BODY = question("q", responses={"1": "Yes", "2": "No"})
REPLICATES = '[design]\nweight = "w"\n[design.replicates]\n'


def declared(design):
    return parse_study_file(HEAD + design + BODY).design


def frame(n=24):
    place = np.arange(n)
    return pd.DataFrame(
        {
            "Q": np.where(place % 3 == 0, "1", "2"),
            "w": 2.0,
            "stratum": np.where(place < n // 2, "a", "b"),
            "school": (place // 6).astype(str),
            "room": (place // 2 % 3).astype(str),
            "schools": 10,
            "rooms": 3,
            **{f"r{i}": np.where(place % 4 == i, 0.0, 8 / 3) for i in range(4)},
        }
    )


def made(design, **columns):
    return study_of(design + BODY, frame().assign(**columns))


def codes(study, *, but=("unused-columns", "cluster-id-repeats", "response-never-chosen")):
    found = cx.check(study).frame
    return [code for code in found["code"] if code not in but]


def test_one_column_or_a_list():
    assert declared('[design]\nstratum = "s"\ncluster = ["a", "b"]\n').cluster == ("a", "b")
    assert declared('[design]\nstratum = "s"\n').stratum == ("s",)
    assert declared('[design]\nstratum = ""\n').stratum == ()
    assert declared('[design]\nstratum = ["", "s"]\ncluster = ["a", "b"]\n').at("stratum", 0) is None
    staged = declared('[design]\nweight = "w"\nfpc = "n"\ncluster = ["a", "b"]\n')
    roles = [role for role, _ in staged.sampling_columns()]
    assert roles == ["weight", "cluster of stage 1", "cluster of stage 2", "fpc"]


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ('[design]\ncluster = "a"\nfpc = ["x", "y"]\n', "'fpc' names 2 columns and 'cluster' names 1"),
        ('[design]\nstratum = ["x", "y"]\n', "'stratum' names 2 columns and 'cluster' names 0"),
        ('[design]\ncluster = ["a", ""]\n', "'cluster' holds an empty name"),
        ('[design]\ncluster = ["a", "a"]\n', "'a' stands for the clusters of 2 stages"),
        ('[design]\nweight = "w"\nweight_from_fpc = true\nfpc = "n"\n', "two sources of one weight"),
        (
            '[design]\nweight_from_fpc = true\ncluster = ["a", "b"]\nfpc = "n"\n',
            "needs an 'fpc' for every stage",
        ),
        (REPLICATES, "give either 'columns', or 'make'"),
        (REPLICATES + 'columns = "r*"\nmake = "brr"\n', "give either 'columns', or 'make'"),
        (REPLICATES + 'columns = "r*"\n', "columns need a 'kind'"),
        (REPLICATES + 'columns = "*r*"\nkind = "brr"\n', "'*r*' is no column; a pattern has one '*'"),
        (REPLICATES + 'columns = ["a", "a"]\nkind = "brr"\n', "'a' is named 2 times"),
        (REPLICATES + 'columns = "r*"\nkind = "other"\n', "the kind 'other' needs a 'scale'"),
        (REPLICATES + 'columns = "r*"\nkind = "jkn"\n', "the kind 'jkn' needs 'rscales'"),
        (REPLICATES + 'columns = "r*"\nkind = "brr"\nscale = 0.5\n', "scale of the kind 'brr' follows"),
        (REPLICATES + 'columns = "r*"\nkind = "jk1"\nrscales = [0, 0]\n', "all 'rscales' are 0"),
        (REPLICATES + 'columns = "r*"\nkind = "fay"\n', "the kind 'fay' with 'rho'"),
        (REPLICATES + 'columns = "r*"\nkind = "brr"\nrho = 0.5\n', "'rho' goes with the kind 'fay'"),
        (REPLICATES + 'columns = "r*"\nkind = "brr"\ncount = 5\n', "'count' goes with 'make'"),
        ('[design.replicates]\ncolumns = "r*"\nkind = "brr"\n', "name it: 'weight', or combined = false"),
        (
            '[design]\nweight = "w"\nstratum = "s"\n[design.replicates]\ncolumns = "r*"\nkind = "brr"\n',
            "leave out stratum",
        ),
        ('[design]\ncluster = ["a", "b"]\nfpc = ["", "n"]\n', "'fpc' holds an empty name"),
        (REPLICATES + 'make = "bootstrap"\n', "a bootstrap needs 'count'"),
        (REPLICATES + 'make = "bootstrap"\ncount = 5\n', "a bootstrap needs 'seed'"),
        (REPLICATES + 'make = "brr"\nseed = 5\n', "'seed' goes with make = \"bootstrap\""),
        (REPLICATES + 'make = "brr"\nscale = 5\ncombined = false\n', "scale, combined go with 'columns'"),
        (
            '[design]\nfpc = "n"\n[design.replicates]\nmake = "brr"\n',
            "brr replicates carry no finite population",
        ),
        (REPLICATES + 'make = "guess"\n', "[design] replicates make: expected"),
        (REPLICATES + 'colums = "r*"\n', "colums"),
        (REPLICATES + 'make = "fay"\nrho = 1\n', "[design] replicates rho: expected"),
    ],
)
def test_what_contradicts_itself_is_told(design, said):
    with pytest.raises(StudyError) as caught:
        declared(design)
    assert caught.value.code == "study-file-invalid"
    assert said in caught.value.got


STAGES = '[design]\ncluster = ["school", "room"]\nfpc = ["schools", "rooms"]\n'


def test_a_sound_design_has_no_findings():
    assert codes(made(STAGES)) == []
    assert codes(made(REPLICATES + 'columns = ["r0", "r1", "r2", "r3"]\nkind = "jk1"\n')) == []


@pytest.mark.parametrize(
    ("design", "columns", "code", "column"),
    [
        (STAGES, {"room": ["", *["1"] * 23]}, "cluster-missing", "room"),
        (STAGES, {"rooms": [0.0] * 23 + [np.nan]}, "population-missing", "rooms"),
        (STAGES, {"rooms": [3] * 23 + [4]}, "population-differs", "rooms"),
        (STAGES, {"rooms": 2}, "population-too-small", "rooms"),
        (STAGES, {"room": "1"}, "lonely-cluster", "room"),
        (REPLICATES + 'columns = "x*"\nkind = "brr"\n', {}, "unknown-column", "x*"),
        (REPLICATES + 'columns = ["r0", "r9"]\nkind = "brr"\n', {}, "unknown-column", "r9"),
        (REPLICATES + 'columns = ["r0", "r1"]\nkind = "brr"\n', {"r1": -1}, "replicate-weight-unusable", "r1"),
        (REPLICATES + 'columns = ["r0", "r1"]\nkind = "brr"\n', {"r1": "x"}, "replicate-weight-unusable", "r1"),
        (REPLICATES + 'columns = ["r0", "r1"]\nkind = "brr"\n', {"r1": 0.0}, "replicate-weight-unusable", "r1"),
        (
            REPLICATES + 'columns = ["r0", "r1"]\nkind = "jk1"\nrscales = [1, 1, 1]\n', {},
            "replicates-disagree", "[design.replicates]",
        ),
        (REPLICATES + 'columns = "*"\nkind = "brr"\n', {}, "replicates-disagree", "[design.replicates]"),
    ],
)  # fmt: skip
def test_check_and_the_analysis_name_what_is_wrong_in_the_columns(design, columns, code, column):
    study = made(design, **columns)
    issues = cx.check(study)
    assert [(issue.code, issue.column) for issue in issues.errors] == [(code, column)]
    with pytest.raises(CxSurveyError):
        cx.estimate(study, "q")


def test_what_is_only_worth_a_note():
    unread = made(STAGES.replace('fpc = ["schools", "rooms"]\n', ""))
    assert codes(unread) == ["stage-without-effect"]
    assert "cluster-id-repeats" in codes(unread, but=())
    lonely = made(STAGES.replace("fpc", 'lonely_cluster = "certainty"\nfpc'), room="1")
    assert [(issue.code, issue.severity) for issue in cx.check(lonely) if "lonely" in issue.code] == [
        ("lonely-cluster", "note")
    ]
    assert cx.estimate(lonely, "q").frame["std_error"].notna().all()
    whole = made(STAGES, room="1", rooms=1)
    assert codes(whole) == []
    assert cx.estimate(whole, "q").frame["std_error"].notna().all()


@pytest.mark.parametrize(("combined", "weight"), [("true", 100.0), ("false", 30.0)])
def test_columns_that_do_not_add_up_to_what_is_said_are_warned_about(combined, weight):
    ones = {f"r{i}": weight for i in range(4)}
    study = made(
        REPLICATES + f'columns = ["r0", "r1", "r2", "r3"]\nkind = "jk1"\ncombined = {combined}\n', **ones
    )
    assert codes(study) == ["replicates-combined"]


def test_half_samples_need_pairs():
    design = '[design]\nstratum = "stratum"\ncluster = "school"\n[design.replicates]\nmake = "brr"\n'
    assert codes(made(design)) == []
    unpaired = made(design, school=(np.arange(24) // 4).astype(str))
    assert codes(unpaired) == ["half-samples-unpaired"]
    with pytest.raises(DataFault, match="two-clusters-needed"):
        cx.estimate(unpaired, "q")


def test_lonely_rules_that_replicates_cannot_follow():
    design = (
        '[design]\nstratum = "stratum"\ncluster = "school"\nlonely_cluster = "adjust"\n'
        '[design.replicates]\nmake = "jackknife"\n'
    )
    study = made(design, stratum=["a"] * 6 + ["b"] * 18)
    with pytest.raises(RequestError, match="bad-option"):
        cx.estimate(study, "q")
    assert (
        cx.estimate(made(design.replace("adjust", "certainty"), stratum=["a"] * 6 + ["b"] * 18), "q")
        is not None
    )


def test_more_replicates_than_memory_are_refused():
    design = '[design.replicates]\nmake = "bootstrap"\ncount = 100_000_000\nseed = 1\n'
    with pytest.raises(DataFault, match="too-many-replicates"):
        cx.estimate(made(design), "q")


def test_columns_of_a_pattern_come_in_the_order_of_the_file():
    backwards = frame()[["Q", "w", "r3", "r1", "r0", "r2"]]
    design = survey_design(study_of(REPLICATES + 'columns = "r*"\nkind = "jk1"\n' + BODY, backwards))
    np.testing.assert_array_equal(design.replicates, backwards[["r3", "r1", "r0", "r2"]])


def test_synthetic_respondents_have_no_replicates(tmp_path):
    toml = (
        HEAD.replace("[study]\n", "[study]\nsynthetic = true\n")
        + '[design.replicates]\nmake = "jackknife"\n'
        + BODY
    )
    (tmp_path / "study.toml").write_text(toml, encoding="utf-8")
    (tmp_path / "claims.csv").write_text("id,kind,statement\na,statement,b\n", encoding="utf-8")
    with pytest.raises(StudyError, match="synthesis-design"):
        cx.synthesize(tmp_path / "study.toml", seed=1)
