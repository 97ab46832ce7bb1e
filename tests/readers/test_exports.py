"""Every delimited export of the collection reads to the rows and columns of its inventory, or says why not.

The inventory counts every record (header rows too) and every column (those without a name too).
"""

import csv
from pathlib import Path

import pytest

from cxsurvey.errors import ResponsesError
from cxsurvey.readers.detector import read_responses
from cxsurvey.study.codebook import Reading

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports"
pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason="the collection of exports is not here")

# Column without a name and without cells: dropped.
EMPTY_COLUMNS = {
    "gforms_cncf_maintainer_2018h1.csv": 1,
    "ospo_2022_filter.csv": 7,
    "qualtrics_multianswer_legacy.csv": 1,
    "qualtrics_sample_legacy.csv": 1,
}
# First column without a name that counts the rows: dropped.
ROW_INDEX = {"quantipy_exampleA.csv": 1, "sm_538_masculinity_raw.csv": 1}
# Names in two or three rows, or respondent numbers under no name: the header as it stands cannot be used.
REFUSED = {
    **dict.fromkeys(
        [
            "cncf_cloudnative_2019.csv",
            "cncf_finops_micro.csv",
            "cncf_maintainers_2020h2.csv",
            "cncf_observability_micro.csv",
            "cncf_strimzi_2022.csv",
            "lime_rse_2017_de.csv",
            "lime_rse_2017_nl.csv",
            "lime_rse_2018_all.csv",
            "ospo_2018.csv",
            "ospo_2022_codebook.csv",
            "ospo_2022_numeric.csv",
            "sm_538_starwars.csv",
        ],
        "responses-blank-column",
    ),
    **dict.fromkeys(
        ["qualtrics_sample_insights.csv", "sm_538_thanksgiving2015.csv"], "responses-duplicate-column"
    ),
}


def inventory():
    if not EXPORTS.is_dir():
        return []
    with (EXPORTS / "INVENTORY.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["file"].endswith(".csv")]


@pytest.mark.parametrize("entry", inventory(), ids=lambda entry: entry["file"])
def test_export(entry):
    name = entry["file"]
    if name in REFUSED:
        with pytest.raises(ResponsesError) as caught:
            read_responses(EXPORTS / name, Reading())
        assert caught.value.code == REFUSED[name]
        return
    raw = read_responses(EXPORTS / name, Reading())
    assert len(raw.frame) + 1 == int(entry["rows"])
    dropped = EMPTY_COLUMNS.get(name, 0) + ROW_INDEX.get(name, 0)
    assert raw.frame.shape[1] + dropped == int(entry["columns"])
    assert raw.sha256.startswith(entry["sha256"])


def test_names_in_capitals_and_trailing_spaces():
    raw = read_responses(EXPORTS / "sfo_2018.csv", Reading())
    assert {"NETPRO", "Q14FIND"} <= set(raw.frame.columns)


def test_every_cell_agrees_with_pythons_reader():
    """Embedded line breaks, quotes and separators: 6,029 rows of 93 columns, cell by cell."""
    path = EXPORTS / "github_oss_2017.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        expected = list(csv.reader(stream))
    raw = read_responses(path, Reading())
    assert raw.frame.to_numpy().tolist() == expected[1:]


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("pspp_hotel.sav", 17, 5),
        ("pyreadstat_hebrew.sav", 99, 1),
        ("pyreadstat_sample.zsav", 5, 7),
        ("svy_hld_sample_wb.parquet", 825, 16),
        ("qualtrics_digex_2022.xlsx", 500, 55),
    ],
)
def test_other_formats(name, rows, columns):
    assert read_responses(EXPORTS / name, Reading()).frame.shape == (rows, columns)
