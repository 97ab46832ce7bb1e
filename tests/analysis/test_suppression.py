"""Small bases: nobody can be found from what is shown, by brute force over every vector of group sizes.

What is shown of a question by groups are sums over groups: each shown group by itself, the total where it is
shown, and in gaps against the rest the sums of all other groups. A hidden group is safe when its own sum is no
linear combination of these.
"""

from itertools import combinations_with_replacement, permutations, product

import numpy as np
import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.analysis import base_policy
from cxsurvey.study.codebook import Settings

LIMIT = 5


def can_be_found(shown, hidden, sizes):
    """Whether the sum of a hidden group, or of hidden people fewer than the limit, follows from the shown sums.

    ``shown`` are rows of 0 and 1 over groups. Groups without respondents add nothing and are left out.
    """
    present = np.flatnonzero(np.array(sizes) > 0)
    rows = np.array(shown, dtype=float).reshape(-1, len(sizes))[:, present]
    rank = np.linalg.matrix_rank(rows) if len(rows) else 0
    for group in hidden:
        if sizes[group] == 0:
            continue
        unit = (present == group).astype(float)
        if np.linalg.matrix_rank(np.vstack([rows, unit])) == rank:
            return True
    return False


@pytest.mark.parametrize("groups", [2, 3, 4, 5])
def test_nobody_can_be_found_by_subtraction_from_the_total(groups):
    """All 9 ** groups vectors: the rule as arithmetic. The total is shown when it has 5 or more respondents."""
    for sizes in product(range(9), repeat=groups):
        array = np.array(sizes)
        hidden = base_policy.suppressed(array, LIMIT)
        small = (array > 0) & (array < LIMIT)
        assert hidden[small].all()
        assert not hidden[array == 0].any()
        if not small.any():
            assert not hidden.any()
        elif array.sum() >= LIMIT:
            assert hidden.sum() >= 2, sizes
            assert array[hidden].sum() >= LIMIT, sizes


def test_the_arithmetic_is_the_linear_algebra():
    """Over every multiset of up to 4 groups: what the rule shows determines no hidden group."""
    for groups in (2, 3, 4):
        for sizes in combinations_with_replacement(range(9), groups):
            hidden = base_policy.suppressed(np.array(sizes), LIMIT)
            shown = [np.eye(groups)[g] for g in range(groups) if not hidden[g]]
            if sum(sizes) >= LIMIT:
                shown.append(np.ones(groups))
            assert not can_be_found(shown, np.flatnonzero(hidden), sizes), sizes


def test_the_check_can_fail():
    """A single hidden group is found from the total and the others."""
    assert can_be_found([[0, 1, 0], [0, 0, 1], [1, 1, 1]], [0], [3, 40, 50])
    assert not can_be_found([[0, 0, 1], [1, 1, 1]], [0, 1], [3, 40, 50])


def survey(sizes):
    names = [f"g{i}" for i in range(len(sizes))]
    group = [name for name, size in zip(names, sizes, strict=True) for _ in range(size)]
    answers = (["Y", "N", "N"] * len(group))[: len(group)]
    toml = question("g", responses=names) + question("a", responses=["Y", "N"])
    return study_of(toml, {"G": group, "A": answers}), names


SOME = [
    (3, 40, 90),
    (0, 3, 50),
    (4, 4, 4),
    (1, 1, 60),
    (8, 1, 7, 2),
    (5, 5, 2, 0, 8),
    (1, 6, 60),
    (2, 2),
    (3, 0, 0, 0),
    (4, 100),
]


