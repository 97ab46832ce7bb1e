"""The generated pages are what the code says now, and leave nothing out."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import get_args

import generate
import pytest
from generators import command_page
from generators.check_page import issue_codes
from generators.error_page import page as error_page
from generators.literals import texts
from generators.study_file_page import TABLES
from generators.words import meaning, words
from pages import DOCS, ROOT

import cxsurvey as cx
from cxsurvey.published.audit.verdicts import VERDICTS
from cxsurvey.published.claims.file import parse_claims
from cxsurvey.published.claims.records import QUALIFIERS, WORDINGS, BaseOrigin
from cxsurvey.published.claims.rows import COLUMNS
from cxsurvey.study import codebook, conditions, sampling_plan
from cxsurvey.study.record import Record

CODE = re.compile(r"^cxsurvey: .*\[([a-z0-9-]+)\]$", re.MULTILINE)


@pytest.mark.parametrize("name", generate.PAGES)
def test_page_is_current(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert (DOCS / name).read_text(encoding="utf-8") == generate.PAGES[name](), "run 'make docs'"


def test_every_record_has_a_table():
    declared = [item for module in (codebook, conditions, sampling_plan) for item in vars(module).values()]
    records = {item for item in declared if isinstance(item, type) and issubclass(item, Record)}
    records -= {Record, codebook.StudyFile}
    assert {record for _, _, record in TABLES} == records


def test_no_word_is_left_over():
    """Meanings of keys and codes that are gone would mislead whoever edits them."""
    records = {record.__name__: record for _, _, record in TABLES}
    for name, keys in words()["keys"].items():
        known = {field.alias or key for key, field in records[name].model_fields.items()}
        assert set(keys) <= known, name
    assert set(words()["checks"]["codes"]) == set(issue_codes())
    for name, columns in command_page.CONTRACTS:
        assert set(words()["columns"][name]) == set(columns), name
    known = {
        "column": COLUMNS,
        "kind": WORDINGS,
        "wording": {word for group in WORDINGS.values() for word in group},
        "qualifier": {word for group in QUALIFIERS.values() for word in group} - {""},
        "base_origin": get_args(BaseOrigin),
        "verdict": VERDICTS,
    }
    assert {name: set(meanings) for name, meanings in words()["claims"].items()} == {
        name: set(found) for name, found in known.items()
    }


def test_example_of_the_claims_file_is_one():
    """Every kind is shown, and the file is accepted and can be audited."""
    page = (DOCS / "reference" / "claims-file.md").read_text(encoding="utf-8")
    example = page.partition("```csv\n")[2].partition("```")[0]
    claims = parse_claims(example)
    assert {claim.kind for claim in claims} >= set(WORDINGS) - {"trend"}
    assert str(claims.claim("officer.leader").base) == "185 (181–190)"
    assert cx.audit(claims).finding("officer.more").verdict == "supported"


def test_missing_meaning_is_refused():
    with pytest.raises(KeyError, match="lacks"):
        meaning("columns", "Estimates", "no_such_column")


def test_errors_of_bad_input_are_documented():
    documented = {
        code for line in error_page().splitlines() if line.startswith("### ") for code in line.split()
    }
    shown = set()
    for file in (ROOT / "tests" / "bad_input").glob("*/expected.toml"):
        for run in tomllib.loads(file.read_text(encoding="utf-8")).get("run", []):
            shown |= set(CODE.findall(run.get("stderr", "")))
    assert shown
    assert shown <= documented


def test_issues_of_the_bundled_study_are_documented():
    known = issue_codes()
    for issue in cx.check(cx.read_study("sfo2018")):
        assert issue.severity in known[issue.code]


def test_wording_is_read_from_source():
    source = 'f\'{n:,} row{"s" if n != 1 else ""} of {listed(names)}\''
    assert texts(ast.parse(source, mode="eval").body, {}) == ["<n> row(s) of <names>"]
