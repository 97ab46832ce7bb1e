"""Triple-S: every type of variable, both kinds of data file, and metadata that must be refused."""

import pytest
from export_files import SHARED, columns_of, written

from cxsurvey.errors import ExportError
from cxsurvey.readers.exports.detector import read_export
from cxsurvey.readers.exports.triple_s_cells import chosen_codes, plain_cell
from cxsurvey.readers.exports.triple_s_schema import Variable

VALUES = (
    "<values><value code='1'>Phone</value><value code='2'>Chat &amp; mail</value>"
    "<value code='4'>None</value></values>"
)


def variable(ident, kind, position, inner="", attributes=""):
    return (
        f"<variable ident='{ident}' type='{kind}' {attributes}><name>Q{ident}</name>"
        f"<label>Text {ident}<br/>more</label>"
        f"<position {position}/>{inner}</variable>"
    )


def survey(*variables, record="ident='A'", head="<?xml version='1.0' encoding='UTF-8'?>"):
    body = "".join(variables)
    inner = f"<title>A survey</title><record {record}>{body}</record>"
    return f"{head}<sss version='2.0'><survey>{inner}</survey></sss>"


FIXED = survey(
    variable(1, "quantity", "start='1' finish='3'", attributes="use='serial'"),
    variable(2, "single", "start='4' finish='5'", VALUES),
    variable(3, "multiple", "start='6' finish='9'", VALUES),
    variable(4, "multiple", "start='10' finish='13'", "<spread subfields='2' width='2'/>" + VALUES),
    variable(5, "quantity", "start='14' finish='17'", "<values><value code='9999'>Not stated</value></values>"),
    variable(6, "character", "start='18' finish='22'"),
    variable(7, "logical", "start='23'"),
    variable(8, "date", "start='24' finish='31'"),
    variable(9, "time", "start='32' finish='37'"),
    variable(10, "quantity", "start='38' finish='42'", attributes="use='weight'"),
    variable(11, "single", "start='43'", "<filter>Q7</filter><values><value code='A'>Soon</value></values>",
             attributes="format='literal'"),
)  # fmt: skip
WIDTHS = (3, 2, 4, 4, 4, 5, 1, 8, 6, 5, 1)
ROWS = [
    "".join(cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True))
    for cells in (
        ("001", "01", "1001", " 1 2", "0100", "Grüße", "1", "20050104", "112000", "0.500", "A"),
        ("002", " 2", "0100", " 1 0", "500", "ab   ", "0", "20050105", "120000", "1.25", ""),
        ("003", "1", "", " 0 0", "9999", "", "", "", "", "", ""),
    )
]
ROWS[2] = ROWS[2].rstrip()


