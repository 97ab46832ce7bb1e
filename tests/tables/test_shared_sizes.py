"""Sizes of what columns share: the product of the columns, and where they show safety nothing is hidden."""

import numpy as np
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.analysis.tabulation.banner import banner_of
from cxsurvey.analysis.tabulation.shared_sizes import column_bits, plainly_safe
from cxsurvey.analysis.tabulation.suppression import atoms_of, hidden_columns

OPTIONS = ", ".join(f'{{ code = "{c}", label = "{c}", column = "M_{c}" }}' for c in "xyz")
TOML = (
    question("g", responses=["a", "b", "c"])
    + question("h", responses=["a", "b"])
    + question("m", "multi", raw=f"responses = [{OPTIONS}]", blank="none_chosen")
)


def made(n, seed, rare):
    """A banner of 3 + 2 columns and 3 that overlap, some answers missing, one group as rare as asked."""
    rng = np.random.default_rng(seed)
    data = {f"M_{c}": rng.integers(0, 2, n).astype(str) for c in "xyz"}
    data["G"] = rng.choice(["a", "b", "c", ""], n, p=[0.5, 0.45 - rare, rare, 0.05])
    data["H"] = rng.choice(["a", "b"], n)  # answered by everyone
    study = study_of(TOML, data)
    return banner_of(study, ["g", "h", "m"]), rng.random(n) < 0.8


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 400), st.integers(0, 10**6), st.sampled_from([0.0, 0.02, 0.2]), st.integers(0, 9))
def test_what_is_plainly_safe_hides_nothing(n, seed, rare, limit):
    banner, inside = made(n, seed, rare)
    bits, atoms = column_bits(banner, n), atoms_of(banner, n)
    shared = bits.shared(inside)
    member = atoms.member[atoms.index[inside]].astype(np.int64)
    real = [0, *range(1, 4), *range(len(shared) - 5, len(shared))]  # but for those without an answer to g
    np.testing.assert_array_equal(shared[np.ix_(real, real)], member.T @ member)
    if plainly_safe(shared, bits.parts, limit):
        assert not hidden_columns(atoms.member, atoms.counts(inside), limit, outside=atoms.outside).any()


def test_large_bases_are_plainly_safe_and_small_ones_are_not():
    banner, inside = made(2000, 1, 0.2)
    bits = column_bits(banner, 2000)
    assert plainly_safe(bits.shared(inside), bits.parts, 5)
    inside[np.flatnonzero(inside)[25:]] = False
    assert not plainly_safe(bits.shared(inside), bits.parts, 5)
    inside[:] = False
    assert plainly_safe(bits.shared(inside), bits.parts, 5)  # nobody is there to be found
