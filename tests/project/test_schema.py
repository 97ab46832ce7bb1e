"""The shipped JSON Schema is the one the records generate, and every bundled study fits it."""

from __future__ import annotations

import json
import tomllib

import jsonschema
import pytest

import cxsurvey as cx
from cxsurvey.readers.study_folder import bundled_folder
from cxsurvey.study.schema import SCHEMA_FILE, schema_text

FIRST_LINE = "#:schema ../../cxsurvey/study/study.schema.json"


def test_the_shipped_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()


def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", cx.bundled_studies())
def test_bundled_studies_fit_the_schema_and_name_it(name: str) -> None:
    text = (bundled_folder() / name / "study.toml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == FIRST_LINE
    validator().validate(tomllib.loads(text))


def test_the_schema_refuses_what_the_records_refuse() -> None:
    tables = tomllib.loads('[study]\nid = "x"\ntitle = "X"\nresponses = "x.csv"\nweigth = "w"\n')
    messages = [error.message for error in validator().iter_errors(tables)]
    assert any("weigth" in message for message in messages)
    assert any("question" in message for message in messages)
