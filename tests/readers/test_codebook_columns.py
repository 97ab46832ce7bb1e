"""What columns are: ids, moments, personal, constant, sampling; what is kept; which kind answers are of."""

import pytest
from codebook_exports import column, drafted, question_of, study_of

from cxsurvey.errors import ExportError, RequestError
from cxsurvey.study.checks import check

N = 40
RATED = {"Q1": ["Agree", "Disagree", "Strongly agree", "Agree"] * (N // 4)}


def fate(draft, name):
    return next(item for item in draft.fates if item.column == name)


def drafted_with(name, cells, *, keep=(), **keys):
    return drafted({**RATED, name: cells}, column(name, **keys), keep=keep)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Email", [f"user{i}@example.org" for i in range(N)]),
        ("Q7", [f"user{i}@example.org" for i in range(N)]),
        ("Client", [f"10.0.0.{i}" for i in range(N)]),
        ("First name", [f"Ann{i}" for i in range(N)]),
        ("Q18ZIP", [str(90000 + i) for i in range(N)]),
        ("LocationLatitude", [f"4{i}.123" for i in range(N)]),
    ],
)
def test_personal_columns_stay_out_unless_kept(name, cells):
    draft = drafted_with(name, cells)
    assert fate(draft, name).detail == "personal"
    assert name not in draft.frame
    for keep in (["personal", "text"], [name, "text"]):
        assert name in drafted_with(name, cells, keep=keep).frame


@pytest.mark.parametrize(
    ("role", "detail"),
    [
        ("personal", "personal"),
        ("administrative", "administrative"),
        ("comment", "free text"),
        ("other_text", "free text"),
    ],
)
def test_what_the_platform_says_is_believed(role, detail):
    draft = drafted_with("X", [f"word {i}" for i in range(N)], role=role)
    assert (fate(draft, "X").fate, fate(draft, "X").detail, fate(draft, "X").sure) == (
        "left_out",
        detail,
        "declared",
    )


def test_free_text_stays_out_unless_kept():
    cells = [f"My own long opinion number {i}" for i in range(N)]
    assert fate(drafted_with("Q2", cells), "Q2").detail == "free text"
    draft = drafted_with("Q2", cells, keep=["text"])
    assert question_of(draft, "q2").type == "text"
    draft = drafted_with("Q2", cells, keep=["q2"])
    assert question_of(draft, "q2").type == "text"


def test_keeping_something_unknown_is_refused():
    with pytest.raises(RequestError, match="unknown-keep") as caught:
        drafted(RATED, keep=["texts"])
    assert "Did you mean 'text'" in caught.value.message


def test_empty_and_constant_columns_stay_out():
    assert fate(drafted_with("Q2", [""] * N), "Q2").detail == "empty"
    assert fate(drafted_with("Q2", ["NA"] * N), "Q2").detail in {"empty", "constant"}
    assert fate(drafted_with("Q2", ["Germany"] * N), "Q2").detail == "constant"
    assert fate(drafted_with("Q2", ["Germany"] * N, keep=["constant"]), "Q2").fate == "question"
    assert fate(drafted_with("Q2", ["Germany"] * (N - 1) + [""]), "Q2").fate == "question"


def test_one_respondent_has_no_constants():
    draft = drafted({"Q1": ["Agree"], "Q2": ["Yes"]})
    assert [question.id for question in draft.file.question] == ["q1", "q2"]


def test_a_respondent_id_is_declared_when_it_names_everybody():
    ids = [str(1000 + i) for i in range(N)]
    assert drafted_with("RespondentID", ids).file.study.respondent_id == "RespondentID"
    holed = drafted_with("RespondentID", ["", *ids[1:]], role="respondent_id")
    assert holed.file.study.respondent_id is None
    assert "does not name every respondent" in " ".join(holed.notes)
    assert "RespondentID" in holed.frame


def test_duplicates_are_counted():
    ids = [str(1000 + i) for i in range(N - 1)] + ["1000"]
    draft = drafted_with("id", ids, role="respondent_id")
    (found,) = [item for item in draft.duplicates if item.kind == "id"]
    assert (found.groups, found.respondents, found.rows) == (1, 2, (0, N - 1))
    assert [issue.code for issue in check(study_of(draft)).errors] == ["respondent-duplicate"]
    alike = {f"Q{j}": ["Yes", "No", "Yes", "No"] for j in range(4)} | {
        "Q9": ["A", "B", "A", "C"],
        "Q8": [""] * 4,
    }
    (found,) = drafted(alike).duplicates
    assert (found.kind, found.rows) == ("answers", (0, 2))
    addresses = drafted({**alike, "IP": ["10.0.0.1", "10.0.0.2", "10.0.0.2", ""]}).duplicates
    assert [(item.kind, item.respondents) for item in addresses] == [("ip", 2), ("answers", 2)]


