"""The exceptions of cxsurvey and their wording.

::

    CxSurveyError                exit code 2 unless noted
    ├── StudyError               the study file or its folder cannot be used
    ├── ClaimsError              the claims of a report cannot be used
    ├── ResponsesError           the responses file cannot be read
    ├── ExportError              a platform's export cannot be made into a study
    ├── RequestError             an argument asks for what is not there
    ├── DataFault        (1)     the data do not allow what was asked
    └── OutputError              a file cannot be written

Each error carries a stable ``code`` and up to five parts: what is wrong, where, what was expected, what was
found, and what to do next. Named constructors keep the wording here, so that the rest of the code says
``raise StudyError.unknown_question(...)`` and a message is changed in one place.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

SHOWN_VALUES = 6
SHOWN_PROBLEMS = 12
SHOWN_CHARACTERS = 60


class CxSurveyError(Exception):
    """Base of every error that cxsurvey raises on purpose.

    Attributes
    ----------
    code : str
        Stable identifier, such as ``"study-not-found"``.
    what, where, expected, got, hint : str
        The parts of the message; empty when they do not apply.
    exit_code : int
        What the command line returns: 1 when the data are at fault, 2 otherwise.
    """

    exit_code: ClassVar[int] = 2

    def __init__(
        self, code: str, what: str, *, where: str = "", expected: str = "", got: str = "", hint: str = ""
    ) -> None:
        self.code = code
        self.what = what
        self.where = where
        self.expected = expected
        self.got = got
        self.hint = hint
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The whole error as one paragraph."""
        parts = [f"{self.what} [{self.code}]"]
        labelled = (
            ("Where", self.where),
            ("Expected", self.expected),
            ("Got", self.got),
            ("Next", self.hint),
        )
        parts += [f"{label}: {text}".replace(": \n", ":\n", 1) for label, text in labelled if text]
        return "\n".join(parts)

    def located(self, place: str) -> Self:
        """Make the same error with a wider place named before its own.

        >>> RequestError.bad_option("level", 2, "a fraction").located("study.toml").where
        'study.toml'
        """
        where = f"{place}, {self.where}" if self.where else place
        return type(self)(
            self.code, self.what, where=where, expected=self.expected, got=self.got, hint=self.hint
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.code, self.what, self.where, self.expected, self.got, self.hint))


def _rebuild(
    kind: type[CxSurveyError], code: str, what: str, where: str, expected: str, got: str, hint: str
) -> CxSurveyError:
    return kind(code, what, where=where, expected=expected, got=got, hint=hint)


