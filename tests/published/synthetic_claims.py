"""A small synthetic study with claims, written to a folder: two ratings, owners, barriers and a filter."""

from __future__ import annotations

from pathlib import Path

from synthetic_studies import STUDY

HEADER = (
    "id,kind,statement,question,response,group,versus_group,versus_response,value,qualifier,base,calibrate,note"
)
ROWS = (
    "n,share,One team owns it,owner,one,,,,50,,120,,",
    "leaders,share,A quarter lead,segment,leader,,,,25,,,,",
    "laggards,share,A third lag,segment,laggard,,,,33,,,,",
    "silos,share,Silos are in the way,barriers,silos,,,,53,,,,",
    "vision.lead,share,Leaders lack vision,barriers,vision,segment=leader,,,13,,,,",
    "vision.lag,share,Laggards lack vision,barriers,vision,segment=laggard,,,40,,,,",
    "vision.more,comparison,Laggards lack it more,barriers,vision,segment=laggard,segment=leader,,,more,,,",
    "culture,share,Leaders agree,culture,4,segment=leader,,,70,,,,",
    "half,threshold,Most use A,tools,a,,,,50,more_than,,,",
    "first,rank,Silos come first,barriers,silos,,,,1,,,,",
    "named,share,Some use B,tools,b,,,,,,,,",
    "sum,share,Printed elsewhere as 54,barriers,silos,,,,54,,,no,Contradicts the first figure",
)


def claims_text(*more: str, without: str = "") -> str:
    kept = [row for row in ROWS if row.split(",")[0] != without]
    return "\n".join([HEADER, *kept, *more]) + "\n"


def study_folder(folder: Path, *more: str, study: str = STUDY, without: str = "") -> Path:
    """Write study.toml and claims.csv; ``more`` are further rows of claims."""
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    (folder / "claims.csv").write_text(claims_text(*more, without=without), encoding="utf-8")
    return folder
