"""Real exports become study folders that run; importing their responses again gives the same codebook."""

from __future__ import annotations

import pytest
from shared_exports import FOLDER, shared

import cxsurvey as cx
from cxsurvey.errors import ExportError
from cxsurvey.readers.importing.own_folder import PLATFORM
from cxsurvey.readers.importing.report import report_text

NOT_RESPONSES = {
    "INVENTORY.csv": None,
    "cncf_cloudnative_2021_part1.xlsx": "export-is-summary",
    "ospo_2022_codebook.csv": "export-is-codebook",
    "ospo_2022_filter.csv": "export-is-codebook",
    "sfo_2018_codebook.xlsx": "export-is-codebook",
}
BESIDE = {".json", ".asc"}
NAMES = sorted(
    path.name
    for path in (FOLDER.iterdir() if FOLDER.is_dir() else ())
    if path.suffix not in BESIDE and not path.name.endswith(".published.csv") and path.name not in NOT_RESPONSES
)


@pytest.mark.parametrize("name", NAMES or ["sm_538_starwars.csv"])
def test_an_export_becomes_a_study_and_again_the_same(name, tmp_path):
    made = cx.import_export(shared(name), to=tmp_path / "first")
    first = cx.read_study(tmp_path / "first")
    assert first.n == made.n
    assert [q.id for q in first.file.question] == [q.id for q in made.draft.file.question]
    assert [issue.code for issue in cx.check(first).errors] == []
    again = cx.import_export(tmp_path / "first" / "responses.csv", to=tmp_path / "again")
    second = cx.read_study(tmp_path / "again")
    assert again.origin.platform == PLATFORM
    assert second.file == first.file
    assert second.raw.frame.equals(first.raw.frame)
    brief = [line for line in report_text(made, brief=True).splitlines() if str(tmp_path) not in line]
    assert max(map(len, brief)) <= 80


@pytest.mark.parametrize(("name", "code"), [item for item in NOT_RESPONSES.items() if item[1]])
def test_what_holds_no_responses_is_refused(name, code, tmp_path):
    with pytest.raises(ExportError) as caught:
        cx.import_export(shared(name), to=tmp_path / "made")
    assert caught.value.code == code
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "name", ["gforms_cncf_maintainer_2018h1.csv", "lime_rse_2017_nl.csv", "survey_apiclus1.csv"]
)
def test_drafted_figures_can_be_drawn(name, tmp_path):
    cx.import_export(shared(name), to=tmp_path / "made")
    assert cx.draw_figures(cx.read_study(tmp_path / "made"))
