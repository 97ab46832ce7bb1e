"""Small studies, their claims, and a count of every claim that knows nothing of programs."""

import math
import tomllib
from collections import Counter
from fractions import Fraction

from cxsurvey.published.claims.file import parse_claims
from cxsurvey.published.synthesis.inequalities import squared_z
from cxsurvey.published.synthesis.planning import plan
from cxsurvey.study.codebook import StudyFile

HEADER = (
    "id,kind,wording,question,response,group,versus_question,versus_response,versus_group,value,qualifier,"
    "base,base_low,base_high,base_origin,calibrate,note,statement"
)
PLACES = {name: place for place, name in enumerate(HEADER.split(","))}


def study(toml, respondents=None):
    synthesis = f"\n[synthesis]\nrespondents = {respondents}\n" if respondents else ""
    text = f'[study]\nid = "small"\ntitle = "Small"\nresponses = "r.csv"\n{toml}{synthesis}'
    return StudyFile.model_validate(tomllib.loads(text))


def single(name, codes, extra="", kind="single"):
    answers = ", ".join(f'{code} = "{name} {code}"' for code in codes)
    return (
        f'\n[[question]]\nid = "{name}"\ntext = "{name}?"\ntype = "{kind}"\ncolumn = "{name}"\n'
        f"responses = {{ {answers} }}\n{extra}"
    )


def multi(name, codes, extra=""):
    answers = ", ".join(f'{code} = "{name} {code}"' for code in codes)
    return (
        f'\n[[question]]\nid = "{name}"\ntext = "{name}?"\ntype = "multi"\ncolumn = "{name}"\nseparator = ";"\n'
        f"responses = {{ {answers} }}\n{extra}"
    )


def claims_of(file, *rows):
    lines = [HEADER]
    for number, row in enumerate(rows):
        given = {"id": f"c{number}", "kind": "share", "statement": "A claim", **row}
        cells = [str(given.get(column, "")) for column in PLACES]
        lines.append(",".join(cells))
    return parse_claims("\n".join(lines) + "\n", file=file)


def planned(file, *rows):
    return plan(file, claims_of(file, *rows))


def answers(found, name):
    return next(item for item in found.answers if item.question == name)


def joint(found, question):
    """Counts by value of one factor."""
    for table in found.joint:
        for place, factor in enumerate(table.factors):
            if factor.question == question and not factor.response:
                totals = Counter()
                for cell, count in zip(table.cells, table.counts.tolist(), strict=True):
                    totals[cell[place]] += count
                return totals
    raise AssertionError(question)


def prints(count, base, value, decimals=0):
    """Whether a share prints as a value, halves rounded up."""
    scaled = Fraction(count * 100, base) * 10**decimals
    return math.floor(scaled + Fraction(1, 2)) == Fraction(value) * 10**decimals


def significant(x, n, y, m):
    return float(squared_z(x, n, y, m)) >= 3.841458820694124
