"""Multi questions: one column an option, what its marks and blanks mean, and options joined in one cell."""

from codebook_exports import column, drafted, question_of, study_of

from cxsurvey.readers.codebooks.joined import parts_of


def options(block, *labels, **keys):
    return [
        column(
            f"{block}_{i}", "Which of these?", item=label, block=block, role="option", shape="option", **keys
        )
        for i, label in enumerate(labels, 1)
    ]


def only(draft):
    (question,) = draft.file.question
    return question


def answers_of(draft):
    answers = study_of(draft).answers(only(draft).id)
    assert answers.unknown == ()
    return answers


def evidence(draft, what="blank"):
    return next(guess for guess in draft.guesses if guess.what.startswith(what))


def test_options_by_their_label_or_blank():
    cells = {"Q1_1": ["Phone", "", "Phone", ""], "Q1_2": ["Mail", "Mail", "", ""]}
    draft = drafted(cells, *options("Q1", "Phone", "Mail"))
    question, answers = only(draft), answers_of(draft)
    assert (question.id, question.type, question.blank) == ("q1", "multi", "skipped")
    assert answers.chosen.sum(axis=0).tolist() == [2, 2]
    assert answers.answered.tolist() == [True, True, True, False]
    assert evidence(draft).sure == "guess"
    assert [fate.fate for fate in draft.fates] == ["part", "part"]


def test_an_option_of_none_makes_a_blank_row_a_skip():
    cells = {"Q1_1": ["Phone", ""], "Q1_2": ["", "None of the above"]}
    draft = drafted(cells, *options("Q1", "Phone", "None of the above"))
    assert (evidence(draft).sure, only(draft).blank) == ("likely", "skipped")


def test_no_and_blank_are_two_things():
    cells = {"Q1_1": ["1", "0", "", "0"], "Q1_2": ["0", "0", "", "1"]}
    draft = drafted(cells, *options("Q1", "Phone", "Mail"))
    assert answers_of(draft).answered.tolist() == [True, True, False, True]
    assert evidence(draft).sure == "certain"


def test_not_selected_beside_na_tells_who_skipped():
    cells = {"Q1_1": ["Phone", "Not selected", "NA"], "Q1_2": ["Not selected", "Not selected", "NA"]}
    draft = drafted(cells, *options("Q1", "Phone", "Mail"))
    assert answers_of(draft).answered.tolist() == [True, True, False]
    assert [item.code for item in only(draft).missing] == ["NA"]


def test_marks_beside_na_mean_that_a_blank_row_chose_none():
    cells = {"Q1_1": ["Phone", "", "NA"], "Q1_2": ["Mail", "", "NA"]}
    draft = drafted(cells, *options("Q1", "Phone", "Mail"))
    assert only(draft).blank == "none_chosen"
    assert answers_of(draft).answered.tolist() == [True, True, False]


def test_codes_one_and_two_for_yes_and_no():
    labels = (("1", "Yes"), ("2", "No"))
    cells = {"Q1_1": ["1", "2", "2"], "Q1_2": ["2", "1", "2"]}
    draft = drafted(cells, *options("Q1", "Phone", "Mail", labels=labels, chosen="1"))
    answers = answers_of(draft)
    assert answers.chosen.tolist() == [[True, False], [False, True], [False, False]]
    assert answers.answered.all()


def test_each_option_has_its_own_number():
    cells = {"Q1_1": ["1", "", "1"], "Q1_2": ["", "2", "2"], "Q1_3": ["", "", "5"]}
    draft = drafted(cells, *options("Q1", "Phone", "Mail", "Chat"))
    assert only(draft).codes == ("1", "2", "5")
    assert answers_of(draft).chosen.sum(axis=1).tolist() == [1, 1, 3]


def test_zero_may_be_the_number_of_an_option():
    cells = {"Q1_1": ["0", "", "0"], "Q1_2": ["", "1", "1"]}
    parts = [
        column("Q1_1", "Which?", item="Don't know", block="Q1", role="option", shape="option", chosen="0"),
        column("Q1_2", "Which?", item="Mail", block="Q1", role="option", shape="option", chosen="1"),
    ]
    assert answers_of(drafted(cells, *parts)).chosen.tolist() == [[True, False], [False, True], [True, True]]


def test_equal_labels_are_numbered_and_both_counted():
    cells = {"Q1_1": ["Strimzi", ""], "Q1_2": ["Strimzi", "Strimzi"]}
    draft = drafted(cells, *options("Q1", "Strimzi", "Strimzi"))
    assert [item.label for item in only(draft).responses] == ["Strimzi", "Strimzi (2)"]
    assert answers_of(draft).chosen.sum(axis=0).tolist() == [1, 2]


