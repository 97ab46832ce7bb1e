"""`[quality]` of an imported study: columns are named only where every cell is understood."""

from __future__ import annotations

import pandas as pd
import pytest

import cxsurvey as cx
from cxsurvey.readers.codebooks.draft import ColumnFate, Draft
from cxsurvey.readers.importing.address_groups import with_address_groups
from cxsurvey.readers.importing.quality_draft import draft_quality
from cxsurvey.study.codebook import StudyFile


def draft(cells, *, headers=None, **roles):
    asked = {"id": "q1", "text": "?", "type": "single", "column": "Q1", "responses": ["A", "B"]}
    study = {"id": "s", "title": "S", "responses": "responses.csv"}
    file = StudyFile.model_validate({"study": study, "question": [asked]})
    frame = pd.DataFrame({"Q1": ["A"] * len(next(iter(cells.values()))), **cells})
    fates = tuple(
        ColumnFate(name, ((headers or {}).get(name, name),), "quality", "", "", "declared") for name in cells
    )
    named = {role: (columns,) if isinstance(columns, str) else columns for role, columns in roles.items()}
    return Draft(file=file, frame=frame, fates=fates, guesses=(), roles=named)


def plan(cells, **named):
    return draft_quality(draft(cells, **named)).plan.model_dump(exclude_defaults=True)


@pytest.mark.parametrize(
    ("heading", "cells", "unit"),
    [
        ("Duration (in seconds)", ["300", "45"], None),
        ("Minutes", ["3.5", "4"], "minutes"),
        ("Total time (ms)", ["3000", "4000"], "milliseconds"),
        ("Time taken", ["0:03:20", "1:00:01"], "clock"),
    ],
)
def test_the_unit_of_a_duration(heading, cells, unit):
    found = plan({"t": cells}, headers={"t": heading}, duration="t")
    assert found["duration"] == "t"
    assert found.get("duration_unit") == unit


def test_a_duration_without_a_unit_is_remarked():
    made = draft_quality(draft({"t": ["300", "45"]}, headers={"t": "Duration"}, duration="t"))
    assert made.plan.duration_unit == "seconds"
    assert made.remarks[0].startswith("guess:")


def test_a_duration_of_words_is_not_named():
    assert plan({"t": ["long", "45"]}, duration="t") == {}
    assert plan({"t": ["", ""]}, duration="t") == {}


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        ("2024-05-06 09:00:00", "2024-05-06 09:04:00", None),
        ("2024-05-06T09:00:00Z", "2024-05-06T09:04:00Z", None),
        ("05/16/2024 09:00:00 AM", "05/16/2024 09:04:00 AM", "%m/%d/%Y %I:%M:%S %p"),
        ("16/05/2024 09:00", "16/05/2024 09:04", "%d/%m/%Y %H:%M"),
        ("16.05.2024 09:00:00", "16.05.2024 09:04:00", "%d.%m.%Y %H:%M:%S"),
    ],
)
def test_how_moments_are_written(start, end, written):
    found = plan({"a": [start, start], "b": [end, end]}, start="a", end="b")
    assert (found["start"], found["end"], found.get("time_format")) == ("a", "b", written)


def test_days_and_months_that_cannot_be_told_apart():
    cells = {"a": ["03/04/2024 23:58", "05/06/2024 10:00"], "b": ["03/05/2024 00:03", "05/06/2024 10:09"]}
    made = draft_quality(draft(cells, start="a", end="b"))
    assert made.plan.time_format == "%m/%d/%Y %H:%M"  # else the first interview took a month
    same = {"a": ["03/04/2024 10:00"], "b": ["03/04/2024 10:09"]}
    unsure = draft_quality(draft(same, start="a", end="b"))
    assert unsure.plan.time_format == "%m/%d/%Y %H:%M"
    assert any("days or months" in remark for remark in unsure.remarks)


@pytest.mark.parametrize(
    ("start", "end"),
    [("2024-05-06", "2024-05-06"), ("soon", "later"), ("2024-05-06 10:00", "2024-05-06 09:00"), ("", "")],
)
def test_moments_that_say_nothing_of_a_duration(start, end):
    assert plan({"a": [start] * 3, "b": [end] * 3}, start="a", end="b") == {}


def test_the_words_of_a_status():
    cells = {"s": ["Complete", "Partial", "Disqualified", "Survey Preview"]}
    assert plan(cells, status="s") == {
        "status": "s",
        "complete": ("Complete",),
        "screened_out": ("Disqualified",),
        "preview": ("Survey Preview",),
    }


@pytest.mark.parametrize("cells", [["Complete", "Banana"], ["", ""], ["1", "0"], ["Partial", "Partial"]])
def test_a_status_that_is_not_understood_is_not_named(cells):
    assert plan({"s": cells}, status="s") == {}


def test_finished_is_a_status_in_its_own_words():
    assert plan({"Finished": ["1", "0"]}, progress="Finished") == {"status": "Finished", "complete": ("1",)}
    assert plan({"Finished": ["True", "False"]}, progress="Finished")["complete"] == ("True",)


def test_progress_in_percent():
    assert plan({"p": ["100", "40"]}, progress="p") == {"progress": "p"}
    assert plan({"p": ["3", "4"]}, progress="p") == {}  # pages, of how many nobody knows
    assert plan({"p": ["100", "x"]}, progress="p") == {}


def addressed(cells, detail="personal"):
    frame = pd.DataFrame({"IP": cells})
    made = draft({"Q2": ["A"] * len(cells)})
    fates = (ColumnFate("IP", ("IP",), "left_out", detail, "", "likely"),)
    return with_address_groups(Draft(file=made.file, frame=made.frame, fates=fates, guesses=()), frame)


def test_shared_addresses_are_numbered_in_order_of_appearance():
    made = addressed(["192.0.2.9", "2001:db8::1", "192.0.2.9", "", "2001:db8::1", "192.0.2.7"])
    assert made.frame["ip_group"].tolist() == ["1", "2", "1", "", "2", ""]
    assert draft_quality(made).plan.address == "ip_group"


@pytest.mark.parametrize("cells", [["192.0.2.1", "192.0.2.2"], ["", ""], ["x@example.com", "x@example.com"]])
def test_without_shared_addresses_there_is_no_column(cells):
    assert "ip_group" not in addressed(cells).frame


def test_an_addresses_column_that_is_kept_gets_no_number():
    assert "ip_group" not in addressed(["192.0.2.1", "192.0.2.1"], detail="q1").frame


def test_an_imported_study_counts_its_flags_and_excludes_nobody(tmp_path):
    path = tmp_path / "export.csv"
    head = "Response ID,Duration (seconds),Status,How satisfied are you?"
    levels = ("Satisfied", "Dissatisfied", "Very satisfied")
    lines = [f"{i},{20 if i == 7 else 300},Complete,{levels[i % 3]}" for i in range(30)]
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    made = cx.import_export(path, to=tmp_path / "made")
    assert "exclude = []" in made.study_toml
    study = cx.read_study(tmp_path / "made")
    assert study.file.quality is not None
    assert int(cx.quality(study).flags["speeders"].sum()) == 1
    assert int(cx.quality(study).flags["excluded"].sum()) == 0