@pytest.mark.parametrize("sizes", SOME)
@pytest.mark.parametrize("reverse", [False, True])
def test_estimates_with_the_total(sizes, reverse):
    sizes = sizes[::-1] if reverse else sizes
    study, names = survey(sizes)
    found = cx.estimate(study, "a", by="g", total=True)
    frame = found.frame
    shown = frame[frame["estimate"].notna()]
    rows = [
        np.ones(len(sizes)) if g == "total" else np.eye(len(sizes))[names.index(g)]
        for g in shown["group"].unique()
    ]
    hidden = {
        names.index(g) for g in frame.loc[frame["flag"].eq("suppressed") & frame["group"].ne("total"), "group"]
    }
    assert hidden >= {i for i, size in enumerate(sizes) if 0 < size < LIMIT}
    assert not can_be_found(rows, hidden, sizes)
    blank = frame["flag"].eq("suppressed").to_numpy()
    numbers = ["n_effective", "n_weighted", "estimate", "std_error", "conf_low", "conf_high", "df"]
    assert frame.loc[blank, numbers].isna().all(axis=None)
    assert np.isnan(found.covariance[blank]).all()
    assert np.isnan(found.covariance[:, blank]).all()


@pytest.mark.parametrize("sizes", [s for s in SOME if sum(x > 0 for x in s) > 1])
@pytest.mark.parametrize("against", ["pairs", "rest"])
def test_gaps(sizes, against):
    """Each group against the rest shows the group and all others together: the rest of a shown group gives the
    total, and with it the last group that is hidden.
    """
    for arranged in set(permutations(sizes)) if len(sizes) < 5 else [sizes]:
        study, names = survey(arranged)
        frame = cx.gaps(study, by="g", against=against, question="a").frame
        every, unit = np.ones(len(arranged)), np.eye(len(arranged))
        rows, seen = [], set()
        for row in frame.itertuples():
            a, b = names.index(row.group_a), row.group_b
            if not np.isnan(row.estimate_a):
                rows.append(unit[a])
                seen.add(a)
            if not np.isnan(row.estimate_b):
                rows.append(every - unit[a] if b == "rest" else unit[names.index(b)])
                seen |= set() if b == "rest" else {names.index(b)}
        hidden = {i for i, size in enumerate(arranged) if size and i not in seen}
        assert hidden >= {i for i, size in enumerate(arranged) if 0 < size < LIMIT}
        if sum(arranged) >= LIMIT and against == "pairs":
            rows.append(every)
        assert not can_be_found(rows, hidden, arranged), arranged
        blank = frame["flag"].str.contains("suppressed")
        numbers = [
            "gap",
            "std_error",
            "conf_low",
            "conf_high",
            "statistic",
            "df",
            "p_value",
            "p_adjusted",
            "effect_size",
        ]
        assert frame.loc[blank, numbers].isna().all(axis=None)


def test_a_group_of_weight_zero_does_not_shield_another():
    """Ten respondents who weigh nothing add nothing to the total: hiding them with group a protects nobody."""
    toml = (
        '[design]\nweight = "W"\n'
        + question("g", responses=["a", "b", "c"])
        + question("a", responses=["Y", "N"])
    )
    group = ["a"] * 3 + ["b"] * 10 + ["c"] * 50
    study = study_of(toml, {"G": group, "A": ["Y", "N", "N"] * 21, "W": [1.0] * 3 + [0.0] * 10 + [1.0] * 50})
    frame = (
        cx.estimate(study, "a", by="g", total=True).frame.drop_duplicates("group").set_index("group")["flag"]
    )
    assert frame.to_dict() == {"total": "*", "a": "suppressed", "b": "empty", "c": "suppressed"}


def test_thresholds_are_settings():
    sizes = np.array([0, 2, 9, 10, 39, 40])
    settings = Settings(suppress_below=0, test_from=10, caution_below=40)
    hidden = base_policy.suppressed(sizes, settings.suppress_below)
    assert base_policy.flags(sizes, hidden, settings) == ["empty", "**", "**", "*", "*", ""]


def test_groups_that_are_no_partition_hide_themselves_only():
    assert base_policy.suppressed(np.array([3, 40]), LIMIT, partition=False).tolist() == [True, False]