def test_other_cells_than_the_label_are_counted_and_named():
    cells = {"Q1_1": ["Phone", "Fone"], "Q1_2": ["Mail", ""]}
    draft = drafted(cells, *options("Q1", "Phone", "Mail"))
    assert [(item.cell, item.count, item.column) for item in draft.unmapped] == [("Fone", 1, "Q1_1")]
    assert answers_of(draft).chosen.sum(axis=0).tolist() == [2, 1]


def test_what_was_written_in_becomes_other_and_its_text_stays_out():
    text = column("Q1_3", "Which?", item="Other (please specify)", block="Q1", role="other_text", shape="text")
    cells = {"Q1_1": ["Phone", "", ""], "Q1_2": ["", "", "Mail"], "Q1_3": ["", "by pigeon", "N/A"]}
    draft = drafted(cells, *options("Q1", "Phone", "Mail"), text)
    assert [item.label for item in only(draft).responses] == ["Phone", "Mail", "Other (please specify)"]
    assert answers_of(draft).chosen.tolist() == [
        [True, False, False],
        [False, False, True],
        [False, True, False] if draft.frame["Q1_3_given"][2] == "" else [False, True, True],
    ]
    assert "pigeon" not in draft.frame.to_csv()
    assert draft.fates[2].detail == "free text"


def test_an_option_that_says_other_is_not_made_twice():
    text = column("Q1_3", "Which?", item="Other text", block="Q1", role="other_text", shape="text")
    cells = {"Q1_1": ["Phone"], "Q1_2": ["Other"], "Q1_3": ["by pigeon"]}
    draft = drafted(cells, *options("Q1", "Phone", "Other"), text)
    assert len(only(draft).responses) == 2


def test_an_option_nobody_chose_is_kept():
    cells = {"Q1_1": ["Phone", "Phone"], "Q1_2": ["", ""]}
    assert len(only(drafted(cells, *options("Q1", "Phone", "Mail"))).responses) == 2


def test_a_column_says_who_gave_any_answer():
    parts = [
        column(f"REACTION.{x}", block="REACTION", shape="option", item=x, chosen="1") for x in ("STOP", "TELL")
    ]
    cells = {
        "REACTION.STOP": ["1", "0", "0"],
        "REACTION.TELL": ["0", "0", "0"],
        "REACTION.ANY.RESPONSE": ["1", "1", "0"],
    }
    draft = drafted(cells, *parts)
    question = question_of(draft, "reaction")
    assert question.base is not None
    assert question.blank == "none_chosen"
    assert study_of(draft).answers("reaction").missing_counts() == {"not_shown": 1}


def test_joined_options_become_columns():
    cells = {"Q1": ["Phone;Mail;", "Mail;", "", "Phone; Chat"]}
    draft = drafted(cells, column("Q1", "Which?", shape="joined", separator=";"))
    answers = answers_of(draft)
    found = [item.label for item in only(draft).responses]
    assert sorted(found) == ["Chat", "Mail", "Phone"]
    assert answers.chosen.sum() == 5
    assert answers.answered.tolist() == [True, True, False, True]
    assert list(draft.frame) == [item.column for item in only(draft).responses]


def test_the_separator_may_stand_inside_an_option():
    plain = "Phone, Mail (post, courier)"
    cells = {"Q1": [plain, "Mail (post, courier)", "Yes, by all means, Phone", "Yes, by all means, Phone"]}
    draft = drafted(cells, column("Q1", "Which?", shape="joined", separator=", "))
    found = {item.label for item in only(draft).responses}
    assert found == {"Phone", "Mail (post, courier)", "Yes, by all means"}
    assert answers_of(draft).chosen.sum() == 7


def test_labels_of_the_platform_name_the_options():
    cells = {"Q1": ["1;3;", "3;", "1;9;", "NULL"]}
    labels = (("1", "Phone"), ("2", "Mail"), ("3", "Chat"))
    draft = drafted(cells, column("Q1", "Which?", shape="joined", separator=";", labels=labels))
    question, answers = only(draft), answers_of(draft)
    assert [item.label for item in question.responses] == ["Phone", "Mail", "Chat", "Other (written in)"]
    assert question.codes == ("1", "2", "3", "4")
    assert answers.chosen.sum(axis=0).tolist() == [2, 0, 2, 1]
    assert [(item.cell, item.count) for item in draft.unmapped] == [("9", 1)]
    assert answers.missing_counts() == {"skipped": 1}


def test_rare_parts_are_written_in_and_listed():
    cells = {"Q1": ["Phone;Mail"] * 20 + ["Mail;Chat"] * 20 + ["Mail;my own way"]}
    draft = drafted(cells, column("Q1", "Which?", shape="joined", separator=";"))
    assert [item.cell for item in draft.unmapped] == ["my own way"]
    assert answers_of(draft).chosen.sum() == 82


def test_parts_of_cells():
    assert parts_of("a;b;", ";") == ["a", "b"]
    assert parts_of("a (b; c); d", ";") == ["a (b; c)", "d"]
    assert parts_of("a (b; c", ";") == ["a (b; c"]
    assert parts_of("", ";") == []
