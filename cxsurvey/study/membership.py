"""Who belongs to which member of a declared group."""

from __future__ import annotations

import numpy as np

from cxsurvey.study.answers import BoolArray
from cxsurvey.study.codebook import Group
from cxsurvey.study.conditions import Base, Condition
from cxsurvey.study.study import Study


def memberships(study: Study, group: Group) -> BoolArray:
    """Find each member's respondents, overlaps included.

    Returns
    -------
    ndarray of bool, shape (n, members)
    """
    return np.column_stack([study.mask(_conditions(group, i)) for i in range(len(group.members))])


def _conditions(group: Group, position: int) -> Base:
    member = group.members[position]
    if member.where is not None:
        return member.where
    condition = Condition(question=group.question or "", is_=member.responses)
    return Base(label=member.label, all=(condition,))
