"""A small report, and 400 synthetic respondents who give what it prints, for figures to draw."""

import numpy as np
import pandas as pd

import cxsurvey as cx

SCALE = '{ 4 = "Excellent", 3 = "Good", 2 = "Fair", 1 = "Poor" }'
INVOLVED = """
type = "ordinal"
text = "How involved will leaders be?"
responses = [
  { code = "3", label = "Significantly" },
  { code = "2", label = "Somewhat" },
  { code = "1", label = "Lower point", invented = true },
]
nets = [{ id = "any", label = "Any", responses = ["3", "2"] }]
"""
ITEMS = (
    '{ a = "Adoption", b = "Advocacy", c = "Simpler processes", d = "Journeys", e = "Engagement", f = "Value" }'
)
TOML = f"""
[study]
id = "toy2020"
title = "A toy report"
responses = "responses.csv"
synthetic = true

[[question]]
id = "barriers"
text = "Which are the greatest barriers?"
type = "multi"
cap = 5
unpublished = "One barrier of all respondents is printed."
responses = [
  {{ code = "silos", label = "Silos", column = "SILOS" }},
  {{ code = "vision", label = "Vision", column = "VISION" }},
  {{ code = "owner", label = "Ownership", column = "OWNER" }},
  {{ code = "other1", label = "Other barrier 1", column = "OTHER1", invented = true }},
  {{ code = "other2", label = "Other barrier 2", column = "OTHER2", invented = true }},
]

[[question]]
id = "insight"
text = "Insight"
type = "ordinal"
column = "INSIGHT"
responses = {SCALE}

[[question]]
id = "engagement"
text = "Engagement"
type = "ordinal"
column = "ENGAGEMENT"
responses = {SCALE}

[[question]]
id = "finance"
column = "FINANCE"
label = "Finance"
{INVOLVED}
[[question]]
id = "hr"
column = "HR"
label = "HR"
{INVOLVED}
[[question]]
id = "it"
column = "IT"
label = "IT"
{INVOLVED}
[[question]]
id = "owner"
text = "Who owns it?"
type = "single"
column = "OWNS"
responses = [
  {{ code = "one", label = "One team" }},
  {{ code = "many", label = "Several teams" }},
  {{ code = "none", label = "Other", invented = true }},
]
nets = [{{ id = "single", label = "A single owner", responses = ["one"] }}]

[[question]]
id = "spending"
text = "Three largest investments"
label = "Investment"
type = "multi"
column = "SPENDING"
separator = ";"
responses = {ITEMS}

[[question]]
id = "priority"
text = "Three priorities"
label = "Priority"
type = "multi"
column = "PRIORITY"
separator = ";"
responses = {ITEMS}

[[question]]
id = "lost"
text = "A question of which nothing is named"
type = "single"
column = "OWNS"
responses = [
  {{ code = "one", label = "x", invented = true }},
  {{ code = "many", label = "y", invented = true }},
  {{ code = "none", label = "z", invented = true }},
]

[[group]]
id = "ownership"
label = "Ownership"
question = "owner"
members = [
  {{ id = "central", label = "Centralized", responses = ["one"] }},
  {{ id = "spread", label = "Distributed", responses = ["many"] }},
]

[segments]
rule = "at_best_fair"
insight = "insight"
engagement = "engagement"
"""
CLAIMS = """id,kind,statement,question,response,group,versus_response,value,qualifier,base
silos,share,Silos,barriers,silos,,,53,,400
vision.named,share,Vision is named,barriers,vision,,,,,
leader,share,Leaders,segment,leader,,,17,,
follower,share,Followers,segment,follower,,,52,,
laggard,share,Laggards,segment,laggard,,,31,,
vision.leader,share,Vision,barriers,vision,segment=leader,,15,,
vision.follower,share,Vision,barriers,vision,segment=follower,,16,,
vision.laggard,share,Vision,barriers,vision,segment=laggard,,32,,
owner.leader,share,Ownership,barriers,owner,segment=leader,,18,,
owner.laggard,share,Ownership of laggards,barriers,owner,segment=laggard,,40,nearly,
silos.central,share,Silos,barriers,silos,ownership=central,,60,,172
silos.spread,share,Silos,barriers,silos,owner=many,,47,,204
owner.central,share,Ownership,barriers,owner,ownership=central,,30,,172
finance,share,Finance,finance,3,,,21,,
hr,share,HR,hr,3,,,19,,
hr.any,share,HR at all,hr,any,,,57,,
single,share,One team,owner,single,,,43,,
spending,comparison,Three large and three small,spending,a|b|c,,d|e|f,,,
ceo,statement,Chief executives want growth,drivers,growth,function=ceo,,,,
sales,statement,Sales and marketing want revenue,drivers,revenue,function=marketing|sales,,,,
service,statement,Service wants low cost,drivers,cost,function=service,,,,
"""
SEGMENTS = np.array(["leader"] * 68 + ["follower"] * 208 + ["laggard"] * 124)


