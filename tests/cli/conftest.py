"""A study whose words test the layout: long, wide, right-to-left, or what a spreadsheet takes for a formula."""

from __future__ import annotations

from pathlib import Path

import pytest

LONG = "One central team that owns the whole of the experience " * 4
WORD = "Donaudampfschifffahrtsgesellschaftskapitaenskajuetenschluesselbundanhaenger" * 2
STUDY = f"""[study]
id = "odd"
title = "{LONG.strip()}"
publisher = "<script>alert(1)</script> & partners"
responses = "responses.csv"

[settings]
suppress_below = 0
test_from = 2
caution_below = 5

[[question]]
id = "owner"
text = "{LONG.strip()}?"
type = "single"
column = "{"OWNER" * 30}"
responses = {{ 1 = "{LONG.strip()}", 2 = "{WORD}", 3 = "=HYPERLINK(A1)" }}

[[question]]
id = "insight"
text = "<b>Insight</b> & more"
type = "ordinal"
column = "INSIGHT"
responses = {{ 4 = "Excellent", 3 = "Good", 2 = "Fair", 1 = "Poor" }}

[[question]]
id = "engagement"
text = "@Engagement, التفاعل 👩\u200d💻"
type = "ordinal"
column = "ENGAGE"
responses = {{ 4 = "Excellent", 3 = "Good", 2 = "Fair", 1 = "Poor" }}

[[question]]
id = "spend"
text = "Budget"
type = "number"
column = "SPEND"

[[scale]]
id = "maturity"
label = "{LONG.strip()}"
items = ["insight", "engagement"]

[segments]
insight = "insight"
engagement = "engagement"
labels = {{ leader = "{LONG.strip()}" }}

[[group]]
id = "split"
label = "{LONG.strip()}"
question = "owner"
members = [
  {{ id = "one", label = "{LONG.strip()}", responses = [1] }},
  {{ id = "others", label = "+Several teams", responses = [2, 3] }},
]

[[figure]]
id = "fig01"
form = "segments"
headline = "=Leaders are <b>few</b>"

[[figure]]
id = "fig02"
form = "ranked"
headline = "Who owns customer experience"
question = "owner"
"""
ROWS = [
    "1,4,4,100000",
    "2,4,3,2",
    "3,3,4,3",
    "1,2,3,1e5",
    "2,3,2,5",
    "3,2,2,",
    "1,1,2,7",
    "2,1,1,-8",
    "3,4,,9",
    "7,,4,x",
]


@pytest.fixture
def odd_study(tmp_path: Path) -> Path:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    rows = "\n".join([f"{'OWNER' * 30},INSIGHT,ENGAGE,SPEND", *ROWS])
    (folder / "responses.csv").write_text(rows + "\n", encoding="utf-8")
    return folder