def listed(values: Iterable[object], *, most: int = SHOWN_VALUES) -> str:
    """Join values for a message and cut a long list with a count of the rest.

    >>> listed("abc", most=2)
    'a, b and 1 more'
    """
    shown = [str(value) for value in values]
    if len(shown) <= most:
        return ", ".join(shown)
    return f"{', '.join(shown[:most])} and {len(shown) - most} more"


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Suggest the nearest known name, or list what is known.

    >>> did_you_mean("wieght", ["weight", "stratum"])
    "Did you mean 'weight'?"
    >>> did_you_mean("Weight", ["WEIGHT", "STRATUM"])
    "Did you mean 'WEIGHT'?"
    >>> did_you_mean("q3", ["q1", "q3_r1", "q3_r2"])
    'Known by names that begin with it: q3_r1, q3_r2.'
    """
    rows = [item for item in known if item.casefold().startswith(f"{name.casefold()}_")]
    if name and len(rows) > 1:
        return f"Known by names that begin with it: {listed(rows)}."
    folded = {item.casefold(): item for item in reversed(known) if item != name}
    near = difflib.get_close_matches(name.casefold(), list(folded), n=1)
    if near:
        return f"Did you mean '{folded[near[0]]}'?"
    return f"Known: {listed(known)}." if known else ""


class StudyError(CxSurveyError):
    """The study file or its folder cannot be used."""

    @classmethod
    def not_found(cls, name: str, bundled: Sequence[str]) -> StudyError:
        """No bundled study, folder or file has this name."""
        return cls(
            "study-not-found",
            f"There is no study '{name}'.",
            expected="a bundled study's name, a study folder, or a study.toml file",
            hint=f"{did_you_mean(name, bundled)} Run 'cxsurvey demo' to list the bundled studies.",
        )

    @classmethod
    def responses_given(cls, path: str) -> StudyError:
        """A responses file was named where a study is wanted."""
        return cls(
            "responses-given",
            "This is a file of responses, not a study.",
            where=path,
            expected="a bundled study's name, a study folder, or a study.toml file",
            hint="Name the study folder or its study.toml.",
        )

    @classmethod
    def no_study_file(cls, folder: str) -> StudyError:
        """The folder holds no study.toml."""
        return cls(
            "study-file-missing",
            "The folder holds no study.toml.",
            where=folder,
            expected="a study folder: study.toml beside a responses file",
            hint="Name the folder that holds study.toml, or write one (docs/reference/study-file.md).",
        )

    @classmethod
    def unreadable(cls, file: str, reason: str) -> StudyError:
        """The operating system does not let us read the study file."""
        return cls(
            "study-file-unreadable",
            "The study file cannot be read.",
            where=file,
            got=reason,
            hint="Check the permissions of the file and of its folder.",
        )

    @classmethod
    def not_utf8(cls, file: str, row: int) -> StudyError:
        """TOML must be UTF-8."""
        return cls(
            "study-file-encoding",
            "The study file is not UTF-8 text.",
            where=f"{file}, line {row}",
            expected="UTF-8, which TOML requires",
            hint="Save the file again with the encoding UTF-8.",
        )

    @classmethod
    def not_toml(cls, file: str, reason: str) -> StudyError:
        """The file is not valid TOML."""
        mend = "Mend the line that is named; texts stand in double quotes and lists in square brackets."
        return cls(
            "study-file-syntax",
            "The study file is not valid TOML.",
            where=file,
            got=reason,
            hint=mend if file.endswith(".toml") else "Name the study folder or its study.toml.",
        )

    @classmethod
    def invalid(cls, file: str, problems: Sequence[str]) -> StudyError:
        """Declarations are wrong; all of them are told at once."""
        count = f"{len(problems)} problem" + ("s" if len(problems) != 1 else "")
        shown = "\n".join(f"  - {problem.rstrip()}" for problem in problems[:SHOWN_PROBLEMS])
        rest = len(problems) - SHOWN_PROBLEMS
        return cls(
            "study-file-invalid",
            f"The study file has {count}.",
            where=file,
            got="\n" + shown + (f"\n  - and {rest} more" if rest > 0 else ""),
            hint="Mend them and run 'cxsurvey check' again.",
        )

    @classmethod
    def outside_folder(cls, file: str, path: str) -> StudyError:
        """A study reads nothing outside its folder."""
        return cls(
            "path-outside-study",
            "The responses file lies outside the study folder.",
            where=f"{file}, [study] responses",
            expected="a file inside the study folder, named without '..' or a leading '/'",
            got=f"'{path}'",
            hint="Copy the responses into the study folder and name them there.",
        )

    @classmethod
    def impossible_path(cls, file: str, path: str, reason: str) -> StudyError:
        """The operating system cannot look the responses file up."""
        shown = path if len(path) <= SHOWN_CHARACTERS else f"{path[:SHOWN_CHARACTERS]}..."
        return cls(
            "path-impossible",
            "The responses file cannot be looked up.",
            where=f"{file}, [study] responses",
            expected="the name of a file inside the study folder",
            got=f"{shown!r}: {reason}",
            hint="Correct the name, or copy the responses into the study folder under a plain name.",
        )

    @classmethod
    def missing_columns(
        cls, file: str, absent: Sequence[tuple[str, str]], columns: Sequence[str]
    ) -> StudyError:
        """The study file names columns that the responses file does not have."""
        shown = "\n".join(
            f"  - {place}: no column '{name}'. {did_you_mean(name, columns)}"
            for place, name in absent[:SHOWN_PROBLEMS]
        )
        rest = len(absent) - SHOWN_PROBLEMS
        return cls(
            "unknown-column",
            f"The study file names {_count(len(absent), 'column')} that the responses lack.",
            where=file,
            got="\n" + shown + (f"\n  - and {rest} more" if rest > 0 else ""),
            hint="Correct the names in study.toml; 'cxsurvey check' lists them all.",
        )

    @classmethod
    def rscales_mismatch(cls, file: str, columns: int, rscales: int) -> StudyError:
        """The study file gives another number of factors than there are replicate weights."""
        return cls(
            "replicates-disagree",
            "Replicate weights and their rscales differ in number.",
            where=f"{file}, [design.replicates]",
            expected=f"{_count(columns, 'factor')}, one for each column in the order of the file",
            got=_count(rscales, "factor"),
            hint="Check the pattern in 'columns', or give all factors.",
        )

    @classmethod
    def weight_among_replicates(cls, file: str, column: str) -> StudyError:
        """The pattern of the replicate weights takes in the sampling weight."""
        return cls(
            "replicates-disagree",
            "The sampling weight is among the replicate weights.",
            where=f"{file}, [design.replicates]",
            got=f"column '{column}'",
            hint="Write a pattern that leaves it out, or list the columns.",
        )

    @classmethod
    def not_synthetic(cls, file: str) -> StudyError:
        """Made-up respondents would pass for real ones."""
        return cls(
            "study-not-synthetic",
            "Respondents are made up only for a study that says so.",
            where=f"{file}, [study]",
            expected="synthetic = true",
            got="a study of real respondents",
            hint="If its respondents are to be made up, write synthetic = true; every output will say so.",
        )

    @classmethod
    def responses_unlisted(cls, file: str, questions: Sequence[str]) -> StudyError:
        """Responses stand in a data file that is still to be made."""
        return cls(
            "responses-unlisted",
            "Questions leave their responses to the labels of a data file that does not exist yet.",
            where=file,
            expected="responses, or a list, for every coded question",
            got=listed(questions),
            hint="Write the responses into the study file.",
        )

    @classmethod
    def synthesis_design(cls, file: str, role: str, column: str = "") -> StudyError:
        """Synthetic respondents are a simple random sample."""
        return cls(
            "synthesis-design",
            "Synthetic respondents are a simple sample, which this design is not.",
            where=f"{file}, [design] {role}" + (f" = '{column}'" if column else ""),
            expected="no [design], or a weight and a stratum column, which are filled with 1",
            hint=f"Leave out {role}: printed percentages do not tell how a report's sample was drawn.",
        )

    @classmethod
    def no_whole_number(cls, file: str, question: str, low: float, high: float) -> StudyError:
        """A number question has no whole number between its bounds."""
        return cls(
            "synthesis-number",
            "Synthetic answers to a number question are whole numbers, and its bounds hold none.",
            where=f"{file}, question '{question}'",
            expected="a whole number between minimum and maximum",
            got=f"{low:g} to {high:g}",
            hint="Widen the bounds, or ask in a smaller unit.",
        )

    @classmethod
    def responses_not_csv(cls, file: str, reason: str) -> StudyError:
        """The study would not be able to read the synthetic responses."""
        return cls(
            "responses-not-csv",
            "The study could not read synthetic responses: CSV text in UTF-8, with names in row 1.",
            where=file,
            expected="responses in a .csv file, and no encoding or header_row under [reading]",
            got=reason,
            hint="Change the study file, or write to another file.",
        )

    @classmethod
    def responses_differ(cls, file: str, problems: Sequence[str]) -> StudyError:
        """New responses do not fit the study file that is to be kept."""
        shown = "".join(f"\n  - {problem}" for problem in problems[:SHOWN_PROBLEMS])
        more = len(problems) - SHOWN_PROBLEMS
        return cls(
            "responses-differ",
            "The new responses do not fit the study file.",
            where=file,
            got=f"{shown}\n  - and {more} more" if more > 0 else shown,
            hint="Import into another folder with --out, and carry your edits over.",
        )


class ClaimsError(CxSurveyError):
    """The claims of a report cannot be used."""

    @classmethod
    def missing(cls, study: str, file: str) -> ClaimsError:
        """The study has no claims beside it."""
        return cls(
            "claims-missing",
            f"The study '{study}' has no claims.",
            expected=f"{file} beside its study.toml",
            hint=f"Write {file} (docs/reference/claims-file.md), or name a claims file of its own.",
        )

    @classmethod
    def absent(cls, file: str) -> ClaimsError:
        """There is no file of this name."""
        return cls(
            "claims-absent",
            "The claims file does not exist.",
            where=file,
            expected="a CSV file of claims, a study folder, or the name of a bundled study",
            hint="Check the name and the folder.",
        )

    @classmethod
    def unreadable(cls, file: str, reason: str) -> ClaimsError:
        """The file cannot be opened, decoded or parted into cells."""
        return cls(
            "claims-unreadable",
            "The claims file cannot be read.",
            where=file,
            expected="CSV text in UTF-8, parted by commas, semicolons or tabs",
            got=reason,
            hint="Save it again as CSV UTF-8 and check its name.",
        )

    @classmethod
    def too_large(cls, file: str, size: int, largest: int) -> ClaimsError:
        """No report has so many claims."""
        return cls(
            "claims-too-large",
            "The claims file is too large to be one.",
            where=file,
            expected=f"at most {largest:,} bytes",
            got=f"{size:,} bytes",
            hint="Name a file of claims, not of responses.",
        )

    @classmethod
    def no_respondents(cls, study: str) -> ClaimsError:
        """Nothing says how many synthetic respondents there are to be."""
        return cls(
            "claims-no-respondents",
            f"Nothing says how many respondents '{study}' has.",
            expected="a base stated for all respondents, or [synthesis] respondents",
            hint="Give the claims of all respondents their base, or declare [synthesis] respondents.",
        )

    @classmethod
    def group_unusable(cls, place: str, reason: str) -> ClaimsError:
        """Counts cannot be planned for a group or a filter."""
        return cls(
            "claims-group-unusable",
            "Synthetic respondents cannot be planned by this group or filter.",
            where=place,
            expected="answers to single, ordinal or multi questions, or segments by a grid of two ratings",
            got=reason,
            hint="Declare it by coded answers, or set calibrate = no for the claims that need it.",
        )

    @classmethod
    def table_too_large(cls, factors: Sequence[str], largest: int) -> ClaimsError:
        """Claims cross too many questions with one another."""
        names = list(dict.fromkeys(factors))
        return cls(
            "claims-table-too-large",
            "Claims and filters cross too many answers with one another.",
            where=f"the joint table of {listed(names, most=SHOWN_PROBLEMS)}",
            expected=f"at most {largest:,} combinations of answers",
            hint="Set calibrate = no for claims about the finest groups, or join responses.",
        )

    @classmethod
    def rank_unusable(cls, claim: str, row: int) -> ClaimsError:
        """A place after the first among shares of different bases."""
        return cls(
            "claims-rank-unusable",
            f"The place that '{claim}' gives cannot be planned: its shares have different bases.",
            where=f"row {row}",
            expected="shares of the same respondents, for a place after the first",
            hint="Write it as comparisons, or set calibrate = no.",
        )

    @classmethod
    def invalid(cls, file: str, problems: Sequence[str]) -> ClaimsError:
        """Rows are wrong; all of them are told at once."""
        shown = "\n".join(f"  - {problem.rstrip()}" for problem in problems[:SHOWN_PROBLEMS])
        rest = len(problems) - SHOWN_PROBLEMS
        return cls(
            "claims-invalid",
            f"The claims file has {_count(len(problems), 'problem')}.",
            where=file,
            got="\n" + shown + (f"\n  - and {rest} more" if rest > 0 else ""),
            hint="Mend them (docs/reference/claims-file.md) and run the command again.",
        )


_CONTENT_NAMES = {
    "text": "delimited text (CSV)",
    "workbook": "an Excel workbook (.xlsx)",
    "parquet": "a Parquet file",
    "spss": "an SPSS data file (.sav)",
    "stata": "a Stata data file (.dta)",
    "zip": "a zip archive",
    "broken_zip": "a damaged zip archive",
    "gzip": "a gzip archive",
    "pdf": "a PDF document",
    "html": "a web page (HTML)",
    "xml": "an XML document",
    "json": "a JSON document",
    "old_excel": "an Excel 97-2003 workbook (.xls)",
    "binary_excel": "a binary Excel workbook (.xlsb)",
    "open_document": "an OpenDocument spreadsheet (.ods)",
    "encrypted_workbook": "a password-protected workbook",
    "spss_portable": "an SPSS portable file (.por)",
    "sas": "a SAS data file (.sas7bdat)",
    "sas_transport": "a SAS transport file (.xpt)",
    "rdata": "an R data file",
}
_CONTENT_HINTS = {
    "broken_zip": "The file is damaged or cut off: export it again.",
    "zip": "Unpack the archive and name the file inside it.",
    "gzip": "Unpack the archive and name the file inside it.",
    "html": "The download is a page, perhaps a login page: export the responses again.",
    "old_excel": "Open it in a spreadsheet and save it as .xlsx or CSV.",
    "binary_excel": "Open it in a spreadsheet and save it as .xlsx or CSV.",
    "open_document": "Open it in a spreadsheet and save it as .xlsx or CSV.",
    "encrypted_workbook": "Open it in a spreadsheet, remove the password and save it.",
    "spss_portable": "Save it as .sav.",
    "sas": "Convert it to .sav, .dta or CSV.",
    "sas_transport": "Convert it to .sav, .dta or CSV.",
    "rdata": "Write it as CSV or Parquet.",
}


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class ResponsesError(CxSurveyError):
    """The responses file cannot be read."""

    @classmethod
    def not_found(cls, name: str) -> ResponsesError:
        """There is no such file."""
        return cls(
            "responses-not-found",
            "The responses file does not exist.",
            where=name,
            hint="Check [study] responses in study.toml, and that the file stands in the study folder.",
        )

    @classmethod
    def not_made(cls, name: str, study: str) -> ResponsesError:
        """Synthetic respondents have still to be made."""
        return cls(
            "responses-not-made",
            "The synthetic respondents of this study have not been made yet.",
            where=name,
            hint=f"Make them: cxsurvey synthesize {study} --seed 1 --out {name}",
        )

    @classmethod
    def not_a_file(cls, name: str) -> ResponsesError:
        """The path is a folder or a device."""
        return cls(
            "responses-not-a-file",
            "The responses path is not a file.",
            where=name,
            hint="Name the file itself, not its folder, in [study] responses.",
        )

    @classmethod
    def unreadable(cls, name: str, *, reason: str) -> ResponsesError:
        """The operating system refuses."""
        return cls(
            "responses-unreadable",
            "The responses file cannot be opened.",
            where=name,
            got=reason,
            hint="Check the permissions of the file, and close it if another program has it open.",
        )

    @classmethod
    def too_large(cls, name: str, *, size: int, limit: int) -> ResponsesError:
        """The file is larger than is read into memory."""
        return cls(
            "responses-too-large",
            "The responses file is too large.",
            where=name,
            expected=f"at most {limit:,} bytes",
            got=f"{size:,} bytes",
            hint="Export only the columns that the study uses, or save the file as Parquet.",
        )

    @classmethod
    def empty(cls, name: str) -> ResponsesError:
        """Nothing is in the file."""
        return cls(
            "responses-empty",
            "The responses file is empty.",
            where=name,
            hint="Export the responses again.",
        )

    @classmethod
    def unknown_suffix(cls, name: str, *, content: str, known: Sequence[str]) -> ResponsesError:
        """No reader goes by this suffix."""
        return cls(
            "responses-unknown-suffix",
            "No reader is known for this kind of file.",
            where=name,
            expected=f"a file named {listed(known, most=len(known))}",
            got="a text file" if content == "text" else _CONTENT_NAMES[content],
            hint=_CONTENT_HINTS.get(content, "Rename the file if its suffix is wrong, or export it as CSV."),
        )

    @classmethod
    def suffix_mismatch(cls, name: str, *, expected: str, content: str) -> ResponsesError:
        """The bytes are not what the suffix says."""
        return cls(
            "responses-suffix-mismatch",
            "The responses file is not what its name says.",
            where=name,
            expected=_CONTENT_NAMES[expected],
            got=_CONTENT_NAMES[content],
            hint=_CONTENT_HINTS.get(content, "Give the file the suffix of what it is, or export it again."),
        )

    @classmethod
    def unknown_encoding(cls, name: str, *, encoding: str) -> ResponsesError:
        """The stated encoding is none."""
        return cls(
            "responses-unknown-encoding",
            f"There is no text encoding '{encoding}'.",
            where=f"[reading] encoding, for {name}",
            hint="Use a name such as utf-8, cp1252, utf-16 or shift_jis, or leave it out.",
        )

    @classmethod
    def encoding_mismatch(cls, name: str, *, stated: str, marked: str) -> ResponsesError:
        """The byte order mark contradicts the stated encoding."""
        return cls(
            "responses-encoding-mismatch",
            "The stated encoding contradicts the file's byte order mark.",
            where=name,
            expected=stated,
            got=f"a byte order mark of {marked}",
            hint="Leave [reading] encoding out: the mark is enough.",
        )

    @classmethod
    def is_utf8(cls, name: str, *, stated: str, line: int, meant: str, shown: str) -> ResponsesError:
        """The bytes are UTF-8; the stated encoding would read nonsense."""
        return cls(
            "responses-is-utf8",
            f"The file is UTF-8, not {stated}.",
            where=f"{name}, line {line}",
            expected=repr(meant),
            got=f"{shown!r} if it were read as {stated}",
            hint='State encoding = "utf-8" under [reading], or leave it out.',
        )

    @classmethod
    def undecodable(cls, name: str, *, encoding: str, offset: int, line: int, byte: int) -> ResponsesError:
        """A byte does not fit the encoding."""
        return cls(
            "responses-undecodable",
            f"The text is not valid {encoding}.",
            where=f"{name}, line {line}, byte offset {offset:,}",
            got=f"byte 0x{byte:02X}",
            hint="State the encoding under [reading], or save the file as UTF-8.",
        )

    @classmethod
    def nul_byte(cls, name: str, *, offset: int, line: int, wide: bool) -> ResponsesError:
        """NUL characters: a binary file, or UTF-16 that does not say so."""
        hint = (
            'State encoding = "utf-16-le" (or "utf-16-be") under [reading].'
            if wide
            else "The file is damaged or not text: export it again."
        )
        return cls(
            "responses-nul-byte",
            "The text holds a NUL character.",
            where=f"{name}, line {line}, byte offset {offset:,}",
            hint=hint,
        )

    @classmethod
    def impossible_separator(cls, name: str, *, separator: str) -> ResponsesError:
        """The stated separator has another meaning in delimited text."""
        return cls(
            "responses-impossible-separator",
            "A quote or a line break cannot separate fields.",
            where=f"[reading] separator, for {name}",
            got=repr(separator),
            hint="State the character between the fields, or leave it out.",
        )

    @classmethod
    def separator_contradicted(cls, name: str, *, stated: str, declared: str) -> ResponsesError:
        """The first line names another separator than the study file."""
        return cls(
            "responses-separator-mismatch",
            "The stated separator contradicts the file's first line.",
            where=f"{name}, row 1",
            expected=f"separator {stated!r}, as stated under [reading]",
            got=f"the line 'sep=', which says {declared!r}",
            hint="Leave [reading] separator out, or delete the line if it is wrong.",
        )

    @classmethod
    def separator_absent(
        cls, name: str, *, row: int, separator: str, fitting: str, fields: int, declared: bool
    ) -> ResponsesError:
        """The separator makes one column, another parts every row."""
        hint = (
            "Delete the first line: the separator is found without it."
            if declared
            else "Leave [reading] separator out. If the file is one column, put its cells in quotes."
        )
        return cls(
            "responses-separator-absent",
            f"The separator {separator!r} is not found in the header; the file looks parted by {fitting!r}.",
            where=f"{name}, row {row}",
            expected=f"column names separated by {separator!r}",
            got=f"{fields} fields in every row looked at, separated by {fitting!r}",
            hint=hint,
        )

    @classmethod
    def one_name(cls, name: str, *, row: int, fields: int, separator: str) -> ResponsesError:
        """The header is one name, the rows below part evenly."""
        return cls(
            "responses-one-name",
            "The header holds one name although the rows below it hold more fields.",
            where=f"{name}, row {row}",
            expected=f"{fields} column names separated by {separator!r}",
            got="1 column name",
            hint="State header_row under [reading] if the names stand lower, or state the separator.",
        )

    @classmethod
    def no_header(cls, name: str, *, row: int) -> ResponsesError:
        """The file ends above the header."""
        return cls(
            "responses-no-header",
            "The file ends before the row of column names.",
            where=name,
            expected=f"column names in row {row}",
            hint="Correct header_row under [reading].",
        )

    @classmethod
    def blank_header(cls, name: str, *, row: int) -> ResponsesError:
        """The header row names nothing."""
        return cls(
            "responses-blank-header",
            "The row of column names is blank.",
            where=f"{name}, row {row}",
            hint="Correct header_row under [reading], or delete the blank row.",
        )

    @classmethod
    def header_only(cls, name: str, *, row: int) -> ResponsesError:
        """No respondent below the header."""
        return cls(
            "responses-header-only",
            "The file holds column names but no responses.",
            where=f"{name}, below row {row}",
            hint="Export the responses again; check the filter of the export.",
        )

    @classmethod
    def too_many_columns(cls, name: str, *, count: int, limit: int) -> ResponsesError:
        """More columns than any survey has."""
        return cls(
            "responses-too-many-columns",
            "The file has too many columns.",
            where=name,
            expected=f"at most {limit:,}",
            got=f"{count:,}",
            hint="Check the separator; export only the columns that the study uses.",
        )

    @classmethod
    def duplicate_column(
        cls, name: str, *, row: int, column: str, positions: tuple[int, int]
    ) -> ResponsesError:
        """Two columns of one name."""
        return cls(
            "responses-duplicate-column",
            f"Two columns are named '{column}'.",
            where=f"{name}, row {row}, columns {positions[0]} and {positions[1]}",
            expected="names that differ, surrounding spaces aside",
            hint="Rename one of them, or correct header_row under [reading].",
        )

    @classmethod
    def blank_column(cls, name: str, *, row: int, position: int) -> ResponsesError:
        """Cells under no name."""
        return cls(
            "responses-blank-column",
            f"Column {position} has answers but no name.",
            where=f"{name}, row {row}",
            hint="Name the column, or correct header_row under [reading].",
        )

    @classmethod
    def ragged(cls, name: str, *, row: int, expected: int, got: int, start: str) -> ResponsesError:
        """A row has too many or too few fields."""
        return cls(
            "responses-ragged",
            f"Row {row} has too {'many' if got > expected else 'few'} fields.",
            where=f"{name}, row {row}, which begins {start!r}",
            expected=_count(expected, "field"),
            got=_count(got, "field"),
            hint="Put quotes around cells that hold the separator; check separator and header_row.",
        )

    @classmethod
    def blank_row(cls, name: str, *, row: int) -> ResponsesError:
        """A blank line between responses."""
        return cls(
            "responses-blank-row",
            f"Row {row} is blank but responses follow it.",
            where=f"{name}, row {row}",
            hint="Delete the blank row, or correct header_row under [reading].",
        )

    @classmethod
    def unclosed_quote(cls, name: str, *, row: int, field: int) -> ResponsesError:
        """A quoted field runs to the end of the file."""
        return cls(
            "responses-unclosed-quote",
            "A quote is opened and never closed.",
            where=f"{name}, row {row}, field {field}",
            hint="Close the quote, or write a quote inside a quoted cell twice.",
        )

    @classmethod
    def stray_quote(cls, name: str, *, row: int, field: int, after: str) -> ResponsesError:
        """Text follows a closing quote."""
        return cls(
            "responses-stray-quote",
            "Text follows a closing quote.",
            where=f"{name}, row {row}, field {field}",
            expected="a separator or the end of the row",
            got=repr(after),
            hint="Write a quote inside a quoted cell twice; check the separator.",
        )

    @classmethod
    def cell_too_long(cls, name: str, *, row: int, column: str, size: int, limit: int) -> ResponsesError:
        """A cell longer than any answer, mostly a quote that swallows rows."""
        return cls(
            "responses-cell-too-long",
            "A cell is too long.",
            where=f"{name}, row {row}, column '{column}'",
            expected=f"at most {limit:,} bytes",
            got=f"{size:,} bytes",
            hint="Look for a quote that is not closed near this row.",
        )

    @classmethod
    def unknown_sheet(cls, name: str, *, sheet: str, known: Sequence[str]) -> ResponsesError:
        """The workbook has no such sheet."""
        return cls(
            "responses-unknown-sheet",
            f"The workbook has no sheet '{sheet}'.",
            where=name,
            expected=f"one of: {listed(known, most=20)}",
            hint=did_you_mean(sheet, known),
        )

    @classmethod
    def archive_bomb(cls, name: str, *, member: str, size: int, limit: str) -> ResponsesError:
        """The archive unpacks to far more than a workbook holds."""
        return cls(
            "responses-archive-bomb",
            "The workbook unpacks to a size that no survey needs.",
            where=f"{name}, {member}",
            expected=limit,
            got=f"{size:,} bytes unpacked",
            hint="Export the responses again, as CSV if they are really this large.",
        )

    @classmethod
    def broken(cls, name: str, *, kind: str, reason: str, encoded: bool = False) -> ResponsesError:
        """The library that reads this format gives up."""
        other = _STATE_ENCODING if encoded else ""
        return cls(
            "responses-broken",
            f"The file cannot be read as {kind}.",
            where=name,
            got=reason,
            hint=f"The file may be damaged or cut off: export it again.{other}",
        )

    @classmethod
    def no_cases(cls, name: str) -> ResponsesError:
        """Variables are declared, nobody answered."""
        return cls(
            "responses-no-cases",
            "The file declares variables but holds no respondents.",
            where=name,
            hint="Export the responses again; check the filter of the export.",
        )

    @classmethod
    def uncomputed_formula(cls, name: str, *, cell: str) -> ResponsesError:
        """A formula was written by a program that does not calculate."""
        return cls(
            "responses-uncomputed-formula",
            "A formula has no stored result.",
            where=f"{name}, cell {cell}",
            hint="Open the workbook in a spreadsheet and save it, or export it as CSV.",
        )

    @classmethod
    def unusable_column(cls, name: str, *, column: str, kind: str) -> ResponsesError:
        """A cell holds a list, a record or bytes."""
        return cls(
            "responses-unusable-column",
            f"Column '{column}' does not hold one plain value per cell.",
            where=name,
            expected="text, numbers, dates, or true and false",
            got=kind,
            hint="Write one column per value.",
        )


_STATE_ENCODING = " If its text is at fault, state the encoding under [reading]."
_EXPORT_HINTS = {
    "responses-not-found": "Check the path; put quotes around a name with spaces.",
    "responses-not-a-file": "Name the file itself, not its folder.",
    "responses-too-large": "Export fewer columns or respondents at a time.",
    "responses-encoding-mismatch": "Save the file as UTF-8.",
    "responses-undecodable": "Open the file in an editor and save it as UTF-8, or export it again.",
    "responses-nul-byte": "The file is damaged or in an encoding that it does not state: save it as UTF-8.",
    "responses-separator-absent": "Correct or delete the line 'sep=', or export the file again.",
    "responses-one-name": "Delete rows above the column names, or export the file again.",
    "responses-no-header": "Export the responses again.",
    "responses-ragged": "The file may be cut off, or a cell may hold the separator without quotes:"
    " export it again.",
    "responses-too-many-columns": "Export the questions in parts.",
}


class ExportError(CxSurveyError):
    """A platform's export cannot be made into a study."""

    @classmethod
    def unreadable(cls, fault: CxSurveyError) -> ExportError:
        """The file itself is at fault: the errors of responses files, with advice that needs no study file."""
        kind = fault.code.removeprefix("responses-")
        what = fault.what.replace("responses file", "file").replace("responses path", "path")
        hint = _EXPORT_HINTS.get(fault.code, fault.hint.removesuffix(_STATE_ENCODING))
        return cls(
            f"export-{kind}",
            f"{what}",
            where=fault.where,
            expected=fault.expected,
            got=fault.got,
            hint=f"{hint}",
        )

    @classmethod
    def header_only(cls, name: str, *, rows: int) -> ExportError:
        """Nobody below the header rows."""
        return cls(
            "export-header-only",
            "The file holds column names but no responses.",
            where=f"{name}, below row {rows}",
            hint="Export the responses again; check the filter of the export.",
        )

    @classmethod
    def summary_workbook(cls, name: str, *, sheets: int) -> ExportError:
        """SurveyMonkey's summary export."""
        return cls(
            "export-is-summary",
            "This is SurveyMonkey's summary of the answers: counts and percentages, no respondents.",
            where=name,
            expected="the export of all individual responses",
            got=f"a table of choices and counts for each question ({_count(sheets, 'sheet')})",
            hint="In SurveyMonkey choose Analyze Results, Save As, Export file, All individual responses"
            " (CSV or XLS).",
        )

    @classmethod
    def codebook(cls, name: str, *, heading: Sequence[str]) -> ExportError:
        """A list of questions and their codes."""
        return cls(
            "export-is-codebook",
            "This is a codebook: it lists questions or variables, no respondents.",
            where=name,
            expected="one row a respondent",
            got=f"columns {listed(heading)}",
            hint="Export the responses themselves; take labels from the codebook when you edit study.toml.",
        )

    @classmethod
    def nameless_columns(cls, name: str, *, row: int, nameless: int, columns: int) -> ExportError:
        """A page laid out for reading."""
        return cls(
            "export-nameless-columns",
            "Most columns of the file have no name.",
            where=f"{name}, row {row}",
            expected="a name for each column, and one row a respondent below",
            got=f"{nameless} of {_count(columns, 'column')} without a name",
            hint="Delete rows above the column names, or export the responses again.",
        )

    @classmethod
    def no_names(cls, name: str, *, row: int, cells: Sequence[str]) -> ExportError:
        """The first row is a respondent's."""
        return cls(
            "export-no-names",
            "The file has no column names: its first row holds answers.",
            where=f"{name}, row {row}",
            got=f"cells that occur again below: {listed(cells)}",
            hint="Export the responses with column names, or write a first row of them.",
        )

    @classmethod
    def other_platform(cls, name: str, *, platform: str) -> ExportError:
        """The file is not what the caller says."""
        return cls(
            "export-other-platform",
            f"The file does not look like an export of {platform}.",
            where=name,
            hint="Leave the platform out to have it found, or export the responses again.",
        )

    @classmethod
    def nobody_left(cls, name: str, *, reasons: Sequence[str]) -> ExportError:
        """All rows are blank, previews or the like."""
        return cls(
            "export-nobody-left",
            "No row of the file is a response.",
            where=name,
            got=f"rows that were left out: {listed(reasons)}",
            hint="Export the responses again; check the filter of the export.",
        )

    @classmethod
    def no_questions(cls, name: str) -> ExportError:
        """Nothing but ids, dates, personal data and free text."""
        return cls(
            "export-no-questions",
            "No column of the file holds the answers to a question that can be counted.",
            where=name,
            expected="choices, ratings or numbers",
            hint="If the free text is wanted, keep it: --keep text.",
        )

    @classmethod
    def no_own_study(cls, name: str) -> ExportError:
        """Responses of a study folder were promised."""
        return cls(
            "export-no-own-study",
            "No study file beside this file names it as its responses.",
            where=name,
            expected="delimited text that [study] responses of the study.toml beside it names",
            hint="Leave the platform out to have it found.",
        )

    @classmethod
    def not_a_table(cls, name: str, *, content: str) -> ExportError:
        """A file that is no table, such as a web page."""
        return cls(
            "export-not-a-table",
            "This kind of file holds no table of responses.",
            where=name,
            expected="delimited text (.csv, .tsv) or an Excel workbook (.xlsx)",
            got=_CONTENT_NAMES.get(content, content),
            hint=_CONTENT_HINTS.get(content, "Export the responses as CSV or .xlsx."),
        )

    @classmethod
    def metadata_broken(cls, name: str, *, reason: str) -> ExportError:
        """The metadata beside a data file cannot be used."""
        return cls(
            "export-metadata-broken",
            "The metadata beside the responses cannot be read.",
            where=name,
            expected="JSON as Quantipy writes it",
            got=reason,
            hint="Export them again, or move them elsewhere to import the responses without labels.",
        )

    @classmethod
    def triple_s(cls, name: str, got: str, expected: str) -> ExportError:
        """The metadata break the standard."""
        return cls(
            "export-triple-s",
            "The Triple-S metadata cannot be used.",
            where=name,
            expected=expected,
            got=got,
            hint="Export the survey as Triple-S again, or as SPSS (.sav).",
        )

    @classmethod
    def triple_s_hierarchy(cls, name: str, *, got: str) -> ExportError:
        """Several levels, such as households and persons, are several tables."""
        return cls(
            "export-triple-s-hierarchy",
            "The Triple-S metadata describe a hierarchy of files, and a study has one row a respondent.",
            where=name,
            expected="one record of one level",
            got=got,
            hint="Export the level of the respondents alone.",
        )

    @classmethod
    def triple_s_no_data(cls, name: str, *, tried: Sequence[str]) -> ExportError:
        """Metadata stand alone."""
        return cls(
            "export-triple-s-no-data",
            "The data file of the Triple-S survey is not beside its metadata.",
            where=name,
            expected=f"one of: {listed(tried)}",
            hint="Copy both files into one folder under one name.",
        )

    @classmethod
    def triple_s_no_metadata(cls, name: str, *, tried: Sequence[str]) -> ExportError:
        """Data of fixed positions stand alone."""
        return cls(
            "export-triple-s-no-metadata",
            "A data file of fixed positions needs the Triple-S metadata beside it.",
            where=name,
            expected=f"one of: {listed(tried)}",
            hint="Copy both files into one folder under one name.",
        )

    @classmethod
    def triple_s_row(cls, name: str, *, row: int, fields: int, needed: int) -> ExportError:
        """A row of the data is shorter than the metadata say."""
        return cls(
            "export-triple-s-row",
            "A row of the data has fewer fields than the Triple-S metadata name.",
            where=f"{name}, row {row}",
            expected=f"at least {needed} fields",
            got=f"{fields} fields",
            hint="The file may be cut off, or belong to other metadata: export both again.",
        )


