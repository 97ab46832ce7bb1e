"""Write the example exports: one small survey of made-up people, as several platforms would export it.

``python docs/examples/make.py`` writes them; the answers are drawn from a fixed seed, so the text files do not
change.
"""
# ruff: noqa: INP001 - a script beside the files, not a package

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEOPLE = 60
OWNER = "Who owns customer experience in your organization?"
OWNERS = ("One central team", "Several teams", "Nobody in particular")
CHANNELS = "Through which channels do you serve customers?"
OPTIONS = ("Web site", "Phone", "Chat, e-mail", "Store")
RATED = "How would you rate your organization?"
ITEMS = ("Customer insight", "Customer engagement", "Speed of response")
LEVELS = ("Poor", "Fair", "Good", "Excellent")
RECOMMEND = "How likely are you to recommend us to a colleague?"
SIZE = "How many people work in your organization?"
SIZES = ("Under 100", "100 to 999", "1,000 or more")
COMMENT = "Is there anything else you would like to tell us?"


@dataclass(frozen=True)
class Person:
    """One respondent."""

    number: int
    start: datetime
    seconds: int
    owner: str
    channels: tuple[str, ...]
    ratings: tuple[str, ...]
    recommend: int
    size: str
    comment: str

    @property
    def end(self) -> datetime:
        """When the last answer was given."""
        return self.start + timedelta(seconds=self.seconds)

    @property
    def email(self) -> str:
        """An address that nobody has."""
        return f"person{self.number}@example.com"

    @property
    def address(self) -> str:
        """An IP address of the block that is kept for documentation; a few people share one."""
        return f"192.0.2.{self.number if self.number > 3 else 1}"  # noqa: PLR2004 - the first three


def people() -> list[Person]:
    """Draw the respondents."""
    draw = random.Random(20240501)  # noqa: S311 - examples, not secrets
    begin = datetime(2024, 5, 6, 9, 0, 0)  # noqa: DTZ001 - platforms write local time
    return [_person(i, begin + timedelta(minutes=37 * i), draw) for i in range(1, PEOPLE + 1)]


def _person(number: int, start: datetime, draw: random.Random) -> Person:
    owner = draw.choices(OWNERS, (5, 4, 2))[0]
    mood = {"One central team": 2.2, "Several teams": 1.6}.get(owner, 1.0)
    ratings = tuple(LEVELS[min(3, max(0, round(draw.gauss(mood, 0.8))))] for _ in ITEMS)
    channels = tuple(option for option in OPTIONS if draw.random() < 0.55) or (OPTIONS[0],)  # noqa: PLR2004 - about half
    comment = "" if draw.random() < 0.5 else f"Comment number {number}, in my own words."  # noqa: PLR2004 - half
    return Person(
        number=number,
        start=start,
        seconds=draw.choice((35, *range(160, 700))) if number % 15 else 35,
        owner=owner,
        channels=channels,
        ratings=ratings,
        recommend=min(10, max(0, round(draw.gauss(4 + 2 * mood, 2)))) if number % 13 else 0,
        size=draw.choice(SIZES),
        comment=comment,
    )


