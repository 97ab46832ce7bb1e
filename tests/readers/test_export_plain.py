"""Plain tables: blocks from names that share a stem, borne out by the cells."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_exports import shared

from cxsurvey.readers.exports.detector import read_export
from cxsurvey.readers.exports.names import unique_names
from cxsurvey.readers.exports.stems import NAME_JOINTS, TEXT_JOINTS, find_stems
from cxsurvey.readers.exports.wording import clean_text, folded, mended


def by_name(export):
    return {column.name: column for column in export.columns}


@pytest.fixture
def export(tmp_path):
    def _export(text):
        path = tmp_path / "answers.csv"
        path.write_text(text, encoding="utf-8")
        return read_export(path)

    return _export


@pytest.mark.parametrize(
    ("first", "second", "block"),
    [
        ("q4_1", "q4_2", "q4"),
        ("q0004_0001", "q0004_0002", "q0004"),
        ("Which do you use? - Phone", "Which do you use? - Chat", "which_do_you_use"),
        ("Which do you use? [Phone]", "Which do you use? [Chat]", "which_do_you_use"),
        ("Which do you use?: Phone", "Which do you use?: Chat", "which_do_you_use"),
        ("USE.PHONE", "USE.CHAT", "USE"),
    ],
)
def test_sets_from_what_names_share(export, first, second, block):
    found = export(f'id,"{first}","{second}",age\n1,1,0,20\n2,0,1,30\n3,1,1,40\n')
    pair = found.columns[1:3]
    assert [(column.block, column.role, column.chosen) for column in pair] == [(block, "option", "1")] * 2
    assert found.columns[3].block == ""


def test_the_cell_names_the_option_where_the_header_holds_a_number(export):
    found = export("id,q4_0001,q4_0002\n1,Phone,Not selected\n2,Not selected,Chat\n3,NA,NA\n")
    assert [(column.item, column.chosen) for column in found.columns[1:]] == [
        ("Phone", "Phone"),
        ("Chat", "Chat"),
    ]


def test_names_alone_make_no_question(export):
    found = export("wave_id,wave_date,acs_k3,acs_46\n1,2024-01-01,17,22\n2,2024-01-02,18,30\n")
    assert {column.block for column in found.columns} == {""}


def test_a_nameless_row_index_is_left_out(export):
    found = export(",id,age\n1,7,20\n2,9,30\n")
    assert [column.name for column in found.columns] == ["id", "age"]
    assert "counts the rows" in found.notes[0]


def test_a_nameless_column_with_cells_stays_and_is_told(export):
    found = export("id,,age\n1,Phone,20\n2,Chat,30\n")
    assert [column.name for column in found.columns] == ["id", "column_2", "age"]
    assert "1 column has cells but no name" in found.notes


def test_equal_names_are_told_apart(export):
    found = export("id,age,Age\n1,20,21\n2,30,31\n")
    assert [column.name for column in found.columns] == ["id", "age", "Age_2"]
    assert found.frame["Age_2"].tolist() == ["21", "31"]


def test_joined_cells(export):
    cells = ["Phone;Chat", "Chat;Mail", "Phone;Mail", "Mail", "Phone", "Chat"]
    found = export("id,use\n" + "".join(f"{at},{cell}\n" for at, cell in enumerate(cells)))
    assert (found.columns[1].shape, found.columns[1].separator) == ("joined", ";")


def test_wording():
    assert clean_text("A&amp;B<br/>&lt;5 years\u00a0old\u200b") == "A&B <5 years old"
    assert clean_text("x < y and y > z") == "x < y and y > z"
    assert mended("SÃ£o Paulo â€“ ok") == "São Paulo – ok"
    assert folded("Don’t know.") == folded(" don't  know")


@given(st.lists(st.text(alphabet="aAbB_12 ", max_size=4), max_size=12))
@settings(deadline=None, max_examples=60)
def test_names_are_unique_and_change_only_where_they_must(wanted):
    names = unique_names(wanted)
    assert len({name.casefold() for name in names}) == len(wanted)
    folds = [name.strip().casefold() for name in wanted]
    for at, (name, fold) in enumerate(zip(names, folds, strict=True)):
        if fold and fold not in folds[:at] and not fold.startswith("column_"):
            assert name == wanted[at].strip()


@given(
    st.lists(st.sampled_from(["Q - a", "Q - b", "Q - b - c", "R", "S: x", "S: y", ""]), min_size=1, max_size=9)
)
@settings(deadline=None, max_examples=60)
def test_stems_cover_every_column_once(headers):
    for joints in (TEXT_JOINTS, NAME_JOINTS):
        stems = find_stems(headers, joints=joints)
        assert [at for stem in stems for at in range(stem.start, stem.stop)] == list(range(len(headers)))
        assert all(len(stem.items) == stem.stop - stem.start for stem in stems)


@pytest.mark.parametrize(
    ("name", "shape", "sets"),
    [
        ("sm_538_masculinity_raw.csv", (1615, 97), 9),
        ("github_oss_2017_negative.csv", (6029, 57), 4),
        ("sfo_2018.csv", (2809, 97), 0),
        ("survey_apiclus1.csv", (183, 39), 0),
        ("survey_nhanes_chol.csv", (8591, 7), 0),
        ("samplics_nhanes2_brr.csv", (1347, 35), 0),
    ],
)
def test_shared_files(name, shape, sets):
    export = read_export(shared(name))
    assert export.platform == "plain"
    assert export.frame.shape == shape
    assert len({column.block for column in export.columns if column.shape == "option"}) == sets
