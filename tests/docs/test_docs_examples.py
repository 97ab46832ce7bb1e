"""The example exports: one survey in the shapes of ten platforms gives the same answers; their script."""

from __future__ import annotations

import runpy
from types import SimpleNamespace

import numpy as np
import pytest
from pages import DOCS

import cxsurvey as cx

EXAMPLES = DOCS / "examples"
PLATFORMS = {
    "qualtrics.csv": "qualtrics",
    "surveymonkey.csv": "surveymonkey",
    "limesurvey.csv": "limesurvey",
    "google_forms.csv": "google_forms",
    "microsoft_forms.xlsx": "microsoft_forms",
    "typeform.csv": "typeform",
    "alchemer.csv": "alchemer",
    "kobo.csv": "kobo",
    "plain.csv": "plain",
    "spss.sav": "spss",
}


@pytest.fixture(scope="module")
def script():
    return SimpleNamespace(**runpy.run_path(str(EXAMPLES / "make.py")))


def test_every_example_is_covered():
    assert {path.name for path in EXAMPLES.iterdir() if path.suffix in {".csv", ".xlsx", ".sav"}} == set(
        PLATFORMS
    )


@pytest.mark.parametrize("name", [name for name in PLATFORMS if name.endswith(".csv")])
def test_the_script_writes_what_is_there(script, name):
    made = getattr(script, name.removesuffix(".csv"))(script.people())
    assert (EXAMPLES / name).read_bytes() == made.encode()


@pytest.mark.parametrize(("name", "platform"), PLATFORMS.items())
def test_platforms_agree_on_the_answers(script, name, platform, tmp_path):
    made = cx.import_export(EXAMPLES / name, to=tmp_path / "made")
    assert made.origin.platform == platform
    study = cx.read_study(tmp_path / "made")
    people = [person for person in script.people() if platform != "qualtrics" or person.number < script.PEOPLE]
    gone = {person.number for person in people if platform == "alchemer" and person.number % 20 == 0}
    assert study.n == len(people)
    owner, channels, insight = study.file.question[:3]
    assert labels_of(study, owner.id) == [person.owner for person in people]
    chosen = study.answers(channels.id).chosen
    for i, option in enumerate(script.OPTIONS):
        assert chosen[:, i].tolist() == [option in person.channels for person in people]
    rated = [
        "" if person.number in gone or (platform == "spss" and person.number % 17 == 0) else person.ratings[0]
        for person in people
    ]
    assert labels_of(study, insight.id) == rated
    assert [response.label for response in insight.responses] == list(script.LEVELS)
    assert not cx.check(study).errors


def labels_of(study, question):
    answers = study.answers(question)
    names = np.array([*(response.label for response in answers.question.responses), ""], dtype=object)
    return names[answers.code].tolist()