def fixed(tmp_path, encoding="utf-8", name="survey.asc"):
    written(tmp_path, FIXED.replace("UTF-8", encoding), "survey.sss", encoding)
    return written(tmp_path, "\r\n".join([*ROWS, ""]), name, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_data_by_position(tmp_path, encoding):
    fixed(tmp_path, encoding)
    export = read_export(tmp_path / "survey.sss")
    frame, columns = export.frame, columns_of(export)
    assert (export.platform, export.title, len(frame)) == ("triple_s", "A survey", 3)
    assert (columns["Q1"].role, columns["Q10"].role) == ("respondent_id", "weight")
    assert frame["Q1"].to_list() == ["001", "002", "003"]
    assert columns["Q2"].text == "Text 2 more"
    assert columns["Q2"].labels == (("1", "Phone"), ("2", "Chat & mail"), ("4", "None"))
    assert frame["Q2"].to_list() == ["1", "2", "1"]
    assert [frame[f"Q3_{code}"].to_list() for code in (1, 2, 4)] == [
        ["1", "0", ""],
        ["0", "1", ""],
        ["1", "0", ""],
    ]
    assert [frame[f"Q4_{code}"].to_list() for code in (1, 2, 4)] == [
        ["1", "1", "0"],
        ["1", "0", "0"],
        ["0"] * 3,
    ]
    assert frame["Q5"].to_list() == ["100", "500", "9999"]
    assert columns["Q5"].missing == (("9999", "skipped", "Not stated"),)
    assert frame["Q6"].to_list() == ["Grüße", "ab", ""]
    assert frame["Q7"].to_list() == ["1", "0", ""]
    assert (frame["Q8"][0], frame["Q9"][0]) == ("2005-01-04", "11:20:00")
    assert frame["Q10"].to_list() == ["0.500", "1.25", ""]
    assert frame["Q11"].to_list() == ["A", "", ""]
    assert any("Q11 was asked of some only" in note for note in export.notes)
    assert any("end before the last field" in note for note in export.notes)


def test_data_lead_to_their_metadata(tmp_path):
    path = fixed(tmp_path)
    assert read_export(path).frame.equals(read_export(tmp_path / "survey.sss").frame)


def test_delimited_data_with_skipped_rows(tmp_path):
    written(
        tmp_path,
        survey(
            variable(1, "single", "start='1'", VALUES),
            variable(2, "multiple", "start='2'", VALUES),
            variable(3, "multiple", "start='3' finish='4'", "<spread subfields='2'/>" + VALUES),
            variable(4, "character", "start='5'"),
            record="ident='A' format='csv' skip='1'",
        ),
        "survey.xml",
    )
    written(tmp_path, 'a,b,c,d,e\n1,"1001",2,0,"x, y"\n2,11,,4,z\n\n,,,,\n4,,,,w\n', "survey.csv")
    export = read_export(tmp_path / "survey.xml")
    frame = export.frame
    assert [frame[f"Q2_{code}"].to_list() for code in (1, 2, 4)] == [
        ["1", "0", ""],
        ["0", "0", ""],
        ["1", "1", ""],
    ]
    assert [frame[f"Q3_{code}"].to_list() for code in (1, 2, 4)] == [
        ["0", "0", ""],
        ["1", "0", ""],
        ["0", "1", ""],
    ]
    assert frame["Q4"].to_list() == ["x, y", "z", "w"]
    assert (export.first_row, export.dropped[0].count) == (2, 2)


def test_codes_that_are_not_listed_are_kept_and_told(tmp_path):
    written(tmp_path, survey(variable(1, "multiple", "start='1' finish='4'", VALUES)), "survey.sss")
    written(tmp_path, "0010\n1000\n", "survey.asc")
    export = read_export(tmp_path / "survey.sss")
    assert export.frame["Q1_3"].to_list() == ["1", "0"]
    assert any("do not list" in note for note in export.notes)


@pytest.mark.parametrize("field", [" 1 0", " 0 1", "0100", "0001", "01  "])
def test_spread_fields_that_say_the_same(field):
    spread = Variable("1", "Q1", "", "multiple", 1, 4, subfields=2, width=2)
    assert chosen_codes(field, spread, ["1", "2"]) == {"1"}


@pytest.mark.parametrize(
    ("text", "plain"), [("0500", "500"), ("1.0089", "1.0089"), ("-007", "-7"), ("000", "0"), ("", "")]
)
def test_zeros_inside_a_number_stay(text, plain):
    assert plain_cell(text, Variable("1", "Q1", "", "quantity", 1, 6)) == plain


BOMB = "<?xml version='1.0'?><!DOCTYPE sss [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (survey(variable(1, "single", "start='1'"), head=BOMB), "export-triple-s"),
        (survey(variable(1, "odd", "start='1'")), "export-triple-s"),
        (survey(variable(1, "single", "start='3' finish='1'")), "export-triple-s"),
        (survey(variable(1, "single", "start='x'")), "export-triple-s"),
        (survey(variable(1, "single", "start='1'"))[:-9], "export-triple-s"),
        (survey("<hierarchy/>", variable(1, "single", "start='1'")), "export-triple-s-hierarchy"),
        (
            survey(variable(1, "single", "start='1'"), "</record><record ident='B'>"),
            "export-triple-s-hierarchy",
        ),
    ],
)
def test_metadata_that_are_refused(tmp_path, text, code):
    written(tmp_path, text, "survey.sss")
    written(tmp_path, "1\n", "survey.asc")
    with pytest.raises(ExportError) as caught:
        read_export(tmp_path / "survey.sss")
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


def test_metadata_without_data_and_other_xml(tmp_path):
    path = written(tmp_path, survey(variable(1, "single", "start='1'")), "survey.sss")
    other = written(tmp_path, "<?xml version='1.0'?><rows/>", "rows.xml")
    for file, code in ((path, "export-triple-s-no-data"), (other, "export-not-a-table")):
        with pytest.raises(ExportError) as caught:
            read_export(file)
        assert caught.value.code == code


def test_a_short_row_of_delimited_data_is_named(tmp_path):
    record = "ident='A' format='csv'"
    written(tmp_path, survey(variable(1, "single", "start='3'", VALUES), record=record), "survey.sss")
    written(tmp_path, "1,2,1\n1,2\n", "survey.csv")
    with pytest.raises(ExportError) as caught:
        read_export(tmp_path / "survey.sss")
    assert "row 2" in caught.value.where


def test_data_elsewhere_are_not_followed(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    written(tmp_path, "1\n", "data.asc")
    written(
        inner, survey(variable(1, "single", "start='1'"), record="ident='A' href='../data.asc'"), "survey.sss"
    )
    with pytest.raises(ExportError) as caught:
        read_export(inner / "survey.sss")
    assert caught.value.code == "export-triple-s-no-data"


def test_the_standard_s_own_example():
    path = SHARED / "triples_example1.sss"
    if not path.exists():
        pytest.skip("the collection of exports is not here")
    export = read_export(path)
    frame = export.frame
    assert frame["Q6"].to_list() == ["25", "100", "999"]
    assert frame["WT"].to_list() == ["1.1310", "0.9921", "1.0089"]
    assert [frame[f"Q3_{code}"].to_list() for code in (1, 3, 9)] == [
        ["1", "0", "1"],
        ["1", "0", "0"],
        ["1", "0", "1"],
    ]
    assert [frame[f"Q5_{code}"].to_list() for code in (1, 2, 9)] == [
        ["1", "0", "0"],
        ["0", "1", "1"],
        ["0", "0", "1"],
    ]
    assert frame["Q3.a"][2] == '"Heritage" Zone'
    assert columns_of(export)["Q2"].text == "Have you visited here before?"