def _chosen(counts, groups, rng):
    """Ones for so many members of each group."""
    column = np.zeros(len(groups), dtype=int)
    for name, count in counts.items():
        column[rng.permutation(np.flatnonzero(groups == name))[:count]] = 1
    return column


def responses(seed=1, *, silos=(103, 96, 13), other=0.3):
    """Respondents who give the printed shares; all else depends on ``seed`` and ``other``."""
    rng = np.random.default_rng(seed)
    owns = rng.permutation(np.array(["one"] * 172 + ["many"] * 204 + ["none"] * 24))
    central = _chosen({"one": 52, "many": 30 + seed % 5}, owns, rng)
    owner = _leaders_share(central, owns, rng)
    frame = pd.DataFrame(
        {
            "SILOS": _chosen(dict(zip(("one", "many", "none"), silos, strict=True)), owns, rng),
            "VISION": _chosen({"leader": 10, "follower": 33, "laggard": 40}, SEGMENTS, rng),
            "OWNER": owner,
            "OTHER1": (rng.random(400) < other) * 1,
            "OTHER2": (rng.random(400) < other / 2) * 1,
            "INSIGHT": np.select([SEGMENTS == "leader", SEGMENTS == "follower"], ["4", "3"], "2"),
            "ENGAGEMENT": np.select([SEGMENTS == "leader", SEGMENTS == "follower"], ["3", "3"], "1"),
            "OWNS": owns,
        }
    )
    for name, top, middle in (("FINANCE", 84, 90 + seed), ("HR", 76, 152), ("IT", 120 + seed, 100)):
        frame[name] = rng.permutation(np.repeat(["3", "2", "1"], [top, middle, 400 - top - middle]))
    weights = {"SPENDING": (6, 5, 5, 2, 2, 1), "PRIORITY": (1, 2, 2, 6, 5, 4)}
    for name, weight in weights.items():
        share = np.array(weight) / sum(weight)
        frame[name] = [
            ";".join(sorted(rng.choice(list("abcdef"), 3, replace=False, p=share))) for _ in range(400)
        ]
    return frame


def _leaders_share(column, owns, rng):
    """Swap answers within owners until 12 leaders (18%) have chosen."""
    column = column.copy()
    for _ in range(2000):
        extra = column[SEGMENTS == "leader"].sum() - 12
        if extra == 0:
            return column
        give, take = (SEGMENTS == "leader"), (SEGMENTS != "leader")
        give, take = (give, take) if extra > 0 else (take, give)
        source = rng.choice(np.flatnonzero(give & (column == 1)))
        same = np.flatnonzero(take & (column == 0) & (owns == owns[source]))
        if len(same):
            column[[source, rng.choice(same)]] = 0, 1
    raise AssertionError("no such answers")


def study_in(folder, figures, *, claims=CLAIMS, frame=None, toml=TOML):
    """Write the study with these ``[[figure]]`` tables and read it back."""
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(toml + figures, encoding="utf-8")
    if claims is not None:
        (folder / "claims.csv").write_text(claims, encoding="utf-8")
    (responses() if frame is None else frame).to_csv(folder / "responses.csv", index=False)
    return cx.read_study(folder)


def figure(body, number=1):
    """One ``[[figure]]`` table."""
    return f'[[figure]]\nid = "fig{number:02}"\nheadline = "A finding"\n{body}\n'


def drawn(folder, body, **options):
    """The only card of a figure of the study."""
    (card,) = cx.draw_figures(study_in(folder, figure(body), **options))
    return card