class RequestError(CxSurveyError):
    """An argument asks for something that is not there or is not allowed."""

    @classmethod
    def margin_target(cls, name: str, label: str, target: float) -> RequestError:
        """A target that no sum of weights can be."""
        return cls(
            "margin-target",
            "A target of a margin cannot be used.",
            where=f"margin '{name}', '{label}'",
            expected="a finite number that is not negative; in each margin one above zero",
            got=f"{target:g}",
            hint="Correct the target.",
        )

    @classmethod
    def margins_unreadable(cls, file: str, reason: str) -> RequestError:
        """The margins file cannot be opened, decoded or parted into cells."""
        return cls(
            "margins-unreadable",
            "The margins file cannot be read.",
            where=file,
            expected="CSV text in UTF-8 with the columns question, response, and share or target",
            got=reason,
            hint="Save it again as CSV UTF-8 and check its name.",
        )

    @classmethod
    def margins_invalid(cls, file: str, problems: Sequence[str]) -> RequestError:
        """Rows of the margins are wrong; all of them are told at once."""
        shown = "\n".join(f"  - {problem.rstrip()}" for problem in problems[:SHOWN_PROBLEMS])
        rest = len(problems) - SHOWN_PROBLEMS
        return cls(
            "margins-invalid",
            f"The margins have {_count(len(problems), 'problem')}.",
            where=file,
            got="\n" + shown + (f"\n  - and {rest} more" if rest > 0 else ""),
            hint="Mend them (docs/how-to/weighting.md) and run the command again.",
        )

    @classmethod
    def trim_without_raking(cls, method: str) -> RequestError:
        """Only raking keeps a largest weight and the margins together."""
        return cls(
            "trim-without-raking",
            f"Weights of method '{method}' cannot be trimmed.",
            expected="trim with method 'rake'",
            hint="Leave out trim and give bounds, which limit each factor, or rake.",
        )

    @classmethod
    def bounds_needed(cls) -> RequestError:
        """Logit calibration is between two bounds."""
        return cls(
            "bounds-needed",
            "Method 'logit' needs bounds.",
            expected="bounds: a low and a high factor with 0 <= low < 1 < high, such as 0.3,3",
            hint="Give bounds, or use method 'rake'.",
        )

    @classmethod
    def no_margins(cls) -> RequestError:
        """Raking to nothing."""
        return cls(
            "no-margins",
            "There is no margin to weight to.",
            expected="the targets of at least one question",
            hint="Give the population shares of one question or more.",
        )

    @classmethod
    def unknown_question(cls, name: str, suggestion: str) -> RequestError:
        """No question, scale or group has this id."""
        return cls("unknown-question", f"The study has no question '{name}'.", hint=suggestion)

    @classmethod
    def unknown_group(cls, name: str, suggestion: str) -> RequestError:
        """Nothing parts the respondents by this name."""
        return cls(
            "unknown-group",
            f"Respondents cannot be grouped by '{name}'.",
            expected="a single or ordinal question, a [[group]], or 'segment'",
            hint=suggestion,
        )

    @classmethod
    def unknown_control(cls, name: str, suggestion: str) -> RequestError:
        """Nothing by this name can be controlled for."""
        return cls(
            "unknown-control",
            f"Nothing named '{name}' can be controlled for.",
            expected="a single, ordinal or number question, a scale, a [[group]], or 'segment'",
            hint=suggestion,
        )

    @classmethod
    def control_type(cls, name: str, kind: str) -> RequestError:
        """A question whose answers are neither groups nor a number."""
        return cls(
            "control-type",
            f"Question '{name}' cannot be controlled for.",
            expected="a single, ordinal or number question, a scale, a [[group]], or 'segment'",
            got=f"a {kind} question",
            hint="Declare a [[group]] made of its answers, and control for that.",
        )

    @classmethod
    def control_makes_groups(cls, name: str, groups: str) -> RequestError:
        """A control from which the groups are made, in whole or in part."""
        return cls(
            "control-makes-groups",
            f"'{name}' is made of answers that make the groups of '{groups}'.",
            expected="controls that say something else than the groups do",
            hint=f"Leave '{name}' out: beside it there is no gap of the groups left to estimate.",
        )

    @classmethod
    def unknown_banner(cls, name: str, suggestion: str) -> RequestError:
        """Nothing makes columns by this name."""
        return cls(
            "unknown-banner",
            f"'{name}' makes no columns.",
            expected="a single, ordinal or multi question, a [[group]], 'segment', or 'a > b' without multi",
            hint=suggestion,
        )

    @classmethod
    def banner_repeated(cls, name: str) -> RequestError:
        """The same columns were asked for twice."""
        return cls(
            "banner-repeated",
            f"The banner names '{name}' twice.",
            hint="Leave one of the two out of the banner.",
        )

    @classmethod
    def no_banner(cls, known: Sequence[str]) -> RequestError:
        """No banner was given, and the study declares nothing that makes one."""
        return cls(
            "no-banner",
            "The book needs a banner: what its columns are made of.",
            expected=f"ids such as {listed(known)}" if known else "a question with answers",
            hint="Name a banner, or declare one under [[table]] in the study file.",
        )

    @classmethod
    def unknown_book(cls, name: str, suggestion: str) -> RequestError:
        """The study file declares no such book of tables."""
        return cls("unknown-book", f"The study file declares no [[table]] '{name}'.", hint=suggestion)

    @classmethod
    def bad_filter(cls, part: str) -> RequestError:
        """A filter cannot be read."""
        return cls(
            "bad-filter",
            "The filter cannot be read.",
            expected="'question=code', 'question=a|b', 'question!=code', 'question>=4', joined by '&'",
            got=f"'{part.strip()}'",
            hint="Write the filter with ids of questions, and codes or labels of their responses.",
        )

    @classmethod
    def nothing_to_tabulate(cls) -> RequestError:
        """The study has no question that a table can be made of, or none was named."""
        return cls(
            "nothing-to-tabulate",
            "There is no question to tabulate.",
            expected="a question that is not free text, a scale, or 'segment'",
            hint="Name one or more questions, or leave the option out for all of them.",
        )

    @classmethod
    def compare_with_profile(cls, profile: str) -> RequestError:
        """Letters of a profile were to be compared with those of a profile."""
        return cls(
            "compare-with-profile",
            f"The letters of the {profile} profile cannot be compared with those of another.",
            expected="cxsurvey's own letters on one side",
            hint="Leave out --profile: --compare says what the other tool would mark differently.",
        )

    @classmethod
    def unknown_response(cls, question: str, name: str, suggestion: str) -> RequestError:
        """The question has no such response or net."""
        return cls("unknown-response", f"'{question}' has no response or net '{name}'.", hint=suggestion)

    @classmethod
    def unknown_rule(cls, name: str, suggestion: str) -> RequestError:
        """The study knows no such segmentation rule."""
        return cls("unknown-rule", f"There is no segmentation rule '{name}'.", hint=suggestion)

    @classmethod
    def unknown_claim(cls, name: str, suggestion: str) -> RequestError:
        """No claim has this id."""
        return cls("unknown-claim", f"There is no claim '{name}'.", hint=suggestion)

    @classmethod
    def unknown_figure(cls, name: str, suggestion: str) -> RequestError:
        """The study declares no such figure."""
        return cls("unknown-figure", f"The study declares no figure '{name}'.", hint=suggestion)

    @classmethod
    def no_segments(cls, study: str) -> RequestError:
        """The study file has no [segments] table."""
        return cls(
            "no-segments",
            f"The study '{study}' declares no segmentation.",
            expected="a [segments] table in study.toml",
            hint="Add [segments] with insight and engagement ratings, or a rule on scores.",
        )

    @classmethod
    def foreign_segments(cls, made_of: str, made_n: int, study: str, n: int) -> RequestError:
        """The segmentation is of another study."""
        return cls(
            "foreign-segments",
            "The segments are of other respondents.",
            expected=f"a segmentation of '{study}', {_count(n, 'respondent')}",
            got=f"one of '{made_of}', {_count(made_n, 'respondent')}",
            hint="Make the segments from the study that they part: cx.segment(study).",
        )

    @classmethod
    def no_outcomes(cls, by: str) -> RequestError:
        """Nothing was named, or nothing is left, to estimate or compare."""
        return cls(
            "nothing-to-estimate",
            "There is no question or scale to estimate.",
            where=f"by '{by}'" if by else "",
            expected="at least one question or scale that does not itself make the groups",
            hint="Declare another question in study.toml, or name the questions.",
        )

    @classmethod
    def no_scales(cls, study: str) -> RequestError:
        """The study file has no [[scale]] table."""
        return cls(
            "no-scales",
            f"The study '{study}' declares no scale to score.",
            expected="a [[scale]] table in study.toml",
            hint="Add [[scale]] with an id, a label and its items.",
        )

    @classmethod
    def rule_needs(cls, rule: str, needs: str) -> RequestError:
        """The rule cannot run on what the study declares."""
        return cls(
            "rule-not-applicable",
            f"The rule '{rule}' cannot be used here.",
            expected=needs,
            hint="Choose another rule, or change [segments] in study.toml.",
        )

    @classmethod
    def rating_upside_down(cls, question: str, best_first: Sequence[str]) -> RequestError:
        """The values of a rating rise from its best label to its worst."""
        return cls(
            "rating-upside-down",
            f"The values of the rating '{question}' rise from its best answer to its worst.",
            expected="the highest value for the best answer",
            got=f"from the highest value down: {listed(best_first)}",
            hint="Declare 'levels' in [segments], best first, or give the responses values.",
        )

    @classmethod
    def statistic_needs(cls, statistic: str, question: str, needs: str) -> RequestError:
        """The statistic is not defined for this type of question."""
        return cls(
            "statistic-not-defined",
            f"The {statistic} of '{question}' is not defined.",
            expected=needs,
            hint="Choose another statistic, or another question.",
        )

    @classmethod
    def measure_is_several(cls, question: str, names: Sequence[str]) -> RequestError:
        """A figure's row names a question but not which of its responses."""
        return cls(
            "measure-is-several",
            f"A row names '{question}' but not which of its responses.",
            expected=f"a response or a net of it: {listed(names)}",
            hint="Give the row 'response', 'net' or a 'statistic'.",
        )

    @classmethod
    def no_figures(cls, study: str) -> RequestError:
        """The study file has no [[figure]] table."""
        return cls(
            "no-figures",
            f"The study '{study}' declares no figure.",
            expected="a [[figure]] table in study.toml",
            hint='Add [[figure]] with an id such as "fig01", a form, a headline and what it draws.',
        )

    @classmethod
    def mixed_units(cls, units: Sequence[str]) -> RequestError:
        """Shares, net promoter scores, and means of different ranges cannot stand on one scale."""
        return cls(
            "mixed-units",
            "The rows of a figure cannot stand on one scale: they differ in unit or range.",
            expected="shares only, net promoter scores only, or means that can take the same values",
            got=listed(units),
            hint="Draw them as separate figures, or rescale the scores to the same range.",
        )

    @classmethod
    def wrong_result(cls, chart: str, wanted: str, got: str) -> RequestError:
        """A chart was given another result than the one it draws."""
        return cls(
            "wrong-result",
            f"charts.{chart} cannot draw this.",
            expected=wanted,
            got=got,
            hint="Make the result first, and give it to the chart.",
        )

    @classmethod
    def results_differ(cls, what: str, estimated: Sequence[str], compared: Sequence[str]) -> RequestError:
        """Estimates and gaps of one chart are not of the same groups or questions."""
        return cls(
            "results-differ",
            f"The estimates and the gaps are of different {what}.",
            expected=f"gaps of {listed(estimated)}",
            got=listed(compared),
            hint="Make both with the same questions and the same 'by'.",
        )

    @classmethod
    def not_two_groups(cls, pairs: Sequence[str]) -> RequestError:
        """A dumbbell compares one pair of groups."""
        return cls(
            "not-two-groups",
            "A dumbbell compares two groups.",
            expected="gaps of one pair of groups",
            got=listed(pairs),
            hint="Draw three to five groups as 'lanes', or declare a group of two members.",
        )

    @classmethod
    def table_format(cls, path: object) -> RequestError:
        """A table is written as CSV only."""
        return cls(
            "table-format",
            "Tables are written as CSV.",
            where=str(path),
            expected="a file name that ends in .csv",
            hint="Spreadsheets open CSV files; for JSON, print it: --format json > FILE.",
        )

    @classmethod
    def audit_format(cls, path: object) -> RequestError:
        """An audit is written as a table or as a page."""
        return cls(
            "audit-format",
            "An audit is written as a CSV table, or as a PDF, PNG or SVG page.",
            where=str(path),
            expected="a file name that ends in .csv, .pdf, .png or .svg",
            hint="For JSON, print it: --format json > FILE.",
        )

    @classmethod
    def segments_by_segments(cls) -> RequestError:
        """Segments cannot be shown within themselves."""
        return cls(
            "segments-by-segments",
            "The segments cannot be shown within the segments.",
            hint="Name a question or a [[group]] after --by.",
        )

    @classmethod
    def rule_without_segments(cls, by: str) -> RequestError:
        """A rule was given although the groups are not segments."""
        return cls(
            "rule-without-segments",
            f"A rule parts segments, and the groups here are '{by}'.",
            hint="Leave out --rule, or say --by segment.",
        )

    @classmethod
    def total_beside_medians(cls) -> RequestError:
        """The covariance of a median with a part of itself is not estimated."""
        return cls(
            "total-beside-medians",
            "The median of the total cannot stand beside the medians of its groups.",
            expected="the total and the groups in two calls",
            hint="Leave out total=True, or leave out by=.",
        )

    @classmethod
    def bad_option(cls, name: str, got: object, expected: str, hint: str = "") -> RequestError:
        """An option has a value that it cannot take."""
        return cls(
            "bad-option",
            f"The option '{name}' cannot be {got!r}.",
            expected=expected,
            hint=hint or "Correct the option, or leave it out for its default.",
        )

    @classmethod
    def bad_seed(cls, got: object) -> RequestError:
        """Random numbers need a seed."""
        return cls(
            "bad-seed",
            f"The seed cannot be {got!r}.",
            expected="a whole number from 0",
            hint="Give any such number, and keep it: it makes the same respondents again.",
        )

    @classmethod
    def array_shape(cls, name: str, expected: str, got: object) -> RequestError:
        """Report an array whose length or shape does not fit the others."""
        return cls(
            "array-shape",
            f"'{name}' does not have the shape that the other arrays call for.",
            expected=expected,
            got=str(got),
            hint="Pass one value for each respondent, or one for each estimate.",
        )

    @classmethod
    def code_out_of_range(cls, name: str, low: int, high: int, got: str) -> RequestError:
        """Report integer codes outside the cells or groups that were declared."""
        return cls(
            "code-out-of-range",
            f"'{name}' holds codes outside the declared range.",
            expected=f"integers from {low} to {high}" + (", -1 meaning outside" if low == -1 else ""),
            got=got,
            hint="Number the groups from 0 and count them all.",
        )

    @classmethod
    def unknown_option(cls, name: str, got: object, known: Sequence[str]) -> RequestError:
        """Report a named option that does not exist."""
        return cls(
            "unknown-option",
            f"'{got}' is no value of '{name}'.",
            expected=listed(known, most=len(known)),
            got=f"'{got}'",
            hint=did_you_mean(str(got), known),
        )

    @classmethod
    def unknown_kept(cls, got: str, kinds: Sequence[str], columns: Sequence[str]) -> RequestError:
        """Report something to keep that is neither a kind of column nor a column."""
        return cls(
            "unknown-keep",
            f"'{got}' is neither a kind of column that can be kept nor a column of the export.",
            expected=f"{listed(kinds)}, or a column",
            got=f"'{got}'",
            hint=did_you_mean(got, [*kinds, *columns]),
        )

    @classmethod
    def weights_needed(cls) -> RequestError:
        """Report a design without weights and without population sizes to make them from."""
        return cls(
            "weights-needed",
            "The design has no weights.",
            expected="a weight for each respondent, or the population size of every stage",
            hint="Pass the weights; ones say that everybody was drawn with the same chance.",
        )

    @classmethod
    def not_a_fraction(cls, name: str, got: object) -> RequestError:
        """Report a level or probability outside its range."""
        return cls(
            "not-a-fraction",
            f"'{name}' must be a fraction.",
            expected="a number between 0 and 1",
            got=str(got),
            hint="Write 0.95 for 95%.",
        )

    @classmethod
    def level_too_low(cls, got: float) -> RequestError:
        """Report a confidence level at which two one-sided tests have no interval."""
        return cls(
            "level-too-low",
            "An audit needs a confidence level above one half.",
            expected="a number between 0.5 and 1",
            got=str(got),
            hint="Write 0.95 for 95%.",
        )

    @classmethod
    def denominator_of_several_columns(cls, count: int) -> RequestError:
        """Report ratios whose denominator adds columns of one group."""
        return cls(
            "denominator-of-several-columns",
            f"The denominator of {count} ratio{'s' if count != 1 else ''} adds several columns of one group,"
            " so that its respondents cannot be counted.",
            expected="one column of each group",
            hint="Add a column that holds the sum, and divide by that.",
        )

    @classmethod
    def too_few_items(cls, items: int) -> RequestError:
        """Report a scale too short for an internal-consistency coefficient."""
        return cls(
            "too-few-items",
            "Cronbach's alpha is not defined for a scale of one item.",
            expected="at least 2 items",
            got=f"{items}",
            hint="Name the other items of the scale, or leave the coefficient out.",
        )

    @classmethod
    def not_a_covariance(cls) -> RequestError:
        """Report a covariance matrix that gives a contrast a negative variance."""
        return cls(
            "not-a-covariance",
            "The covariance matrix gives a contrast a negative variance.",
            expected="the covariance that came with the estimates",
            hint="Pass estimates and covariance of one call, in the same order.",
        )

    @classmethod
    def number_not_finite(cls, value: object) -> RequestError:
        """A number to be printed or drawn is infinite, or NaN where a number is needed."""
        return cls(
            "number-not-finite",
            "A number cannot be shown because it is not finite.",
            got=repr(value),
            hint="Pass NaN with a flag for a missing value, and look where the infinite one comes from.",
        )

    @classmethod
    def not_a_probability(cls, value: object) -> RequestError:
        """A p-value lies outside 0 to 1."""
        return cls("not-a-probability", "A p-value is out of range.", expected="0 to 1", got=repr(value))

    @classmethod
    def unknown_page_size(cls, name: str, known: Sequence[str]) -> RequestError:
        """Report a paper size that the pack does not know."""
        return cls("unknown-page-size", f"There is no page size '{name}'.", hint=did_you_mean(name, known))

    @classmethod
    def figure_key(cls, key: str) -> RequestError:
        """Report a figure key that cannot be part of a file name."""
        return cls(
            "figure-key",
            f"The figure key '{key}' cannot be part of a file name.",
            expected="a lower case letter or digit, then up to 30 of a-z, 0-9, - and _",
            hint="Use a key such as 'fig01'.",
        )

    @classmethod
    def duplicate_figure(cls, key: str) -> RequestError:
        """Report two figures of one pack that share a key, and so their file names."""
        return cls(
            "figure-duplicate",
            f"Two figures of the pack have the key '{key}'.",
            hint="Give each figure a key of its own, such as 'fig01' and 'fig02'.",
        )

    @classmethod
    def empty_pack(cls) -> RequestError:
        """Report a pack without figures."""
        return cls(
            "pack-empty",
            "A figure pack needs at least one figure.",
            hint="Add a [[figure]] to the study file, or check the names given with --only.",
        )

    @classmethod
    def unknown_unit(cls, name: str, known: Sequence[str]) -> RequestError:
        """A figure's unit is not one that has formats."""
        return cls("unknown-unit", f"There is no unit '{name}'.", hint=did_you_mean(name, known))

    @classmethod
    def figure_empty(cls, figure: str) -> RequestError:
        """The table of a figure has no rows."""
        return cls(
            "figure-empty",
            "A figure cannot be drawn from a table without rows.",
            where=figure,
            hint="Check the filter that made the table, or leave the figure out.",
        )

    @classmethod
    def figure_columns(cls, figure: str, missing: Sequence[str], present: Sequence[str]) -> RequestError:
        """The table of a figure lacks columns that its form needs."""
        return cls(
            "figure-columns",
            "The table lacks columns that the figure needs.",
            where=figure,
            expected=listed(missing),
            got=listed(present),
        )

    @classmethod
    def figure_value(cls, figure: str, row: str, value: object, expected: str) -> RequestError:
        """A value in the table of a figure cannot be drawn."""
        return cls(
            "figure-value",
            "A value in the table cannot be drawn.",
            where=f"{figure}, row '{row}'",
            expected=expected,
            got=repr(value),
        )

    @classmethod
    def figure_duplicates(cls, figure: str, rows: Sequence[str]) -> RequestError:
        """Two rows of a figure's table stand for the same mark."""
        return cls(
            "figure-duplicates",
            "Several rows of the table stand for the same mark.",
            where=figure,
            got=listed(rows),
            hint="Give each row its own row_id, and each group or level one row in it.",
        )

    @classmethod
    def figure_groups(cls, figure: str, groups: Sequence[str], expected: str) -> RequestError:
        """A figure has more or fewer groups than its form can show."""
        return cls(
            "figure-groups",
            "The number of groups does not suit this form.",
            where=figure,
            expected=expected,
            got=f"{len(groups)} ({listed(groups)})",
            hint="Choose another form, or combine groups.",
        )

    @classmethod
    def figure_unnamed(cls, figure: str, questions: Sequence[str]) -> RequestError:
        """A figure of answers of which the report names none."""
        return cls(
            "figure-unnamed",
            f"Nothing of figure '{figure}' is named in the report.",
            where=listed(questions),
            expected="a response that the codebook does not mark as invented",
            hint="Show another question, or leave the figure out.",
        )

    @classmethod
    def figure_claims(cls, figure: str, question: str, reason: str, suggestion: str) -> RequestError:
        """A figure made from claims that has none."""
        return cls(
            "figure-claims",
            f"Figure '{figure}' shows what claims name, and there are none.",
            where=f"question '{question}'",
            expected="claims.csv with statements, or shares without a value, whose question it is",
            got=reason,
            hint=suggestion,
        )

    @classmethod
    def nothing_to_rank(cls, items: int) -> RequestError:
        """Two rankings with fewer than two items in common."""
        return cls(
            "nothing-to-rank",
            "Two rankings can agree or differ only about the same items.",
            expected="two items or more that both rank",
            got=f"{items}",
            hint="Use the same response codes in both questions.",
        )

    @classmethod
    def too_many_orders(cls, orders: int, most: int) -> RequestError:
        """Tiers that allow more orders than can be gone through."""
        return cls(
            "too-many-orders",
            "There are too many orders within the tiers to go through all.",
            expected=f"at most {most:,} pairs of orders",
            got=f"{orders:,}",
            hint="Rank fewer items, or give tiers that say more.",
        )

    @classmethod
    def figure_option(cls, figure: str, option: str, got: object, expected: str) -> RequestError:
        """An option of a figure has a value that it cannot take."""
        return cls(
            "figure-option",
            f"Option '{option}' cannot take this value.",
            where=figure,
            expected=expected,
            got=repr(got),
        )

    @classmethod
    def figure_too_tall(cls, figure: str, height: float, limit: float) -> RequestError:
        """A card is taller than a page."""
        return cls(
            "figure-too-tall",
            "The figure is taller than a page; type is never shrunk to fit.",
            where=figure,
            expected=f"at most {limit:g} in",
            got=f"{height:.2f} in",
            hint="Use draw_all, which splits rows over cards; shorten labels and notes if one row is too tall.",
        )

    @classmethod
    def picture_format(cls, path: object, known: Sequence[str]) -> RequestError:
        """The suffix of a picture's path names no known format."""
        return cls(
            "picture-format",
            "The suffix of the path does not name a picture format.",
            where=str(path),
            expected=listed(known),
            hint="Save to a path such as figure.svg.",
        )

    @classmethod
    def font_unusable(cls, path: object, reason: str) -> RequestError:
        """A font file that was asked for cannot be used."""
        return cls(
            "font-unusable",
            "The font cannot be used.",
            where=str(path),
            expected="a TrueType or OpenType file",
            got=reason,
        )

    @classmethod
    def palette_unreadable(cls, problems: Sequence[str]) -> RequestError:
        """A palette fails the checks of contrast or of colour vision."""
        return cls(
            "palette-unreadable",
            "The palette cannot be read by everyone.",
            got=listed(problems),
            hint="Darken or separate the colours named above, or check with strict=False.",
        )


