"""A sound study with random damage: a result that holds together, or an error that was meant. Nothing else."""

from __future__ import annotations

import copy
import json
import random
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import cxsurvey as cx
from cxsurvey.display.text_tables import gaps_text, issues_text, segments_text

TABLES = tomllib.loads("""
[study]
id = "tiny"
title = "A tiny study"
responses = "responses.csv"

[design]
weight = "W"
stratum = "S"
lonely_cluster = "adjust"

[settings]
suppress_below = 0
test_from = 2
caution_below = 2

[lists.rating]
responses = { 4 = "Excellent", 3 = "Good", 2 = "Fair", 1 = "Poor" }
missing = [{ code = 9, reason = "dont_know", label = "Don't know" }]
nets = [{ id = "top2", label = "Good or better", responses = [4, 3] }]

[[question]]
id = "owner"
text = "Who owns customer experience?"
type = "single"
column = "OWNER"
responses = { 1 = "One team", 2 = "Several teams" }

[[question]]
id = "insight"
text = "Insight"
type = "ordinal"
column = "INSIGHT"
list = "rating"

[[question]]
id = "engagement"
text = "Engagement"
type = "ordinal"
column = "ENGAGE"
list = "rating"
base = { label = "Asked", any = [{ question = "owner", is = [1] }, { question = "insight", at_least = 2 }] }

[[question]]
id = "channels"
text = "Channels"
type = "multi"
column = "CHANNELS"
separator = ";"
cap = 2
responses = ["Phone", "Chat", "Shop"]

[[question]]
id = "spend"
text = "Budget"
type = "number"
column = "SPEND"

[[scale]]
id = "maturity"
label = "Maturity"
items = ["insight", "engagement"]
reversed = ["insight"]

[[group]]
id = "split"
label = "Split"
question = "owner"
members = [{ id = "one", label = "One", responses = [1] }, { id = "two", label = "Two", responses = [2] }]

[segments]
insight = "insight"
engagement = "engagement"

[segments.rules.halves]
kind = "median_split"
scores = ["maturity", "spend"]
""")
HEADER = ["OWNER", "INSIGHT", "ENGAGE", "CHANNELS", "SPEND", "W", "S"]
ODD_VALUES = ["", 0, -1, 1.5, True, [], {}, "owner", "insight", "spend", "segment", ["owner"], [1], ["x", "x"]]
ODD_VALUES += ["x" * 50, "multi", "text", "number", "single", "ordinal", "sum", "terciles", "W", "9", ";"]
ODD_CELLS = [
    "",
    "x",
    "9",
    "0",
    "-1",
    "1e308",
    "nan",
    "=1",
    "1,5",
    "Phone;Fax",
    '"',
    "a\nb",
    "99999999999999999999",
]


def responses(chance: random.Random) -> list[list[str]]:
    return [
        [
            chance.choice("12"),
            chance.choice("1234"),
            chance.choice("12349"),
            chance.choice(["Phone", "Chat;Shop", ""]),
            chance.choice(["10", "20", "", "99.5"]),
            chance.choice(["1", "0.5", "2"]),
            "ab"[row % 2],
        ]
        for row in range(16)
    ]


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every key and item below a table: the holder, and where in it."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    return [place for key in keys for place in ((tree, key), *places(tree[key]))]


def damage(tables: dict[str, Any], chance: random.Random) -> None:
    for _ in range(chance.choice([0, 1, 1, 2])):
        holder, key = chance.choice(places(tables))
        if chance.random() < 0.3:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(chance.choice(ODD_VALUES))


def toml(value: Any) -> str:
    if isinstance(value, bool | int | float | str):
        return json.dumps(value)
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n') else cell


def write(folder: Path, chance: random.Random) -> None:
    tables, rows = copy.deepcopy(TABLES), responses(chance)
    damage(tables, chance)
    for _ in range(chance.choice([0, 1, 4, 16])):
        chance.choice(rows)[chance.randrange(len(HEADER) - 2)] = chance.choice(ODD_CELLS)
    del rows[chance.choice([1, 2, 16, 16, 16]) :]
    text = "\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in tables.items())
    (folder / "study.toml").write_text(text, encoding="utf-8")
    lines = [",".join(map(quoted, row)) for row in [HEADER, *rows]]
    (folder / "responses.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def analyse(folder: Path, chance: random.Random) -> None:
    study = cx.read_study(folder)
    assert issues_text(cx.check(study))
    segments = cx.segment(study, rule=chance.choice([None, "halves", "any_poor"]))
    shares = cx.segment_shares(study, segments)
    assert segments_text(study, segments, shares)
    assert shares.frame["n"].isna().any() or shares.frame["n"].sum() == study.n  # small groups are hidden
    by = chance.choice(["owner", "split", "segment"])
    found = cx.gaps(study, by=by, against=chance.choice(["pairs", "rest"]))
    assert gaps_text(found)
    told = found.frame.dropna(subset=["conf_low", "gap", "conf_high"])
    assert (told["conf_low"] <= told["gap"] + 1e-9).all()
    assert (told["gap"] <= told["conf_high"] + 1e-9).all()
    assert found.frame["p_adjusted"].dropna().between(0, 1).all()


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False))
def test_damage_is_told_or_harmless(chance):
    with TemporaryDirectory() as name:
        write(Path(name), chance)
        told = meant_error(Path(name), chance)
    if told is not None:
        assert told.exit_code in {1, 2}
        assert told.code in told.message
        assert "Next: " in told.message


def meant_error(folder: Path, chance: random.Random) -> cx.CxSurveyError | None:
    try:
        analyse(folder, chance)
    except cx.CxSurveyError as error:
        return error
    return None