@pytest.mark.parametrize(
    ("name", "cells", "role"),
    [
        (
            "Start Date",
            ["07/31/2023 04:21:36 PM", "2023-07-31 16:21", "5/10/18 6:30", "2016-11-16T00:00:00Z"],
            "start",
        ),
        ("Submitted at", ["31.07.2023", "1.8.2023", "2.8.2023", "3.8.2023"], "end"),
        ("Visit", ["2023-07-31", "2023-07-30", "2023-07-29", "2023-07-28"], "date"),
        ("Duration (in seconds)", ["301.5", "22", "413", "90"], "duration"),
        ("Time taken", ["301", "22", "413", "90"], "duration"),
    ],
)
def test_moments_and_durations(name, cells, role):
    draft = drafted_with(name, cells * (N // 4))
    assert (fate(draft, name).fate, fate(draft, name).detail) == ("timestamp", role)
    assert draft.roles[role] == (name,)
    assert name in draft.frame


def test_status_and_wave_and_language():
    status = drafted_with("Status", ["Complete", "Partial"] * (N // 2), role="status")
    assert (status.roles["status"], fate(status, "Status").fate) == (("Status",), "quality")
    wave = drafted_with("wave", ["1", "2"] * (N // 2))
    assert wave.roles["wave"] == ("wave",)
    assert question_of(wave, "wave").type == "single"
    language = drafted_with("lang", ["en", "de"] * (N // 2), role="language")
    assert question_of(language, "lang").codes == ("en", "de")


def test_a_weight_by_name_and_values():
    scaled = ["0.5", "1.5"] * (N // 2)
    assert drafted_with("weight", scaled).file.design.weight == "weight"
    assert drafted_with("WTMEC2YR", ["8000.5", "15000"] * (N // 2)).file.design.weight == "WTMEC2YR"
    holed = drafted_with("weight", ["", *scaled[1:]])
    assert holed.file.design.weight is None
    assert "lacks a number for some" in " ".join(holed.notes)
    assert drafted_with("weight", ["-1", *scaled[1:]]).file.design.weight is None
    kilograms = drafted_with("weight", ["68.5", "81.2"] * (N // 2))
    assert kilograms.file.design.weight is None
    assert question_of(kilograms, "weight").type == "number"


def test_the_weight_with_a_mean_of_one_is_chosen_and_the_other_named():
    cells = {**RATED, "weight_a": ["30000", "41000"] * (N // 2), "weight_b": ["0.5", "1.5"] * (N // 2)}
    draft = drafted(cells)
    assert draft.file.design.weight == "weight_b"
    assert "weight_a" in " ".join(draft.notes)
    assert fate(draft, "weight_a").detail == "weight, not declared"


def test_strata_and_clusters_nested_where_ids_start_afresh():
    strata = ["1", "1", "2", "2"] * (N // 4)
    draft = drafted({**RATED, "stratum": strata, "psu": ["1", "2", "1", "2"] * (N // 4)})
    assert (draft.file.design.stratum, draft.file.design.cluster) == (("stratum",), ("psu",))
    assert draft.file.design.nested
    assert check(study_of(draft)).errors == ()
    own = drafted({**RATED, "stratum": strata, "psu": ["1", "2", "3", "4"] * (N // 4)})
    assert not own.file.design.nested
    holed = drafted({**RATED, "stratum": ["", *strata[1:]]})
    assert holed.file.design.stratum == ()


def test_a_population_size_alone_is_not_declared():
    draft = drafted({**RATED, "fpc": ["757"] * N})
    assert draft.file.design.fpc == ()
    assert fate(draft, "fpc").detail == "fpc, not declared"
    assert "fpc" in draft.frame


def test_replicate_weights():
    weights = {f"brr_{i}": ["0", "2.5"] * (N // 2) for i in range(1, 6)}
    draft = drafted({**RATED, "finalwgt": ["1.0", "1.5"] * (N // 2), **weights})
    assert draft.file.design.replicates.columns == ("brr_*",)
    assert draft.roles["replicate_weight"] == tuple(weights)
    other = drafted(
        {
            **RATED,
            "finalwgt": ["1.0", "1.5"] * (N // 2),
            **{f"jk{i}": w for i, w in enumerate(weights.values())},
        }
    )
    assert other.file.design.replicates is None
    assert "replicate weights" in " ".join(other.notes)


@pytest.mark.parametrize(
    ("text", "cells", "kind"),
    [
        ("How old are you?", ["21", "35", "47", "62"], "number"),
        ("What share?", ["0.25", "0.5", "0.75", "1"], "number"),
        ("Please rate our service from 1 to 5", ["1", "2", "4", "5"], "ordinal"),
        ("Region", ["1", "2", "3", "4"], "single"),
        ("Region", ["North", "South", "East", "West"], "single"),
        ("Age", ["18-29", "30-44", "45-59", "60+"], "ordinal"),
    ],
)
def test_kinds_of_answers(text, cells, kind):
    draft = drafted_with("Q2", cells * (N // 4), text=text)
    assert question_of(draft, "q2").type == kind


def test_numbers_with_words_among_them():
    cells = [str(20 + i) for i in range(N - 2)] + ["Prefer not to say", "-99"]
    draft = drafted_with("Q2", cells, text="How old are you?")
    assert {item.code: item.reason for item in question_of(draft, "q2").missing} == {
        "Prefer not to say": "refused",
        "-99": "skipped",
    }
    assert check(study_of(draft)).errors == ()


def test_numbers_with_a_decimal_comma():
    cells = {"Q1": ["1,5", "2,25", "3,0", "4,75"] * 5, "Q2": ["Yes", "No"] * 10}
    draft = drafted(cells)
    assert draft.file.reading.decimal == ","
    assert study_of(draft).answers("q1").value[:2].tolist() == [1.5, 2.25]
    thousands = drafted({"Q1": ["1,500", "22,250", "900", "1,200,000"] * 5})
    assert (thousands.file.reading.decimal, thousands.file.reading.thousands) == (".", ",")


def test_labels_on_missing_codes_only_leave_a_number():
    labels = (("98", "Don't know"), ("99", "Refused"))
    draft = drafted_with("Q2", [str(20 + i) for i in range(N - 2)] + ["98", "99"], labels=labels)
    question = question_of(draft, "q2")
    assert question.type == "number"
    assert {item.code: item.reason for item in question.missing} == {"98": "dont_know", "99": "refused"}


def test_a_file_without_a_question_is_refused():
    with pytest.raises(ExportError, match="export-no-questions"):
        drafted({"Email": [f"user{i}@example.org" for i in range(N)]})