class DataFault(CxSurveyError):
    """The data do not allow what was asked."""

    exit_code: ClassVar[int] = 1

    @classmethod
    def too_few_waves(cls, question: str, count: int) -> DataFault:
        """A wave question has fewer than two waves with respondents."""
        return cls(
            "wave-not-usable",
            f"'{question}' has {count} wave{'' if count == 1 else 's'} with respondents; letters against the "
            "wave "
            "before need two.",
            hint="Name another question, or leave the wave out.",
        )

    @classmethod
    def calibration_stuck(cls, name: str, wanted: float, reached: float) -> DataFault:
        """No weights within the bounds meet the totals."""
        return cls(
            "calibration-not-reached",
            "The weights do not reach the totals.",
            where=f"furthest off: '{name}'",
            expected=f"a total of {wanted:.6g}",
            got=f"{reached:.6g}",
            hint="Widen the bounds, or drop a variable: totals that contradict each other cannot all be met.",
        )

    @classmethod
    def trimming_impossible(cls, lower: float, upper: float, total: float, n: int) -> DataFault:
        """The limits leave no room for what is cut."""
        return cls(
            "trimming-impossible",
            "Weights cannot be trimmed to these limits with their sum kept.",
            expected=f"limits between which {n:,} weights can sum to {total:.6g}",
            got=f"{lower:g} to {upper:g}",
            hint="Widen the limits, or do not redistribute.",
        )

    @classmethod
    def margin_unanswered(cls, name: str, count: int) -> DataFault:
        """Respondents are in no category of a margin."""
        return cls(
            "margin-unanswered",
            f"Respondents have no category in the margin '{name}'.",
            expected="a category for every respondent who is weighted",
            got=_count(count, "respondent") + " without one",
            hint="Impute the answer, give 'no answer' a target of its own, or leave those respondents out.",
        )

    @classmethod
    def margin_empty(cls, name: str, label: str, target: float) -> DataFault:
        """Nobody can carry the target."""
        return cls(
            "margin-empty",
            "A target has no respondents to carry it.",
            where=f"margin '{name}', '{label}'",
            expected="at least one respondent with a weight above zero",
            got=f"a target of {target:g} and nobody",
            hint="Combine the category with a neighbour, in the margin and in the answers.",
        )

    @classmethod
    def margin_zero(cls, name: str, label: str) -> DataFault:
        """A target of zero would weight respondents away."""
        return cls(
            "margin-zero",
            "A target of zero has respondents.",
            where=f"margin '{name}', '{label}'",
            expected="a target above zero for every category that somebody is in",
            hint="Correct the target, or leave those respondents out of the study.",
        )

    @classmethod
    def margins_disagree(cls, first: str, total: float, other: str, other_total: float) -> DataFault:
        """Two margins count different populations."""
        return cls(
            "margins-disagree",
            "Margins sum to different totals.",
            where=f"margins '{first}' and '{other}'",
            expected="the same total in every margin, within one in a million",
            got=f"{total:.10g} and {other_total:.10g}",
            hint="Give every margin as shares of the same population, or scale them to one total.",
        )

    @classmethod
    def margins_unfit(cls, file: str, problems: Sequence[str]) -> DataFault:
        """Margins and respondents do not fit together; every place is told at once."""
        shown = "\n".join(f"  - {problem.rstrip()}" for problem in problems[:SHOWN_PROBLEMS])
        rest = len(problems) - SHOWN_PROBLEMS
        return cls(
            "margins-unfit",
            f"Margins and respondents do not fit in {_count(len(problems), 'place')}.",
            where=file,
            expected="a target above zero for every answer that somebody gave, and somebody for every target",
            got="\n" + shown + (f"\n  - and {rest} more" if rest > 0 else ""),
            hint="Correct the targets; join rare answers in a [[group]] and weight by that; give those without "
            "an answer a row of their own, whose response is empty.",
        )

    @classmethod
    def margin_beyond_limits(cls, name: str, label: str, target: float, least: float, most: float) -> DataFault:
        """Bounds or a largest weight leave a target out of reach."""
        return cls(
            "margin-beyond-limits",
            "A target lies beyond what the limits of the weights allow.",
            where=f"margin '{name}', '{label}'",
            expected=f"a sum of weights from {least:.6g} to {most:.6g}",
            got=f"a target of {target:.6g}",
            hint="Widen the bounds, trim at a larger weight, or join the answer with another in a [[group]].",
        )

    @classmethod
    def limits_stuck(cls, name: str, label: str, distance: float) -> DataFault:
        """Each target can be reached within the limits, all of them together cannot."""
        return cls(
            "limits-no-convergence",
            "No weights within the limits meet every margin.",
            where=f"furthest off: margin '{name}', '{label}'",
            expected="limits that leave room to meet all margins together",
            got=f"{100 * distance:.3g}% from its target",
            hint="Widen the bounds, trim at a larger weight, or combine rare categories.",
        )

    @classmethod
    def negative_weights(cls, count: int) -> DataFault:
        """Linear calibration without bounds may turn weights negative."""
        return cls(
            "weights-turned-negative",
            f"The margins make {_count(count, 'weight')} negative.",
            expected="weights that are zero or more",
            hint="Give bounds, such as 0.3,3, or use method 'rake'.",
        )

    @classmethod
    def raking_stuck(cls, name: str, label: str, distance: float, rounds: int) -> DataFault:
        """The margins cannot all be met with the combinations that occur."""
        return cls(
            "raking-no-convergence",
            f"The weights do not reach the margins in {rounds:,} rounds.",
            where=f"furthest off: margin '{name}', '{label}'",
            expected="weights that meet every margin",
            got=f"{100 * distance:.3g}% from its target",
            hint="Combine rare categories, or drop a margin: some combinations may have no respondents.",
        )

    @classmethod
    def synthesis_plan(cls, question: str, problem: str) -> DataFault:
        """Planned counts contradict each other; no file is written."""
        return cls(
            "synthesis-plan",
            f"The counts planned for '{question}' cannot be carried out: it {problem}.",
            hint="This is a fault of cxsurvey: please report it with the study file and the claims.",
        )

    @classmethod
    def synthesis_choices(cls, question: str, answering: int, cap: int | None) -> DataFault:
        """Counts of choices that no respondents can make."""
        return cls(
            "synthesis-choices",
            f"No respondents can choose the responses to '{question}' as often as its claims say.",
            where=f"question '{question}', {answering:,} respondents who answer",
            expected=f"choices of {'one response or more' if cap is None else f'at most {cap} responses'} each",
            hint="Check the shares of combinations of its responses, and its cap.",
        )

    @classmethod
    def synthesis_unread(cls, question: str) -> DataFault:
        """Cells that do not read back as the answers they were made from."""
        return cls(
            "synthesis-unread",
            f"Synthetic answers to '{question}' cannot be written so that they read back the same.",
            where=f"question '{question}'",
            expected="columns of its own; codes that are no other answer's label or missing code",
            hint="Mend its columns, codes or missing codes in the study file.",
        )

    @classmethod
    def synthesis_unmet(cls, claims: Sequence[str]) -> DataFault:
        """Respondents that do not satisfy what they were calibrated to; no file is written."""
        shown = "\n".join(f"  - {claim}" for claim in claims[:SHOWN_PROBLEMS])
        rest = len(claims) - SHOWN_PROBLEMS
        return cls(
            "synthesis-unmet",
            f"The synthetic respondents miss {_count(len(claims), 'claim')}; none are written.",
            got="\n" + shown + (f"\n  - and {rest} more" if rest > 0 else ""),
            hint="This is a fault of cxsurvey: please report it with the study file and the claims.",
        )

    @classmethod
    def synthesis_faulty(cls, findings: Sequence[str]) -> DataFault:
        """Respondents that break the codebook; no file is written."""
        return cls(
            "synthesis-faulty",
            "The synthetic respondents break the codebook, so none are written.",
            got=listed(findings, most=3),
            hint="Add what must hold to the claims, or relax the study file.",
        )

    @classmethod
    def no_respondents(cls, file: str) -> DataFault:
        """There is nobody to count."""
        return cls(
            "no-respondents",
            "There are no respondents.",
            where=file,
            expected="at least one row below the column names",
            hint="Export the responses again, or name the right file in [study] responses.",
        )

    @classmethod
    def claims_conflict(
        cls,
        study: str,
        claims: Sequence[str],
        rules: Sequence[str],
        *,
        why: str,
        smallest: bool,
        undecided: bool = False,
    ) -> DataFault:
        """No respondents can satisfy these claims together."""
        count = f"{_count(len(claims), 'claim')} of '{study}' cannot {'all ' if len(claims) > 1 else ''}hold."
        if not claims:
            count = f"The questions and filters of '{study}' leave no possible respondents."
        sure = "No smaller set of claims conflicts" if smallest else "They are a set that conflicts"
        needed = "whether all of it is needed stays open" if undecided else "none of it can be left out"
        return cls(
            "claims-conflict",
            f"{count} {sure} ({needed}). {why}".rstrip(),
            where="claims.csv",
            expected="counts of " + "; ".join(rules),
            got="\n" + "\n".join(f"  - {claim}" for claim in claims),
            hint="Mend a printed value or a base, or set calibrate = no with the reason in note.",
        )

    @classmethod
    def claims_undecided(cls, reason: str) -> DataFault:
        """The search for counts ended without an answer."""
        return cls(
            "claims-undecided",
            "It cannot be decided whether the claims can all hold.",
            got=reason,
            hint="Set calibrate = no for comparisons and ratios between groups whose sizes are not printed.",
        )

    @classmethod
    def weight_column(cls, column: str, problem: str, count: int, row: int) -> DataFault:
        """A weight is missing, negative or not a number."""
        return cls(
            "weight-unusable",
            f"The weights cannot be used: {problem}.",
            where=f"column '{column}', {count:,} row{'s' if count != 1 else ''}, first row {row}",
            expected="a finite number that is not negative for every respondent, not all zero",
            hint="Mend the column or leave out those respondents; 'cxsurvey check' counts each fault.",
        )

    @classmethod
    def design_column(cls, column: str, role: str, count: int, row: int) -> DataFault:
        """A respondent has no stratum or cluster."""
        return cls(
            "design-unusable",
            f"The {role} of {count:,} respondent{'s' if count != 1 else ''} is blank.",
            where=f"column '{column}', first row {row}",
            expected=f"a {role} for every respondent",
            hint="Complete the column, or leave out those respondents.",
        )

    @classmethod
    def replicate_column(cls, column: str, count: int, row: int) -> DataFault:
        """A column of replicate weights holds what is no weight."""
        return cls(
            "replicate-weights-unusable",
            f"{_count(count, 'replicate weight')} of the column cannot be used.",
            where=f"column '{column}', first row {row}",
            expected="finite numbers, none below 0, not all 0",
            hint="Correct the column, or check that [design.replicates] names the right ones;"
            " 'cxsurvey check' lists them all.",
        )

    @classmethod
    def too_many_replicates(cls, replicates: int, n: int, most: int) -> DataFault:
        """Replicate weights that would fill the memory."""
        return cls(
            "too-many-replicates",
            f"{replicates:,} replicates of {n:,} respondents would not fit into memory.",
            expected=f"at most {most:,} replicate weights in all",
            got=f"{replicates * n:,}",
            hint="Use linearization (leave out [design.replicates]), or a bootstrap of fewer replicates.",
        )

    @classmethod
    def overlapping_groups(cls, group: str, count: int, row: int) -> DataFault:
        """Respondents belong to two groups at once."""
        return cls(
            "group-overlap",
            f"{count:,} respondent{'s belong' if count != 1 else ' belongs'} to several members of '{group}'.",
            where=f'[[group]] "{group}", first row {row} of the responses',
            expected="members that exclude one another",
            hint='Change the members, or set overlap = "exclude" to leave such respondents in neither.',
        )

    @classmethod
    def too_few_groups(cls, group: str, found: int) -> DataFault:
        """There is nothing to compare."""
        return cls(
            "nothing-to-compare",
            f"'{group}' has {found} group{'s' if found != 1 else ''} with respondents.",
            expected="at least two groups with respondents",
            hint="Compare by another question, or check how its members are declared.",
        )

    @classmethod
    def no_weighted_scores(cls, scores: Sequence[str]) -> DataFault:
        """A split needs the distribution of the scores."""
        return cls(
            "no-weighted-score",
            "Nobody with a score has a weight above zero, so the scores have no median or terciles.",
            where=f"scores {listed(scores)}",
            hint="Check the weights, or use a rule with fixed cut points.",
        )

    @classmethod
    def lonely_strata(cls, lonely: int, strata: int) -> DataFault:
        """Report strata with one cluster, which give no variance."""
        if strata == 1:
            return cls(
                "lonely-stratum",
                "The sample is one respondent or one cluster, from which no variance can be estimated.",
                expected="two respondents or more; with [design] cluster, two clusters or more",
                hint="Export all responses, or check the cluster column.",
            )
        return cls(
            "lonely-stratum",
            f"{lonely} of {strata} strata {'hold' if lonely != 1 else 'holds'} a single cluster,"
            " from which no variance can be estimated.",
            expected="two clusters or more in each stratum",
            hint="Merge neighbouring strata, or set lonely_cluster under [design] to 'adjust', 'average',"
            " 'certainty' or 'remove'; 'cxsurvey check' names the strata.",
        )

    @classmethod
    def design_weights(cls, problem: str, bad: int, n: int) -> DataFault:
        """Report weights that are missing, negative or all zero."""
        what = {
            "missing": "Weights are missing or infinite.",
            "negative": "Weights are negative.",
            "zero": "All weights are zero.",
        }
        return cls(
            f"weights-{problem}",
            what[problem],
            expected="a finite weight of zero or more for each respondent, and one above zero",
            got=f"{bad} of {n} weights",
            hint="Correct the weight column, or drop those respondents before weighting.",
        )

    @classmethod
    def design_value_missing(cls, name: str, count: int) -> DataFault:
        """Report respondents without a stratum, a cluster or a population size."""
        return cls(
            "design-value-missing",
            f"{count} respondent{'s have' if count != 1 else ' has'} no {name}.",
            expected=f"a {name} for each respondent",
            hint="Complete the column; a respondent without one cannot be placed in the design.",
        )

    @classmethod
    def replicate_weights(cls, bad: int, columns: int) -> DataFault:
        """Replicate weights are missing, infinite or negative."""
        return cls(
            "replicate-weights-unusable",
            f"{bad:,} of {_count(columns, 'column')} of replicate weights cannot be used.",
            expected="finite numbers, none below 0, one for each respondent",
            hint="Check that the columns are the replicate weights and that no cell is blank.",
        )

    @classmethod
    def table_too_small(cls, rows: int, columns: int) -> DataFault:
        """A table of one row or column has nothing to test."""
        return cls(
            "table-too-small",
            "There is nothing to test in a table with a single row or column.",
            expected="at least two rows and two columns with respondents",
            got=f"{rows:,} by {columns:,}",
            hint="Look at the answers: everybody may have given the same one, or the domain may be too narrow.",
        )

    @classmethod
    def not_two_groups(cls, found: int) -> DataFault:
        """A test of two groups was asked for where there are more or fewer."""
        return cls(
            "not-two-groups",
            "The test compares two groups.",
            expected="two groups with respondents who answered",
            got=f"{found:,}",
            hint="Take two groups at a time as a domain, or test them all with a table or ranks.",
        )

    @classmethod
    def too_few_rank_groups(cls, found: int) -> DataFault:
        """A rank test needs groups to compare."""
        return cls(
            "too-few-rank-groups",
            "The test compares groups, and there are not two.",
            expected="two groups or more with respondents who answered",
            got=f"{found:,}",
            hint="Compare by another question, or widen the domain.",
        )

    @classmethod
    def two_clusters_needed(cls, other: int, strata: int) -> DataFault:
        """Half-samples are for strata of two clusters."""
        return cls(
            "two-clusters-needed",
            "Balanced half-samples need two clusters in every stratum.",
            got=f"{other:,} of {strata:,} strata with another number",
            hint="Use the jackknife or the bootstrap, or combine strata as the sampling plan allows.",
        )

    @classmethod
    def clusters_cross_strata(cls, count: int) -> DataFault:
        """Report cluster identifiers found in several strata."""
        return cls(
            "cluster-in-several-strata",
            f"{count} cluster identifier{'s occur' if count != 1 else ' occurs'} in several strata.",
            expected="each cluster in one stratum",
            hint="If the numbering starts again in each stratum, say nested = true under [design];"
            " 'cxsurvey check' names the clusters.",
        )

    @classmethod
    def unusable_fpc(cls, reason: str, got: str) -> DataFault:
        """Report population sizes that contradict the sample."""
        return cls(
            "fpc-not-usable",
            f"The finite population correction cannot be used: {reason}.",
            expected="the population size of the stratum (in clusters), or the fraction sampled",
            got=got,
            hint="Give one value for each stratum, all sizes or all fractions.",
        )

    @classmethod
    def column_not_finite(cls, columns: Sequence[int]) -> DataFault:
        """Report missing or infinite values inside a group that is totalled."""
        return cls(
            "column-not-finite",
            "Columns to be totalled hold missing or infinite values inside a group.",
            where=f"column {listed(columns)}",
            expected="finite numbers; 0 where a respondent is outside a column's base",
            hint="Put respondents without an answer outside the group, or 0 in the column and its base.",
        )

    @classmethod
    def not_as_printed(cls, claim: str, printed: str, percent: float, file: str) -> DataFault:
        """Synthetic respondents that give another number than the report they are calibrated to."""
        return cls(
            "not-as-printed",
            "The synthetic respondents do not give what the report prints.",
            where=f"{file}, claim '{claim}'",
            expected=f"{printed}%",
            got=f"{percent:.2f}%",
            hint="Make the respondents again with 'cxsurvey synthesize', or correct the claim.",
        )

    @classmethod
    def not_counts(cls, name: str, bad: int) -> DataFault:
        """Values that cannot be how many there are."""
        return cls(
            "not-counts",
            f"{_count(bad, 'value')} of '{name}' cannot be a count.",
            expected="finite numbers, none below 0; whole ones for an exact test",
            hint="Give counts of respondents, not shares.",
        )

    @classmethod
    def too_many_tables(cls, most: int) -> DataFault:
        """An exact test that would take for ever."""
        return cls(
            "too-many-tables",
            f"The exact test would go through more than {most:,} tables.",
            expected="a small table, or small counts",
            hint="Use the chi-square test, which is right where counts are large.",
        )

    @classmethod
    def factors_not_found(cls, factors: int, items: int) -> DataFault:
        """A factor model that these items do not allow."""
        return cls(
            "factors-not-found",
            f"{_count(factors, 'factor')} cannot be fitted to {_count(items, 'item')}.",
            expected="items that all vary, more respondents than items, and at least two items for each factor",
            hint="Ask for fewer factors, or leave out items that do not vary.",
        )

    @classmethod
    def controls_unanswered(cls, controls: Sequence[str], groups: str) -> DataFault:
        """Controls that members of fewer than two groups answered."""
        return cls(
            "controls-unanswered",
            f"Fewer than two groups of '{groups}' have members who answered every control.",
            where=f"controls {listed(controls)}",
            expected="two groups or more in which somebody answered them all",
            hint="Leave out a control that few answered, or count no answer as a level of its own.",
        )

    @classmethod
    def control_collinear(cls, controls: Sequence[str], groups: str) -> DataFault:
        """Controls whose values already say who is in which group."""
        return cls(
            "control-collinear",
            f"The controls tell the groups of '{groups}' apart, so no gap is left beside them.",
            where=f"controls {listed(controls)}",
            expected="respondents of different groups with the same values of the controls",
            hint="Leave out the control that goes with the groups, or combine its responses in a [[group]].",
        )

    @classmethod
    def model_without_respondents(cls) -> DataFault:
        """A regression of nobody."""
        return cls(
            "model-without-respondents",
            "Nobody with a weight above zero answered everything that the model uses.",
            expected="respondents with the outcome and every predictor",
            hint="Leave out a predictor that few answered, or widen the domain.",
        )

    @classmethod
    def outcome_constant(cls) -> DataFault:
        """A regression of an outcome that does not vary."""
        return cls(
            "outcome-constant",
            "Everybody in the model gave the same answer, so there is nothing to explain.",
            expected="at least two different answers among respondents with a weight above zero",
            hint="Combine responses otherwise, or widen the domain.",
        )

    @classmethod
    def outcome_out_of_range(cls, bad: int, expected: str) -> DataFault:
        """Values that the outcome of a model cannot have."""
        return cls(
            "outcome-out-of-range",
            f"{_count(bad, 'value')} of the outcome cannot be used with this kind of model.",
            expected=expected,
            hint="Put respondents without an answer outside the domain, or choose another model.",
        )

    @classmethod
    def predictor_infinite(cls, name: str, count: int) -> DataFault:
        """A predictor without a number to multiply."""
        return cls(
            "predictor-infinite",
            "A predictor has infinite values.",
            where=name,
            expected="finite numbers, NaN where there is none",
            got=_count(count, "value"),
            hint="Correct those values, or leave those respondents out.",
        )

    @classmethod
    def predictors_collinear(cls, names: Sequence[str]) -> DataFault:
        """Predictors that follow from each other."""
        return cls(
            "predictors-collinear",
            "Predictors follow from others in the model, so their effects cannot be told apart.",
            where=listed(names),
            expected="no predictor that is a combination of others, and more respondents than predictors",
            hint="Leave those predictors out, or combine their levels.",
        )

    @classmethod
    def outcome_separated(cls, names: Sequence[str]) -> DataFault:
        """Predictors that tell the answers apart completely."""
        return cls(
            "outcome-separated",
            "Predictors tell the answers apart completely for some respondents: the coefficients are infinite.",
            where=listed(names),
            expected="different answers in every group",
            hint='Combine levels, or leave the predictor out; separation="limit" still fits shares.',
        )

    @classmethod
    def model_not_converged(cls, steps: int) -> DataFault:
        """The search for the coefficients did not end."""
        return cls(
            "model-not-converged",
            f"The model did not converge in {steps} steps.",
            hint="Look for predictors on very different scales or with extreme values.",
        )

    @classmethod
    def not_a_p_value(cls, count: int) -> DataFault:
        """Report p-values outside 0 to 1."""
        return cls(
            "not-a-p-value",
            f"{count} value{'s are' if count != 1 else ' is'} not between 0 and 1.",
            expected="p-values, NaN where there was no test",
        )


