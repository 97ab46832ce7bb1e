"""Every case of a golden file, carried out by cxsurvey and compared with R's answer."""

import re
from pathlib import Path

import pytest
from golden_cases import OUTCOMES, functions_of, golden_paths, load, outcomes, summary, table
from golden_compare import differences, plain, tolerance_of
from golden_deviations import DEVIATIONS
from r_interpreter import HANDLERS, SPECIAL

README = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
PATHS = golden_paths()
GROUPS = list(dict.fromkeys((path, case["group"]) for path in PATHS for case in load(path).cases))
every_file = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def rows_of(heading):
    """The first cell of each row of the table under a heading of README.md."""
    part = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [name for line in part.splitlines() for name in re.findall(r"^\| `([^`]+)`", line)]


@pytest.mark.parametrize(("path", "group"), GROUPS, ids=lambda part: getattr(part, "stem", part))
def test_agrees_with_r(path, group):
    results = [result for result in outcomes(path) if result.case["group"] == group]
    apart = [f"{r.case['id']} {r.case['call']}: {r.detail}" for r in results if r.kind == "differs"]
    assert apart == []
    if all(result.kind == "no data" for result in results):
        pytest.skip("the data are not in the project")


@every_file
def test_what_is_not_mapped_is_listed(path):
    listed = set(rows_of("Not mapped"))
    unlisted = [
        f"{result.case['id']}: {result.detail}"
        for result in outcomes(path)
        if result.kind == "not mapped" and not functions_of(result.case) & listed
    ]
    assert unlisted == []


def test_nothing_is_listed_as_not_mapped_that_is():
    assert [name for name in rows_of("Not mapped") if name in HANDLERS or name in SPECIAL] == []


def test_every_deviation_has_its_reason():
    assert rows_of("Differs on purpose") == list(DEVIATIONS)


@every_file
def test_at_least_97_of_100_agree(path):
    results = [result for result in outcomes(path) if result.kind != "no data"]
    assert sum(result.kind == "agrees" for result in results) >= 0.97 * len(results)


@every_file
def test_every_case_is_counted_once(path):
    results = outcomes(path)
    assert len(results) == len(load(path).cases)
    assert {result.kind for result in results} <= set(OUTCOMES)
    last = table(results).splitlines()[-1].split()
    assert int(last[1]) == len(results) == sum(int(count) for count in last[2:])
    assert sum(int(count) for count in re.findall(r"\d+", summary(results))) == len(results)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"est": {"x": 1.0}, "se": 0.1}, {"est": {"x": 1.0 + 1e-9}, "se": 0.1}),
        ({"est": {"x": 1.0}, "se": 0.1}, {"est": {"y": 1.0}, "se": 0.1}),
        ({"est": {"x": 1.0}}, {"est": {"x": 1.0}, "se": 0.1}),
        ({"est": {"x": 1.0, "y": 2.0}}, {"est": {"x": 1.0}}),
        ({"se": [0.1, 0.2]}, {"se": [0.1]}),
        ({"se": float("nan")}, {"se": 0.1}),
        ({"se": 0.1}, {"se": "NaN"}),
        ({"ci": [[1.0, 2.0]]}, {"ci": {"rows": "x", "cols": ["a", "b"], "values": [[1.0, 2.1]]}}),
        ({"p": 1e-20}, {"p": 1.1e-20}),
        ({"coef": [[2.0, 1e-20]]}, {"coef": {"values": [[2.0, 1.1e-20]]}}),
        ({"pair": ["a", "b"]}, {"pair": ["a", "c"]}),
        ({"vcov": [[1.0, 0.5], [0.5, 1.0]]}, {"vcov": {"values": [[1.0, 0.5001], [0.5001, 1.0]]}}),
    ],
)
def test_the_comparison_can_fail(ours, theirs):
    assert differences(plain(ours), theirs, 1e-10)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"est": {"x": 1.0}, "more": 3}, {"est": {"x": 1.0 + 1e-12}, "method": "named", "deff": None}),
        ({"se": [1e-14], "est": {"x": 700.0}}, {"est": {"x": 700.0}, "se": 0}),
        ({"p": 1.0001e-20}, {"p": 1e-20}),
        ({"coef": [[2.0, 1.0001e-20]]}, {"coef": {"values": [[2.0, 1e-20]]}}),
        ({"se": [float("nan")]}, {"se": "NA"}),
        ({"by": {"g": ["1", "2"]}}, {"by": {"g": [1, 2]}}),
    ],
)
def test_the_comparison_can_pass(ours, theirs):
    assert differences(plain(ours), theirs, 1e-10) == []


def test_tolerances_follow_the_call():
    tolerance = load(PATHS[0]).tolerance
    pick = lambda call: tolerance_of(functions_of({"call": call}), tolerance)  # noqa: E731 - one line
    assert pick("svymean(~x, D)") == tolerance["linear"]
    assert pick("svyciprop(~x, D, method = 'beta')") == tolerance["linear"]
    assert pick("svyciprop(~x, D)") == tolerance["svyglm_default_and_ciprop_logit_likelihood"]
    assert pick("svyglm(y ~ x, D, control = GC)") == tolerance["svyglm_with_control_GC"]
    assert pick("svyglm(y ~ x, D)") == tolerance["svyglm_default_and_ciprop_logit_likelihood"]
