"""The same survey in other separators, encodings, languages and headings gives the same codebook."""

import csv
import random

import pandas as pd
import pytest

import cxsurvey as cx

LEVELS = ["Sehr zufrieden", "Zufrieden", "Teils/teils", "Unzufrieden", "Sehr unzufrieden"]
OPTIONS = ["Email", "Phone, voice or SMS", "Live chat", "Social media (X, Facebook)", "None of these"]
PEOPLE = 80


def written(path, rows, *, separator=",", encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def people(make):
    draw = random.Random(5)  # noqa: S311 - the same people each time
    return [make(i, draw) for i in range(PEOPLE)]


def survey():
    head = ["Respondent ID", "Start Date", "Wie zufrieden sind Sie?", "Größe, in Mitarbeitern", "Kanäle", ""]
    below = ["", "", "Response", "Open-Ended Response", "E-Mail", "Telefon"]

    def person(i, draw):
        chosen = [label if draw.random() < 0.5 else "" for label in below[4:]]
        return [
            11_800_000_000 + i,
            "07/31/2023 04:21:36 PM",
            draw.choice(LEVELS),
            draw.randrange(1, 900),
            *chosen,
        ]

    return [head, below, *people(person)]


def codebook(path, **options):
    made = cx.import_export(path, **options)
    assert made.n == PEOPLE
    return made.origin.platform, made.draft.file.question


@pytest.mark.parametrize(
    ("separator", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), ("|", "cp1252"), (",", "cp1252")]
)
def test_separator_and_encoding_change_nothing(separator, encoding, tmp_path):
    expected = codebook(written(tmp_path / "plain.csv", survey()))
    assert expected[0] == "surveymonkey"
    found = codebook(written(tmp_path / "other.csv", survey(), separator=separator, encoding=encoding))
    assert found == expected


def test_a_workbook_gives_the_same(tmp_path):
    expected = codebook(written(tmp_path / "plain.csv", survey()))
    rows = pd.DataFrame(survey())
    rows.to_excel(tmp_path / "book.xlsx", header=False, index=False, engine="xlsxwriter")
    assert codebook(tmp_path / "book.xlsx") == expected


SYSTEM = {
    "en": ["Response ID", "Date submitted", "Last page", "Start language"],
    "de": ["Antwort ID", "Datum Abgeschlossen", "Letzte Seite", "Start-Sprache"],
    "fr": ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ"],
}
OTHER = {"en": "Other", "de": "Sonstiges", "fr": "Autre"}
YES = {"en": ("Yes", "No"), "de": ("Ja", "Nein"), "fr": ("Oui", "Non")}


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_limesurvey_texts_in_other_languages(language, tmp_path):
    head = [
        *SYSTEM[language],
        "Zufrieden?",
        "Kanäle? [E-Mail]",
        "Kanäle? [Telefon]",
        f"Kanäle? [{OTHER[language]}]",
    ]

    def person(i, draw):
        marks = [draw.choice(YES[language]) for _ in range(2)]
        return [i, "2024-05-01 10:00:00", 5, language, draw.choice(LEVELS), *marks, draw.choice(["", "Brief"])]

    platform, questions = codebook(written(tmp_path / "lime.csv", [head, *people(person)], separator=";"))
    assert platform == "limesurvey"
    assert [question.type for question in questions] == ["ordinal", "multi"]
    assert questions[1].text == "Kanäle?"
    assert [response.label for response in questions[1].responses][:2] == ["E-Mail", "Telefon"]


def test_limesurvey_codes_with_texts_beside_bare_system_codes(tmp_path):
    head = [
        "id",
        "submitdate",
        "lastpage",
        "Q1. Satisfied?",
        "Q2[SQ001]. Channels? [Email]",
        "Q2[SQ002]. Channels? [Phone]",
    ]

    def person(i, draw):
        marks = [draw.choice(["Yes", "No", "N/A"]) for _ in range(2)]
        return [i, "2024-05-01 10:00:00", 5, draw.choice(["Yes", "No"]), *marks]

    platform, questions = codebook(written(tmp_path / "lime.csv", [head, *people(person)]))
    assert platform == "limesurvey"
    assert [(question.id, question.text) for question in questions] == [
        ("q1", "Satisfied?"),
        ("q2", "Channels?"),
    ]


def qualtrics(tmp_path, wording, ids, answers):
    head = ["StartDate", "ResponseId", *ids]
    texts = ["Startdatum", "Antwort-ID", *wording]
    imports = ["startDate", "_recordId", *(f"QID{i}" for i in range(1, len(ids) + 1))]

    def person(i, draw):
        return ["2024-05-01 10:00:00", f"R_{i:015d}", *answers(draw)]

    json = [f'{{"ImportId":"{name}"}}' for name in imports]
    return written(tmp_path / "qualtrics.csv", [head, texts, json, *people(person)])


def test_options_keep_the_spaces_behind_their_commas(tmp_path):
    path = qualtrics(
        tmp_path, ["Which?"], ["Q1"], lambda draw: [",".join(o for o in OPTIONS if draw.random() < 0.5)]
    )
    _, (question,) = codebook(path)
    assert [response.label for response in question.responses] == OPTIONS


def test_text_boxes_of_numbers_are_numbers_and_postcodes_are_not(tmp_path):
    """-99 stands for a question that was seen and not answered."""
    path = qualtrics(
        tmp_path,
        ["Satisfied?", "Age", "Postcode"],
        ["Q1", "Q2_TEXT", "Q3_TEXT"],
        lambda draw: [
            draw.choice(LEVELS),
            draw.choice([-99, draw.randrange(18, 80)]),
            f"0{draw.randrange(1000, 9999)}",
        ],
    )
    _, questions = codebook(path)
    assert [(question.text, question.type) for question in questions] == [
        ("Satisfied?", "ordinal"),
        ("Age", "number"),
    ]
    assert [item.code for item in questions[1].missing] == ["-99"]


def test_kept_nonanswers_stand_behind_the_steps_of_a_scale(tmp_path):
    sizes = [
        "Self-employed",
        "2-50",
        "51-250",
        "251-1,000",
        "More than 1,000",
        "Don't know",
        "Prefer not to say",
    ]
    rows = [["id", "size"], *people(lambda i, draw: [i, draw.choice(sizes)])]
    _, (question,) = codebook(written(tmp_path / "sizes.csv", rows), keep=["nonanswers"])
    labels = [response.label for response in question.responses]
    assert (question.type, labels[:4]) == ("ordinal", sizes[1:5])
    assert {response.label for response in question.responses if not response.scored} == {sizes[0], *sizes[5:]}
    assert question.missing == ()


def test_options_named_by_their_own_header_are_no_missing_header(tmp_path):
    rows = [
        ["Email", "Phone", "Chat"],
        *people(lambda _, draw: [n if draw.random() < 0.6 else "" for n in OPTIONS[:3]]),
    ]
    rows[0] = OPTIONS[:3]
    made = cx.import_export(written(tmp_path / "options.csv", rows))
    assert made.n >= PEOPLE - 20
