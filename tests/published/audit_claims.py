"""Claims files and a codebook for the tests of the audit."""

from __future__ import annotations

import csv
import io

from cxsurvey.published.audit.audit import audit
from cxsurvey.published.claims.file import parse_claims
from cxsurvey.study.codebook import StudyFile

CODEBOOK = StudyFile.model_validate(
    {
        "study": {"id": "made_up", "title": "Made up", "responses": "responses.csv"},
        "question": [
            {
                "id": "owner",
                "text": "Who owns it?",
                "type": "single",
                "column": "OWNER",
                "responses": ["one", "several", "nobody"],
                "nets": [{"id": "somebody", "label": "Somebody", "responses": ["one", "several"]}],
            },
            {"id": "tools", "text": "Tools?", "type": "multi", "columns": ["T"], "responses": ["a", "b", "c"]},
            {
                "id": "later",
                "text": "Tools later?",
                "type": "multi",
                "columns": ["L"],
                "responses": ["a", "b", "c"],
            },
        ],
        "group": [
            {
                "id": "side",
                "label": "Side",
                "question": "owner",
                "members": [
                    {"id": "centre", "label": "Centre", "responses": ["one"]},
                    {"id": "spread", "label": "Spread", "responses": ["several"]},
                    {"id": "any", "label": "Any", "responses": ["one", "several"]},
                ],
            }
        ],
    }
)


def claims_of(*rows):
    """Claims from one mapping a row; ids and statements are made where they are left out."""
    filled = [{"id": f"r{number}", "statement": "A claim", **row} for number, row in enumerate(rows)]
    columns = list(dict.fromkeys(column for row in filled for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(filled)
    return parse_claims(text.getvalue())


def share(group, value, base="", question="q", response="yes", **more):
    return {
        "kind": "share",
        "question": question,
        "response": response,
        "group": group,
        "value": value,
        "base": base,
        **more,
    }


def compared(a, b, kind="comparison", question="q", response="yes", **more):
    return {
        "id": "it",
        "kind": kind,
        "question": question,
        "response": response,
        "group": a,
        "versus_group": b,
        **more,
    }


def two(value_a, base_a, value_b, base_b, *, low_a="", high_a="", low_b="", high_b="", **more):
    """The finding of one comparison of two groups."""
    rows = [
        share("g=a", value_a, base_a, base_low=low_a, base_high=high_a),
        share("g=b", value_b, base_b, base_low=low_b, base_high=high_b),
        compared("g=a", "g=b", **more),
    ]
    return audit(claims_of(*rows)).finding("it")


def verdict(*rows, codebook=None, **options):
    """The finding of the claim ``it`` among these rows."""
    return audit(claims_of(*rows), codebook=codebook, **options).finding("it")