def rows_text(rows: list[list[str]], *, separator: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    """Write rows as delimited text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, quoting=quoting, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def qualtrics(everybody: list[Person]) -> str:
    """Three header rows, choice text, sets split into columns, one preview."""
    system = [
        ("StartDate", "Start Date", "startDate"),
        ("EndDate", "End Date", "endDate"),
        ("Status", "Response Type", "status"),
        ("IPAddress", "IP Address", "ipAddress"),
        ("Progress", "Progress", "progress"),
        ("Duration (in seconds)", "Duration (in seconds)", "duration"),
        ("Finished", "Finished", "finished"),
        ("RecordedDate", "Recorded Date", "recordedDate"),
        ("ResponseId", "Response ID", "_recordId"),
        ("RecipientEmail", "Recipient Email", "recipientEmail"),
        ("DistributionChannel", "Distribution Channel", "distributionChannel"),
        ("UserLanguage", "User Language", "userLanguage"),
    ]
    asked = [("Q1", OWNER, "QID1")]
    asked += [(f"Q2_{i}", f"{CHANNELS} - Selected Choice - {o}", f"QID2_{i}") for i, o in enumerate(OPTIONS, 1)]
    asked += [(f"Q3_{i}", f"{RATED} - {item}", f"QID3_{i}") for i, item in enumerate(ITEMS, 1)]
    asked += [("Q4", RECOMMEND, "QID4"), ("Q5", SIZE, "QID5"), ("Q6", COMMENT, "QID6_TEXT")]
    names, texts, ids = zip(*(*system, *asked), strict=True)
    rows = [list(names), list(texts), [json.dumps({"ImportId": one}) for one in ids]]
    for person in everybody:
        preview = person.number == PEOPLE
        times = [f"{person.start:%Y-%m-%d %H:%M:%S}", f"{person.end:%Y-%m-%d %H:%M:%S}"]
        rows.append(
            [
                *times,
                "Survey Preview" if preview else "IP Address",
                person.address,
                "100",
                str(person.seconds),
                "True",
                times[1],
                f"R_{person.number:05d}",
                person.email,
                "preview" if preview else "email",
                "EN",
                person.owner,
                *(option if option in person.channels else "" for option in OPTIONS),
                *person.ratings,
                str(person.recommend),
                person.size,
                person.comment,
            ]
        )
    return rows_text(rows)


def surveymonkey(everybody: list[Person]) -> str:
    """Two header rows, expanded: a column an option, its label in the cell."""
    system = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address"]
    first = [*system, OWNER, CHANNELS, *[""] * (len(OPTIONS) - 1), RATED, *[""] * (len(ITEMS) - 1)]
    first += [RECOMMEND, SIZE, COMMENT]
    second = [*[""] * len(system), "Response", *OPTIONS, *ITEMS, "Response", "Response", "Open-Ended Response"]
    rows = [first, second]
    rows += [
        [
            str(11_800_000_000 + person.number),
            "430000001",
            f"{person.start:%m/%d/%Y %I:%M:%S %p}",
            f"{person.end:%m/%d/%Y %I:%M:%S %p}",
            person.address,
            person.email,
            person.owner,
            *(option if option in person.channels else "" for option in OPTIONS),
            *person.ratings,
            str(person.recommend),
            person.size,
            person.comment,
        ]
        for person in everybody
    ]
    return rows_text(rows)


def limesurvey(everybody: list[Person]) -> str:
    """Question code and text as headings, full answers, semicolons, a byte order mark."""
    head = ["id. Response ID", "submitdate. Date submitted", "lastpage. Last page"]
    head += ["startlanguage. Start language", "startdate. Date started", "datestamp. Date last action"]
    head += ["ipaddr. IP address", f"owner. {OWNER}"]
    head += [f"channels[SQ{i:03d}]. {CHANNELS} [{option}]" for i, option in enumerate(OPTIONS, 1)]
    head += [f"rated[SQ{i:03d}]. {RATED} [{item}]" for i, item in enumerate(ITEMS, 1)]
    head += [f"recommend. {RECOMMEND}", f"size. {SIZE}", f"comment. {COMMENT}", "interviewtime. Total time"]
    rows = [head]
    for person in everybody:
        end = f"{person.end:%Y-%m-%d %H:%M:%S}"
        start = f"{person.start:%Y-%m-%d %H:%M:%S}"
        rows.append(
            [
                *(str(person.number), end, "3", "en", start, end, person.address, person.owner),
                *("Yes" if option in person.channels else "No" for option in OPTIONS),
                *person.ratings,
                *(str(person.recommend), person.size, person.comment, f"{person.seconds}.25"),
            ]
        )
    return "\ufeff" + rows_text(rows, separator=";", quoting=csv.QUOTE_ALL)


def google_forms(everybody: list[Person]) -> str:
    """A timestamp first, choices joined by commas, some of which belong to an option."""
    rows = [["Timestamp", "Email Address", OWNER, CHANNELS, *(f"{RATED} [{i}]" for i in ITEMS)]]
    rows[0] += [RECOMMEND, SIZE, COMMENT]
    rows += [
        [
            f"{person.end.month}/{person.end.day}/{person.end:%Y %H:%M:%S}",
            person.email,
            person.owner,
            ", ".join(person.channels),
            *person.ratings,
            str(person.recommend),
            person.size,
            person.comment,
        ]
        for person in everybody
    ]
    return rows_text(rows)


def typeform(everybody: list[Person]) -> str:
    """A token first, a column an option under its own label, moments last."""
    rows = [["#", OWNER, *OPTIONS, *ITEMS, RECOMMEND, SIZE, COMMENT]]
    rows[0] += ["Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
    rows += [
        [
            f"tok{person.number:04d}",
            person.owner,
            *(option if option in person.channels else "" for option in OPTIONS),
            *person.ratings,
            str(person.recommend),
            person.size,
            person.comment,
            f"{person.start:%Y-%m-%d %H:%M:%S}",
            f"{person.end:%Y-%m-%d %H:%M:%S}",
            f"{person.number:010x}",
        ]
        for person in everybody
    ]
    return rows_text(rows)


def alchemer(everybody: list[Person]) -> str:
    """A column an option, named "option:question"; a status for everybody."""
    system = ["Response ID", "Time Started", "Date Submitted", "Status", "Language", "Referer", "SessionID"]
    system += ["User Agent", "IP Address", "Longitude", "Latitude", "Country", "City", "State/Region", "Postal"]
    head = [*system, OWNER, *(f"{option}:{CHANNELS}" for option in OPTIONS)]
    head += [*(f"{item}:{RATED}" for item in ITEMS), RECOMMEND, SIZE, COMMENT]
    rows = [head]
    for person in everybody:
        gone = person.number % 20 == 0
        rows.append(
            [
                str(person.number),
                f"{person.start:%Y-%m-%d %H:%M:%S}",
                f"{person.end:%Y-%m-%d %H:%M:%S}",
                "Partial" if gone else "Complete",
                *("English", "", f"s{person.number:06d}", "", person.address),
                *("", "", "", "", "", ""),
                person.owner,
                *(option if option in person.channels else "" for option in OPTIONS),
                *("" if gone else rating for rating in person.ratings),
                *(["", "", ""] if gone else [str(person.recommend), person.size, person.comment]),
            ]
        )
    return rows_text(rows, quoting=csv.QUOTE_ALL)


def kobo(everybody: list[Person]) -> str:
    """Form names as headings, a set both joined and as ones and zeros, semicolons."""
    codes = ("web", "phone", "chat", "store")
    items = ("insight", "engagement", "speed")
    head = ["start", "end", "owner", "channels", *(f"channels/{code}" for code in codes)]
    head += [*(f"rated/{item}" for item in items), "recommend", "size", "comment"]
    head += ["_id", "_uuid", "_submission_time", "_validation_status", "_index"]
    rows = [head]
    for person in everybody:
        chosen = [code for code, option in zip(codes, OPTIONS, strict=True) if option in person.channels]
        rows.append(
            [
                f"{person.start:%Y-%m-%dT%H:%M:%S}.000+02:00",
                f"{person.end:%Y-%m-%dT%H:%M:%S}.000+02:00",
                person.owner,
                " ".join(chosen),
                *("1" if code in chosen else "0" for code in codes),
                *person.ratings,
                *(str(person.recommend), person.size, person.comment),
                *(str(9000 + person.number), f"uuid-{person.number:04d}", f"{person.end:%Y-%m-%dT%H:%M:%S}"),
                *("", str(person.number)),
            ]
        )
    return rows_text(rows, separator=";", quoting=csv.QUOTE_ALL)


def plain(everybody: list[Person]) -> str:
    """One header row of names, as anybody would write them."""
    rows = [["id", "owner", *(f"channel_{i}" for i in range(1, 5)), "insight", "engagement", "speed"]]
    rows[0] += ["recommend", "size", "weight"]
    rows += [
        [
            str(person.number),
            person.owner,
            *("1" if option in person.channels else "0" for option in OPTIONS),
            *person.ratings,
            str(person.recommend),
            person.size,
            f"{0.7 + 0.2 * SIZES.index(person.size) + 0.1 * (person.number % 3):.2f}",
        ]
        for person in everybody
    ]
    return rows_text(rows)


def microsoft_forms(everybody: list[Person], path: Path) -> None:
    """A workbook; choices joined by semicolons, with one at the end."""
    import xlsxwriter  # noqa: PLC0415 - only the workbook needs it

    head = ["ID", "Start time", "Completion time", "Email", "Name", OWNER, CHANNELS, *ITEMS]
    head += [RECOMMEND, SIZE, COMMENT]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": datetime(2024, 5, 8)})  # noqa: DTZ001 - a fixed date
        sheet = book.add_worksheet("Form1")
        sheet.write_row(0, 0, head)
        day = book.add_format({"num_format": "m/d/yy h:mm:ss"})
        for i, person in enumerate(everybody, 1):
            sheet.write_number(i, 0, person.number)
            sheet.write_datetime(i, 1, person.start, day)
            sheet.write_datetime(i, 2, person.end, day)
            joined = "".join(f"{option};" for option in person.channels)
            sheet.write_row(i, 3, ["anonymous", "", person.owner, joined, *person.ratings])
            sheet.write_row(i, 10, [person.recommend, person.size, person.comment])


def spss(everybody: list[Person], path: Path) -> None:
    """Codes with labels, a code for no answer, a set of ones and zeros."""
    import pandas as pd  # noqa: PLC0415 - as above
    import pyreadstat  # noqa: PLC0415 - as above

    columns: dict[str, list[float]] = {
        "id": [person.number for person in everybody],
        "owner": [OWNERS.index(person.owner) + 1 for person in everybody],
    }
    labels = {"id": "Serial number", "owner": OWNER}
    values: dict[str, dict[float, str]] = {"owner": dict(enumerate(OWNERS, 1))}
    for i, option in enumerate(OPTIONS, 1):
        columns[f"channel_{i}"] = [float(option in person.channels) for person in everybody]
        labels[f"channel_{i}"] = f"{CHANNELS}: {option}"
        values[f"channel_{i}"] = {0: "Not selected", 1: "Selected"}
    for i, item in enumerate(ITEMS):
        name = item.split()[-1].casefold()
        columns[name] = [
            LEVELS.index(person.ratings[i]) + 1 if person.number % 17 else 9 for person in everybody
        ]
        labels[name] = f"{RATED} {item}"
        values[name] = {**dict(enumerate(LEVELS, 1)), 9: "Don't know"}
    missing = {item.split()[-1].casefold(): [9] for item in ITEMS}
    pyreadstat.write_sav(
        pd.DataFrame(columns),
        path,
        column_labels=labels,
        variable_value_labels=values,
        missing_ranges=missing,
    )


def main() -> None:
    """Write every example."""
    everybody = people()
    for make in (qualtrics, surveymonkey, limesurvey, google_forms, typeform, alchemer, kobo, plain):
        (HERE / f"{make.__name__}.csv").write_text(make(everybody), encoding="utf-8", newline="\n")
    microsoft_forms(everybody, HERE / "microsoft_forms.xlsx")
    spss(everybody, HERE / "spss.sav")


if __name__ == "__main__":
    main()