class OutputError(CxSurveyError):
    """A file cannot be written."""

    @classmethod
    def typeface_missing(cls, path: object) -> OutputError:
        """A file of the bundled typeface is missing, or another font takes its place."""
        return cls(
            "typeface-missing",
            "The typeface of the figures is not available.",
            where=str(path),
            hint="Install cxsurvey again; its wheel carries the font.",
        )

    @classmethod
    def workbook_too_large(cls, what: str, needed: int, limit: int) -> OutputError:
        """Report a book that no sheet of a workbook can hold."""
        return cls(
            "workbook-too-large",
            f"The workbook would need {needed:,} {what}.",
            expected=f"at most {limit:,}, which is all that a sheet holds",
            hint="Give fewer questions or a smaller banner, or write the book as .csv or .html.",
        )

    @classmethod
    def unknown_book_format(cls, path: object, known: Iterable[str]) -> OutputError:
        """Report a file name whose ending names no kind of book."""
        return cls(
            "unknown-book-format",
            "The ending of the file name does not say what kind of book to write.",
            where=str(path),
            expected=f"one of {', '.join(known)}",
            hint="Give a file name such as tables.xlsx.",
        )

    @classmethod
    def target_is_folder(cls, path: object) -> OutputError:
        """Report a file name that a folder already has."""
        return cls(
            "target-is-folder",
            "There is a folder where the file should go.",
            where=str(path),
            hint="Give a file name, or rename the folder.",
        )

    @classmethod
    def target_is_file(cls, path: object) -> OutputError:
        """Report a folder name that a file already has."""
        return cls(
            "target-is-file",
            "There is a file where the folder should go.",
            where=str(path),
            expected="a folder, or a name that is free",
            hint="Give another folder name.",
        )

    @classmethod
    def parent_missing(cls, path: object) -> OutputError:
        """Report that the folder of an output file does not exist."""
        return cls(
            "folder-missing",
            "The folder of the output file does not exist.",
            where=str(path),
            hint="Make the folder first, or check the spelling.",
        )

    @classmethod
    def no_permission(cls, path: object) -> OutputError:
        """Report that the operating system refused the write."""
        return cls(
            "no-permission",
            "The output cannot be written: permission denied.",
            where=str(path),
            hint="Close the file if another program has it open, or choose a folder of your own.",
        )

    @classmethod
    def disk_full(cls, path: object) -> OutputError:
        """Report that the disk or quota is full; earlier files are untouched."""
        return cls(
            "disk-full",
            "The output cannot be written: the disk or quota is full.",
            where=str(path),
            hint="Free some space and run it again; files from an earlier run are as they were.",
        )

    @classmethod
    def would_overwrite_input(cls, path: object) -> OutputError:
        """Report an output that would replace a file it is made from."""
        return cls(
            "would-overwrite-input",
            "The output would replace a file that it is made from.",
            where=str(path),
            hint="Choose another output name.",
        )

    @classmethod
    def foreign_manifest(cls, path: object) -> OutputError:
        """Report a manifest.json in the output folder that cxsurvey did not write or cannot read."""
        return cls(
            "foreign-manifest",
            "The output folder holds a manifest.json that is not cxsurvey's.",
            where=str(path),
            hint="Choose another folder, or move that file away.",
        )

    @classmethod
    def study_edited(cls, path: object) -> OutputError:
        """Report a file of a study folder that somebody has worked on since it was imported."""
        return cls(
            "study-edited",
            "An import would overwrite a file that was edited, or that no import wrote.",
            where=str(path),
            hint="Give another folder with --out. To keep the study file and take new responses from an"
            " export of the same survey, use --responses-only; or move the file away.",
        )

    @classmethod
    def no_study_to_refresh(cls, folder: object) -> OutputError:
        """Report a folder without the study file that new responses are for."""
        return cls(
            "no-study-to-refresh",
            "There is no study file whose responses could be refreshed.",
            where=str(folder),
            expected="a study folder that an import made",
            hint="Import without --responses-only to make one.",
        )

    @classmethod
    def not_written(cls, path: object, reason: str) -> OutputError:
        """Report any other refusal of the operating system."""
        return cls(
            "not-written",
            "The output cannot be written.",
            where=str(path),
            got=reason,
            hint="Check the path, or choose another folder.",
        )
