"""Published tables made again from raw exports: every printed cell is compared, each difference has a reason.

The exports and the printed cells stand in ``../shared/exports`` (FiveThirtyEight, GitHub, CNCF, the Software
Sustainability Institute, Linux Foundation Research; sources in the ``source`` column of each file). The study
files in ``studies/`` are ours. The summary of the run tells the counts.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from published_cells import (
    EXPORTS,
    Number,
    Place,
    Printed,
    Tally,
    agrees,
    compare,
    number_of,
    read_printed,
    read_raw,
    rows_by_label,
)

import cxsurvey as cx

pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason="the shared exports are not here")


def unexplained(cell: Printed, own: float) -> str:
    return f"{cell.question[:40]} / {cell.option[:30]} / {cell.group}: printed {cell.value}, made {own:.6g}"


@pytest.fixture
def told(record_property):
    """Say in the summary of the run what was compared."""

    def tell(name: str, tally: Tally) -> Tally:
        record_property("published shares", f"tables of {name}: {tally}")
        return tally

    return tell


# ------------------------------------------------------------------ FiveThirtyEight: a weighted banner

MASCULINITY_COLUMNS = {
    "Age": "age3",
    "Race": "race2",
    "Children": "kids",
    "Sexual Orientation": "orientation",
}


def masculinity_place(book):
    where = rows_by_label(book)

    def locate(cell: Printed) -> Place:
        question, row = where[cell.question, cell.option]
        if cell.group == "Adult Men":
            return Place(question, row)
        head, label = cell.group.split(": ")
        return Place(question, row, f"{MASCULINITY_COLUMNS[head]}={label}")

    return locate


def test_masculinity_the_weighted_banner(tmp_path, told):
    """34 questions by total and nine columns of four banner variables, weighted, in whole per cent."""
    book = cx.tabulate(read_raw("masculinity", "sm_538_masculinity_raw.csv", tmp_path))
    tally = compare(book, read_printed("masculinity"), masculinity_place(book), unexplained)
    assert told("masculinity", tally) == Tally(1820, 1820, {}, {})


def test_the_comparison_fails_without_the_weights(tmp_path):
    """What agrees with weights must not agree without them, or the comparison would prove nothing."""
    study = read_raw("masculinity", "sm_538_masculinity_raw.csv", tmp_path)
    path = tmp_path / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('weight = "weight"', ""), encoding="utf-8")
    book = cx.tabulate(cx.read_study(tmp_path))
    tally = compare(book, read_printed("masculinity"), masculinity_place(book), lambda *_: "no weights")
    assert study.n == 1615
    assert tally.differing["no weights"] > 1000


# ------------------------------------------------------------------ GitHub: counts, shares, adjusted bases

WORDED = {
    "How likely are you": "FUTURE.CONTRIBUTION.LIKELIHOOD",
    "General privacy": "TRANSPARENCY.PRIVACY.PRACTICES.GENERAL",
    "OSS privacy": "TRANSPARENCY.PRIVACY.PRACTICES.OSS",
    "Have you ever received any": "RECEIVED.HELP",
    "Thinking of the most recent case where someone helped": "FIND.HELPER",
    "Which is closest to your employer": "EMPLOYER.POLICY.APPLICATIONS",
    "Where was the respondent": "POPULATION",
}
GRIDS = {
    "OSS.USER": "OSS.USER.PRIORITIES.",
    "OSS.CONTRIBUTOR": "OSS.CONTRIBUTOR.PRIORITIES.",
}
INCIDENTS = {  # the wording of the table of all respondents, and of those who ticked a box
    "witness": ("Have you ever witnessed", "Only 3,664"),
    "experience": ("Have you ever experienced", "Only 3,638"),
    "response": ("Thinking of the last time you experienced", "Only 719"),
    "consequences": ("As a result of experiencing", "Only 1,953"),
}
YES_AND_NO = {
    "Yes": "count",
    "No": "not_counted",
    "Blank": "not_counted",
    "percent": "share",
    "percent_yes": "share",
}


def github_books(folder: Path):
    main = read_raw("github_oss_2017", "github_oss_2017.csv", folder / "main")
    incidents = read_raw("github_oss_2017_negative", "github_oss_2017_negative.csv", folder / "incidents")
    ticked = [
        cx.tabulate(incidents, "population", questions=f"{name}_any", filter=f"{name}_any=1")
        for name in INCIDENTS
    ]
    return main, (cx.tabulate(main), cx.tabulate(incidents), *ticked)


class GitHub:
    """Printed by the name of a column, of an item of a grid, or in the words of a question."""

    def __init__(self, study, books):
        self.books = books
        self.columns = {item.column: (name, None) for name, item in study.questions.items() if item.column}
        for name, question in study.questions.items():
            self.columns |= {item.column: (name, item.code) for item in question.responses if item.column}

    def locate(self, cell: Printed) -> Place:
        answer = re.sub(r'^count or percent of "(.*)"$', r"\1", cell.statistic)
        if any(cell.question.startswith(wordings) for wordings in INCIDENTS.values()):
            return self.incident(cell, YES_AND_NO[answer])
        if cell.question.startswith("How effective"):
            name = f"response_effectiveness_{cell.option.lower().replace(' ', '_')}"
            return self.coded(name, answer, cell, book=1)
        name, code = self.columns.get(cell.option, (None, None))
        if code is not None:
            return Place(name, code, number=YES_AND_NO[answer])
        if name is not None:
            return self.coded(name, "Yes" if answer == "percent_yes" else answer, cell)
        if answer in {"count", "percent"}:
            return self.coded(self.columns[self.worded(cell)][0], cell.option, cell)
        stem = next((stem for word, stem in GRIDS.items() if word in cell.question), "CONTRIBUTOR.TYPE.")
        return self.coded(self.columns[stem + cell.option][0], answer, cell)

    def incident(self, cell: Printed, number: Number) -> Place:
        name = next(name for name, starts in INCIDENTS.items() if cell.question.startswith(starts))
        everyone = cell.question.startswith(INCIDENTS[name][0])
        code = cell.option.split(".", 2)[2].lower().replace(".", "_")
        if code == "any_response":
            ticked = 2 + list(INCIDENTS).index(name)
            return Place(f"{name}_any", "1", number=number, book=1 if everyone else ticked)
        return Place(f"{name}_all" if everyone else name, code, number=number, book=1)

    def coded(self, name: str, label: str, cell: Printed, book: int = 0) -> Place:
        rows = {row.label: row.id for row in self.books[book].table(name).rows}
        return Place(name, rows[label], number="share" if cell.value.endswith("%") else "count", book=book)

    def worded(self, cell: Printed) -> str:
        named = [name for name in self.columns if re.search(rf"(?<![A-Z.]){name}(?![.A-Z])", cell.question)]
        return (named or [name for start, name in WORDED.items() if cell.question.startswith(start)])[0]


def test_github_counts_and_shares(tmp_path, told):
    """54 tables, two files: counts, percentages to two places, and bases of those who ticked a box."""
    study, books = github_books(tmp_path)
    tally = compare(books, read_printed("github_oss_2017"), GitHub(study, books).locate, unexplained)
    assert told("github_oss_2017", tally) == Tally(919, 919, {}, {})


# ------------------------------------------------------------------ CNCF: the summary that the platform made

COMMENTS = "counts of comments: free text has no table"
LAYOUT = "words of the layout, no numbers"


def cncf_place(book):
    seen: dict[tuple[str, str, str], int] = {}
    words = []  # "Answered" and "Skipped" stand in the line above their number

    def locate(cell: Printed) -> Place | str:
        name = cell.question.split(".")[0].lower()
        if cell.option in {"Other (please specify)", "Why?"} and cell.statistic == "Total":
            return COMMENTS
        if cell.value in {"Answered", "Skipped"}:
            words.append(cell.value)
            return LAYOUT
        if not cell.option:
            return Place(name, "", number="base" if words[-1] == "Answered" else "skipped")
        if cell.option == "star":
            special = {
                "Total": Place(name, "", number="base"),
                "Weighted Average": Place(name, "mean", number="mean"),
            }
            return special.get(cell.statistic, Place(name, cell.statistic, number="count"))
        key = (name, cell.option, cell.statistic)
        seen[key] = seen.get(key, 0) + 1
        label = cell.option if seen[key] == 1 else f"{cell.option}, listed again"
        row = next(row.id for row in book.table(name).rows if row.label == label)
        return Place(name, row, number="share" if cell.statistic == "Response Percent" else "count")

    return locate


def test_cncf_the_summary_of_the_platform(tmp_path, told):
    """Counts, percentages to two places, averages without "N/A". The option listed twice is printed twice."""
    book = cx.tabulate(
        read_raw("cncf_maintainers_2020h2", "cncf_maintainers_2020h2.csv", tmp_path, header_rows=2)
    )
    tally = compare(book, read_printed("cncf_maintainers_2020h2"), cncf_place(book), unexplained)
    assert told("cncf_maintainers_2020h2", tally) == Tally(380, 341, {LAYOUT: 28, COMMENTS: 11}, {})


# ------------------------------------------------------------------ LimeSurvey: counts, and the base policy

HIDDEN = "hidden here: the base is under 5"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lime_rse_2017_de", Tally(508, 508, {}, {})),
        ("lime_rse_2017_nl", Tally(241, 238, {}, {HIDDEN: 3})),  # paper5 was asked of 4
    ],
)
def test_lime_rse_counts_and_blanks(tmp_path, told, name, expected):
    """Counts of every answer, and of those who gave none."""
    study = read_raw(name, f"{name}.csv", tmp_path)
    book = cx.tabulate(study)
    questions = {item.column: found for found, item in study.questions.items()}

    def locate(cell: Printed) -> Place:
        table = book.table(questions[cell.column])
        if cell.option == "(blank)":
            return Place(table.question, "", number="skipped")
        return Place(table.question, next(r.id for r in table.rows if r.label == cell.option), number="count")

    def explain(cell: Printed, own: float) -> str:
        return HIDDEN if book.table(questions[cell.column]).flags[0] == "suppressed" else unexplained(cell, own)

    assert told(name, compare(book, read_printed(name), locate, explain)) == expected


# ------------------------------------------------------------------ OSPO survey: one answer an organization

OSPO_QUESTIONS = {
    "Region of HQ": "q55",
    "Contribute code upstream": "q4_1",
    "Employees": "q2",
    "Industry": "q54",
    "Open source program or initiative": "q6",
    "How often (Q4): Use OSS for noncommercial": "q4_2",
    "How often (Q4): Use OSS in commercial": "q4_3",
    "How often (Q4): Contribute": "q4_1",
    "How often (Q4): Recruit": "q4_4",
    "How often (Q4): Create": "q4_6",
    "How often (Q4): Train": "q4_5",
    "How often (Q4): Attend": "q4_7",
    "How often recruit": "q4_4",
    "How often train": "q4_5",
    "Formal upstream": "q7",
    "InnerSource": "q11",
    "Funding": "q14",
    "Benefits": "q16",
}
OSPO_ROWS = {  # the study file has words of its own
    "q2": ["Under 10", "11-49"],
    "q4": ["Never", "Rarely", "Sometimes", "Frequently", "Don't know"],
    "q6": ["Yes, formally", "Yes, informally", "No, but planning one", "No"],
    "q7": ["Contributions are not permitted", "Contribute if required", "Contribution is openly", "Don't know"],
    "q11": ["Yes, only", "Yes, multiple", "No", "Don't know"],
    "q14": [
        "Very likely to increase",
        "Somewhat likely to increase",
        "Neutral",
        "Somewhat likely to decrease",
        "Very likely to decrease",
        "Don't know",
    ],
    "q16": [
        "Increased developer recruitment",
        "Increased speed",
        "Better license",
        "Lower licensing",
        "Lower support",
        "More influence",
        "Increased contributions",
        "More awareness",
        "Increased market",
        "Increased participation",
        "Faster time",
        "Increased innovation",
        "Culture",
        "Better security",
    ],
    "q55": ["Africa", "Asia-Pacific", "Europe", "United States", "Mexico", "Don't know"],
}
OSPO_OTHERS = {
    "50-999": "from_50",
    "1,000-19,999": "from_1000",
    "20,000 or more": "7",
    "Yes (either)": "either",
    "Information Technology": "14",
    "All other industries": "all_other",
    "Government or Education": "public",
    "Financial Services": "9",
    "Telecommunications / ISP / hosting": "20",
    "": "12",  # "Benefits (Q16): Increased innovation"
}
OSPO_COLUMNS = {
    "organisations under 10 employees": "q2=1",
    "20,000 or more employees": "q2=7",
    "HQ Europe": "q55=3",
}
MENTIONS = "sums over a table, not cells of it"
TEXT_BOX = "of 293, with three who wrote in the text box only; 290 here"
OTHER_BASE = "printed of 1,020, but the share of the 950 who answered Q6"
ONE_POINT = "under one point off on either base"


def ospo_place():
    def locate(cell: Printed) -> Place | str:
        if "mentions" in cell.question:
            return MENTIONS
        name = next(name for start, name in OSPO_QUESTIONS.items() if cell.question.startswith(start))
        starts = enumerate(OSPO_ROWS.get(name[:2] if name.startswith("q4") else name, []), 1)
        coded = [str(code) for code, start in starts if cell.option.startswith(start)]
        row = OSPO_OTHERS.get(cell.option) or coded[0]
        column = OSPO_COLUMNS.get(cell.group, "total")
        return Place(name, row, column, book=1 if cell.base == "950" else 0)

    return locate


def ospo_reason(books, locate):
    def explain(cell: Printed, own: float) -> str:
        place = locate(cell)
        if place.question == "q16":
            row = [row.id for row in books[0].table("q16").rows].index(place.row)
            return (
                TEXT_BOX if agrees(cell.value, books[0].table("q16").cells.n[row, 0] / 293) else "unexplained"
            )
        if agrees(cell.value, number_of(books[1], place)):
            return OTHER_BASE
        return ONE_POINT if abs(own - float(cell.value.rstrip("%")) / 100) < 0.01 else unexplained(cell, own)

    return explain


def test_ospo_shares_of_one_answer_an_organization(tmp_path, told):
    """Whole per cent of 1,020, 950, 628, 477 and 372: the filters of the report, nets, and three columns."""
    study = read_raw("ospo_2022", "ospo_2022_numeric.csv", tmp_path, header_rows=3)
    books = (cx.tabulate(study), cx.tabulate(study, table="asked_of_programs"))
    bases = {name: books[0].table(name).n[0] for name in ("q4_1", "q6", "q7", "q11", "q55")}
    assert bases == {"q4_1": 1020, "q6": 950, "q7": 477, "q11": 372, "q55": 628}
    printed = [replace(cell, value=f"{cell.value}%") for cell in read_printed("ospo_2022")]
    locate = ospo_place()
    tally = compare(books, printed, locate, ospo_reason(books, locate))
    differing = {TEXT_BOX: 5, OTHER_BASE: 4, ONE_POINT: 2}
    assert told("ospo_2022", tally) == Tally(95, 82, {MENTIONS: 2}, differing)


# ------------------------------------------------------------------ the comparison itself


@pytest.mark.parametrize(
    ("printed", "own", "same"),
    [
        ("37%", 0.374999, True),
        ("37%", 0.375, True),  # either way of rounding a half
        ("37%", 0.3751, False),
        ("2.50", 2.495, True),
        ("2.50", 2.51, False),
        ("12", 12.0, True),
        ("12", 13.0, False),
        ("", 0.0, False),
        ("5", float("nan"), False),
    ],
)
def test_a_printed_number_is_a_rounding(printed, own, same):
    assert agrees(printed, own) is same
