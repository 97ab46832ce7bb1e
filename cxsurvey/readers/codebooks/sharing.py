"""Answer lists that several questions share, written once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from cxsurvey.readers.codebooks.answer_plans import number_of
from cxsurvey.readers.codebooks.collected import Collected
from cxsurvey.readers.codebooks.wording import LONGEST_ID, slug, unique_id
from cxsurvey.study.codebook import AnswerList, Question

Signature = tuple[object, ...]
MOST_WORDS = 3


def shared_lists(
    questions: Sequence[Question], held: Collected
) -> tuple[dict[str, AnswerList], tuple[Question, ...]]:
    """Write the list of two or more questions once, under a name of its own.

    Parameters
    ----------
    questions : sequence of Question
        With their responses written out.
    held : Collected
        Names the scale of each question.

    Returns
    -------
    lists : dict of str to AnswerList
    questions : tuple of Question
        Those with a shared list name it and hold no responses.
    """
    groups: dict[Signature, list[Question]] = defaultdict(list)
    for question in questions:
        if question.type in {"single", "ordinal"}:
            groups[_signature(question)].append(question)
    names: dict[Signature, str] = {}
    taken: set[str] = set()
    for signature, members in groups.items():
        if len(members) > 1:
            names[signature] = unique_id(_name(members[0], held), taken)
    lists = {
        name: AnswerList(responses=groups[signature][0].responses, missing=groups[signature][0].missing)
        for signature, name in names.items()
    }
    return lists, tuple(_named(question, names) for question in questions)


def _signature(question: Question) -> Signature:
    return (question.type, question.responses, question.missing)


def _named(question: Question, names: dict[Signature, str]) -> Question:
    if question.type not in {"single", "ordinal"} or _signature(question) not in names:
        return question
    return question.model_copy(update={"list": names[_signature(question)], "responses": (), "missing": ()})


def _name(question: Question, held: Collected) -> str:
    scale = held.scales.get(question.id, "")
    if scale:
        return slug(f"{scale} {len(question.responses)}")
    labels = [response.label for response in question.responses]
    if labels and all(number_of(label) is not None for label in labels):
        return slug(f"codes {labels[0]} to {labels[-1]}")
    if len(labels) <= MOST_WORDS and sum(map(len, labels)) < LONGEST_ID / 2:
        return slug(" ".join(labels))
    return slug(f"{question.id[: LONGEST_ID - 8]} answers")
