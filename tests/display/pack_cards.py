"""Small cards for the tests of the pack: real headers and notes around a plain bar chart."""

import pandas as pd

from cxsurvey.display.card import Body, FigureText, assemble
from cxsurvey.display.methodology import Disclosure, Methodology
from cxsurvey.display.numbers import percent
from cxsurvey.display.ops import Rect, Text
from cxsurvey.display.pack import PackMeta

ROWS = (("Organizational silos", 53.2), ("Legacy systems", 46.0), ("Lack of budget", 0.3))
SECRET = 71.23
META = PackMeta(
    "The state of CX",
    publisher="Example Analytic Services",
    field_dates="Fielded December 2020",
    base="Base: 1,091 respondents",
    source="Example survey",
    id="demo",
    options={"level": 0.95, "adjust": "holm"},
)
METHODOLOGY = Methodology(
    Disclosure(population="Executives", sample="1,091 respondents"), design="No weights.\n\nNo strata."
)


def card(number=1, headline="Silos are the greatest barrier", *, rows=ROWS, table=None, key="", height=0.0):
    ops = []
    for place, (label, value) in enumerate(rows):
        y = 0.345 * place
        ops += [
            Text(0.32, y + 0.2, label, 10, role="row label"),
            Text(3.4, y + 0.2, percent(value), 10.5, "semibold", align="right", role="value"),
            Rect(3.5, y + 0.07, value * 0.03, 0.2, "#0B4A6F", role="bar"),
        ]
    text = FigureText(
        key or f"fig{number:02d}",
        str(number),
        headline,
        "Share naming each barrier",
        "What are the greatest barriers?",
        "Select up to five",
        notes=(("Base", "all respondents (n=1,091)."), ("Lines", "95% interval.")),
        source="Example survey, 2020",
    )
    if table is None:
        table = pd.DataFrame(rows, columns=["label", "value"]).assign(n=1091, flag="")
    alt = "Bar chart: " + "; ".join(f"{label} {percent(value)}" for label, value in rows)
    body = Body(tuple(ops), height or 0.345 * len(rows))
    return assemble(text, body, form="ranked", table=table, alt_long=alt)


def with_suppressed_row():
    table = pd.DataFrame(
        {
            "label": ["Silos", "Secret"],
            "group": ["Leaders", "Leaders"],
            "value": [53.2, SECRET],
            "lo": [50.0, SECRET - 1],
            "hi": [56.0, SECRET + 1],
            "n": [185, 12],
            "flag": ["", "suppressed"],
        }
    )
    return card(2, "A figure that hides one value", rows=(("Silos", 53.2),), table=table)
