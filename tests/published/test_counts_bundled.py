"""The bundled studies: what their plans print, counted from the plans alone."""

from fractions import Fraction

import numpy as np
import pytest
from count_cases import answers, joint, planned, prints, single, study

from cxsurvey.published.claims.file import claims_beside
from cxsurvey.published.synthesis.planning import plan
from cxsurvey.readers.study_folder import study_path
from cxsurvey.study.study_file import load_study_file

RATINGS = single("insight", "4321", kind="ordinal") + single("engagement", "4321", kind="ordinal")
SEGMENTS = '\n[segments]\ninsight = "insight"\nengagement = "engagement"\n'


@pytest.mark.parametrize("name", ["hbr2020", "cmswire2021", "customerthink2021", "cx_spending2021"])
def test_shares_of_all_respondents(name):
    path = study_path(name)
    file = load_study_file(path)
    claims = claims_beside(path, file)
    found = plan(file, claims)
    factors = {factor.question for table in found.joint for factor in table.factors if not factor.response}
    for table in found.joint:
        assert int(table.counts.sum()) == found.n
    for statistic, claim in claims.shares.items():
        question = next((item for item in file.question if item.id == statistic.question), None)
        if question is None or not claim.calibrate or not statistic.group.is_all:
            continue
        net = question.net(statistic.response)
        codes = net.responses if net is not None else (statistic.response,)
        if question.id in factors:
            totals = joint(found, question.id)
            count, base = sum(totals[code] for code in codes), sum(totals[code] for code in question.codes)
        else:
            item = answers(found, question.id)
            count = int(item.counts[:, [question.codes.index(code) for code in codes]].sum())
            base = int(item.answering.sum())
        assert prints(count, base, Fraction(claim.value), claim.decimals), claim.id


def test_a_problem_of_the_size_of_a_report():
    industries = [f"i{k}" for k in range(14)]
    names = [f"q{k}" for k in range(15)]
    file = study(
        RATINGS + single("industry", industries) + "".join(single(name, "uvwxyz") for name in names) + SEGMENTS,
        1091,
    )
    rows = [
        {"question": "segment", "response": name, "value": value}
        for name, value in (("leader", 17), ("follower", 52), ("laggard", 31))
    ]
    rows += [{"question": "industry", "response": f"i{k}", "value": 8} for k in range(6)]
    rows += [
        {"question": "segment", "response": "leader", "group": f"industry=i{k}", "value": 25} for k in range(2)
    ]
    rows += [
        {"question": name, "response": code, "group": f"segment={member}", "value": 10 + 3 * place + k}
        for k, name in enumerate(names)
        for code in "uv"
        for place, member in enumerate(("leader", "follower", "laggard"))
    ]
    found = planned(file, *rows)
    assert len(found.joint[0].cells) == 16 * 14
    assert np.all(found.joint[0].counts >= 0)
    assert all(int(item.sizes.sum()) == 1091 for item in found.answers)
