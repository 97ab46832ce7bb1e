"""Study files and plans for tests of synthesis: plans are counted from random answers, so they can be met."""

from __future__ import annotations

import numpy as np

from cxsurvey.published.synthesis.counts import AnswerCounts, Factor, JointCounts, Part, Plan
from cxsurvey.study.study_file import parse_study_file

STUDY = """
[study]
id = "made"
title = "Made"
responses = "responses.csv"
respondent_id = "ID"
synthetic = true

[lists.agreement]
responses = { 4 = "Strongly agree", 3 = "Agree", 2 = "Disagree", 1 = "Strongly disagree" }

[lists.rating]
responses = { 4 = "Excellent", 3 = "Good", 2 = "Fair", 1 = "Poor" }

[[question]]
id = "insight"
text = "How good is your insight into customers?"
type = "ordinal"
column = "INSIGHT"
list = "rating"

[[question]]
id = "engagement"
text = "How good is your engagement with customers?"
type = "ordinal"
column = "ENGAGEMENT"
list = "rating"

[[question]]
id = "owner"
text = "Who owns customer experience?"
type = "single"
column = "OWNER"
responses = { one = "One team", several = "Several teams", nobody = "Nobody" }

[[question]]
id = "single_view"
text = "We have a single view of the customer"
type = "ordinal"
column = "VIEW"
list = "agreement"
base = { label = "Those with an owner", all = [{ question = "owner", not = ["nobody"] }] }

[[question]]
id = "culture"
text = "Our culture puts customers first"
type = "ordinal"
column = "CULTURE"
list = "agreement"

[[question]]
id = "metrics"
text = "We measure the right things"
type = "ordinal"
column = "METRICS"
list = "agreement"

[[question]]
id = "barriers"
text = "What stands in the way?"
type = "multi"
cap = 2
responses = [
  { code = "silos", label = "Silos", column = "B1" },
  { code = "vision", label = "Vision", column = "B2" },
  { code = "budget", label = "Budget", column = "B3" },
  { code = "skills", label = "Skills", column = "B4" },
]

[[question]]
id = "tools"
text = "Which tools do you use?"
type = "multi"
column = "TOOLS"
separator = ";"
blank = "none_chosen"
responses = { a = "A", b = "B", c = "C" }

[[question]]
id = "channels"
text = "Which channels?"
type = "multi"
columns = ["CH1", "CH2"]
responses = { shop = "Shop", web = "Web", phone = "Phone" }

[[question]]
id = "recommend"
text = "Would you recommend us?"
type = "number"
column = "NPS"
nps = true

[[question]]
id = "why"
text = "Why?"
type = "text"
column = "WHY"

[segments]
insight = "insight"
engagement = "engagement"
"""
FILE = parse_study_file(STUDY)
RATINGS = (Factor("insight"), Factor("engagement"))
OWNER = Factor("owner")
SILOS = Factor("barriers", "silos")


def random_plan(seed: int, n: int) -> Plan:
    """Count a plan from random answers: two joint tables, parts by owner and rating, a factor of a multi."""
    rng = np.random.default_rng(seed)
    skew = rng.dirichlet(np.ones(4), size=2)
    insight, engagement = (rng.choice(list("4321"), size=n, p=p) for p in skew)
    owner = rng.choice(["one", "several", "nobody"], size=n, p=[0.5, 0.3, 0.2])
    barriers = np.zeros((n, 4), dtype=bool)
    for row in barriers:
        row[rng.choice(4, size=rng.integers(1, 3), replace=False)] = True
    barriers[rng.random(n) < rng.choice([0.0, 0.1])] = False
    silos = np.where(barriers.any(axis=1), np.where(barriers[:, 0], "1", "0"), "")
    tools = rng.random((n, 3)) < rng.random(3)
    channels = np.zeros((n, 3), dtype=bool)
    for row in channels:
        row[rng.choice(3, size=rng.integers(1, 3), replace=False)] = True
    joint = (
        _joint(RATINGS, np.column_stack([insight, engagement])),
        _joint((OWNER, SILOS), np.column_stack([owner, silos])),
    )
    good = np.isin(insight, ["4", "3"])
    by_rating = [(_part(RATINGS[0], "43"), good), (_part(RATINGS[0], "21"), ~good)]
    by_silos = [
        (_part(SILOS, ["1"]), silos == "1"),
        (_part(SILOS, ["0"]), silos == "0"),
        (_part(SILOS, [""]), silos == ""),
    ]
    owned = [(_part(OWNER, [name]), owner == name) for name in ("one", "several")]
    everybody = [(Part(), np.ones(n, dtype=bool))]
    answers = (
        _coded(rng, "single_view", owned, blank=0.0),
        _coded(rng, "culture", by_rating, blank=0.1),
        _coded(rng, "metrics", everybody, blank=0.0),
        _multi("barriers", by_silos, barriers, barriers.any(axis=1)),
        _multi("tools", by_rating, tools, np.ones(n, dtype=bool)),
        _multi("channels", owned, channels, np.ones(n, dtype=bool)),
    )
    return Plan(n, joint, answers)


def _part(factor, values):
    return Part(((factor, frozenset(values)),))


def _joint(factors, table):
    cells, counts = np.unique(table, axis=0, return_counts=True)
    return JointCounts(factors, tuple(tuple(map(str, cell)) for cell in cells), counts.astype(np.int64))


def _coded(rng, question, parts, *, blank):
    rows, answering = [], []
    for _, inside in parts:
        answers = rng.choice(4, size=int(inside.sum()), p=rng.dirichlet(np.ones(4)))
        answers = answers[rng.random(len(answers)) >= blank]
        rows.append(np.bincount(answers, minlength=4))
        answering.append(len(answers))
    return _counts(question, parts, rows, answering)


def _multi(question, parts, chosen, answered):
    rows = [chosen[inside].sum(axis=0) for _, inside in parts]
    return _counts(question, parts, rows, [int(answered[inside].sum()) for _, inside in parts])


def _counts(question, parts, rows, answering):
    return AnswerCounts(
        question,
        tuple(part for part, _ in parts),
        np.array([inside.sum() for _, inside in parts], dtype=np.int64),
        np.array(rows, dtype=np.int64),
        np.array(answering, dtype=np.int64),
    )
