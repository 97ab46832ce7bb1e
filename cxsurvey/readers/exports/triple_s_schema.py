"""The metadata of a Triple-S survey: what its variables are and where in the data they stand.

The standard's elements are read by what is there, whatever version a file declares. The text is parsed as XML
without entities of its own, so that no document can grow when it is read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from cxsurvey.errors import ExportError

Kind = Literal["single", "multiple", "quantity", "character", "logical", "date", "time"]
KINDS: tuple[Kind, ...] = ("single", "multiple", "quantity", "character", "logical", "date", "time")
MAX_BYTES = 64 * 1024 * 1024
MAX_POSITION = 10_000_000
MOST_CODES = 5_000
_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_LATIN = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1"})
_LEVELS = ("hierarchy", "level", "parent")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable.

    Attributes
    ----------
    ident, name, label : str
        The standard's number of it, its short name, its wording.
    kind : str
        One of the standard's seven types.
    start, finish : int
        First and last character of its field, or first and last column of a CSV file, from 1.
    codes : tuple of (str, str)
        Codes and labels, in order.
    ranges : tuple of (str, str)
        Ranges of values, as written.
    subfields, width : int
        Of a multiple that is stored as codes; 0 for a bit string.
    use : str
        ``"serial"``, ``"weight"`` or empty.
    filter : str
        Name or number of the variable that decides who was asked.
    literal : bool
        Whether codes are text.
    """

    ident: str
    name: str
    label: str
    kind: Kind
    start: int
    finish: int
    codes: tuple[tuple[str, str], ...] = ()
    ranges: tuple[tuple[str, str], ...] = ()
    subfields: int = 0
    width: int = 0
    use: str = ""
    filter: str = ""
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """The metadata of a survey.

    Attributes
    ----------
    title, version : str
        Of the survey and of the standard.
    encoding : str
        That the file declares; empty when it does not.
    csv : bool
        Whether the data are delimited; else the fields have fixed positions.
    skip : int
        Rows above the first respondent.
    href : str
        Name of the data file, where it is told.
    variables : tuple of Variable
        In order.
    """

    title: str
    version: str
    encoding: str
    csv: bool
    skip: int
    href: str
    variables: tuple[Variable, ...]


def codec_of(name: str) -> str:
    """Return the encoding to read a declared one with: Latin 1 is in practice Windows-1252.

    >>> codec_of("ISO-8859-1"), codec_of("UTF-8")
    ('cp1252', 'utf-8')
    """
    return "cp1252" if name.lower() in _LATIN else name.lower()


def parse_schema(data: bytes, *, file_name: str) -> Schema:
    """Read the metadata.

    Parameters
    ----------
    data : bytes
        The ``.sss`` or ``.xml`` file.
    file_name : str
        For messages.

    Returns
    -------
    Schema

    Raises
    ------
    ExportError
        When the text is no XML, declares entities, is too large, describes a hierarchy of files, or lacks what
        is needed to find a variable's cells.

    Examples
    --------
    >>> text = (
    ...     "<sss version='2.0'><survey><record ident='A'><variable ident='1' type='single'><name>Q1</name>"
    ...     "<label>Why?</label><position start='1'/><values><value code='1'>So</value></values>"
    ...     "</variable></record></survey></sss>"
    ... )
    >>> parse_schema(text.encode(), file_name="survey.sss").variables[0].codes
    (('1', 'So'),)
    """
    if len(data) > MAX_BYTES:
        raise ExportError.triple_s(
            file_name, f"{len(data):,} bytes of metadata", f"at most {MAX_BYTES:,} bytes"
        )
    text, encoding = _decoded(data, file_name)
    root = _tree(text, file_name)
    if root.tag.casefold() != "sss":
        raise ExportError.triple_s(file_name, f"the first element is <{root.tag}>", "an element <sss>")
    _refuse_hierarchy(root, file_name)
    record = root.find(".//record")
    if record is None:
        raise ExportError.triple_s(file_name, "no element <record>", "one <record> with the variables")
    language = (root.get("languages") or "").split()
    words = _Words(language[0] if language else "")
    return Schema(
        title=words.plain(root.find(".//survey/title")),
        version=root.get("version", ""),
        encoding=encoding,
        csv=record.get("format", "fixed").casefold() == "csv",
        skip=_whole(record.get("skip", "0"), "skip", file_name),
        href=record.get("href", ""),
        variables=tuple(_variables(record, words, file_name)),
    )


def _decoded(data: bytes, file_name: str) -> tuple[str, str]:
    declared = _DECLARATION.search(data[:300])
    name = declared.group(1).decode() if declared else ""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codecs = ["utf-16"]
    else:
        codecs = [codec_of(name)] if name else ["utf-8-sig", "cp1252"]
    for codec in [*codecs, *(["latin-1"] if name.lower() in _LATIN else [])]:
        try:
            return data.decode(codec).lstrip("\ufeff"), name or codec.removesuffix("-sig")
        except LookupError as fault:
            raise ExportError.triple_s(file_name, f"the encoding '{name}'", "a known text encoding") from fault
        except UnicodeDecodeError:
            continue
    raise ExportError.triple_s(file_name, "bytes that do not fit", f"text in {name or 'UTF-8'}")


def _tree(text: str, file_name: str) -> Element:
    """Parse; expat fetches nothing from outside, and entities that a document declares are refused."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data

    def keep(name: str, is_parameter: bool) -> None:  # noqa: FBT001 - the parser calls it
        builder.data("" if is_parameter else html.unescape(f"&{name};"))

    def refuse(*_: object) -> None:
        raise ExportError.triple_s(file_name, "entities of its own (<!ENTITY ...>)", "a document without them")

    parser.SkippedEntityHandler = keep
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text, True)  # noqa: FBT003 - the parser's own argument: this is the end
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError) as fault:
        raise ExportError.triple_s(file_name, f"no well-formed XML: {fault}", "XML") from fault


def _refuse_hierarchy(root: Element, file_name: str) -> None:
    levels = [tag for tag in _LEVELS if root.find(f".//{tag}") is not None]
    records = len(root.findall(".//record"))
    if levels or records > 1:
        got = f"an element <{levels[0]}>" if levels else f"{records} records"
        raise ExportError.triple_s_hierarchy(file_name, got=got)


@dataclass(frozen=True, slots=True)
class _Words:
    """Texts in the survey's first language; a text may differ by mode."""

    language: str

    def plain(self, element: Element | None) -> str:
        """The text for printing, else the text for interviewing, else the first."""
        return self._chosen(element, ("", "analysis", "interview"))

    def wording(self, element: Element | None) -> str:
        """What the respondent read, else the text for printing."""
        return self._chosen(element, ("interview", "", "analysis"))

    def _chosen(self, element: Element | None, modes: tuple[str, ...]) -> str:
        if element is None:
            return ""
        texts = {"": _own_text(element)}
        for part in element.findall("text"):
            language = part.get("{http://www.w3.org/XML/1998/namespace}lang") or part.get("xml:lang") or ""
            if not self.language or language in {"", self.language}:
                texts[part.get("mode", "")] = texts.get(part.get("mode", "")) or _own_text(part)
        return next((texts[mode] for mode in modes if texts.get(mode)), "") or next(
            (_own_text(part) for part in element.findall("text") if _own_text(part)), ""
        )


def _own_text(element: Element) -> str:
    """The text of an element without its <text> children; a line break is a blank."""
    parts = [element.text or ""]
    for child in element:
        parts += ["" if child.tag == "text" else f" {_own_text(child)}", child.tail or ""]
    return " ".join("".join(parts).split())


def _variables(record: Element, words: _Words, file_name: str) -> Iterator[Variable]:
    last = 0
    for element in record.iter("variable"):
        ident = element.get("ident", "")
        name = words.plain(element.find("name")) or f"V{ident}"
        kind = element.get("type", "").casefold()
        if kind not in KINDS:
            raise ExportError.triple_s(file_name, f"variable '{name}' of type '{kind}'", ", ".join(KINDS))
        start, finish = _position(element, name, file_name, after=last)
        last = finish
        spread = element.find("spread")
        yield Variable(
            ident=ident,
            name=name,
            label=words.wording(element.find("label")),
            kind=kind,
            start=start,
            finish=finish,
            codes=tuple(_codes(element, words)),
            ranges=tuple(
                (part.get("from", "").strip(), part.get("to", "").strip())
                for part in element.findall("values/range")
            ),
            subfields=0 if spread is None else _whole(spread.get("subfields", "1"), "subfields", file_name),
            width=0 if spread is None else _whole(spread.get("width", "0"), "width", file_name),
            use=element.get("use", "").casefold(),
            filter=(element.get("filter") or words.plain(element.find("filter"))).strip(),
            literal=element.get("format", "").casefold() == "literal",
        )


def _codes(element: Element, words: _Words) -> Iterator[tuple[str, str]]:
    for value in element.findall("values/value"):
        precode = next((told for key, told in value.items() if key.split(":")[-1] == "precode"), "")
        yield value.get("code", "").strip(), words.plain(value) or precode


def _position(element: Element, name: str, file_name: str, *, after: int) -> tuple[int, int]:
    position = element.find("position")
    if position is None:
        raise ExportError.triple_s(
            file_name, f"variable '{name}' without a <position>", "a start for each variable"
        )
    start = _whole(position.get("start", str(after + 1)), "position start", file_name)
    finish = _whole(position.get("finish", str(start)), "position finish", file_name)
    if not 1 <= start <= finish <= MAX_POSITION:
        raise ExportError.triple_s(
            file_name, f"variable '{name}' from {start} to {finish}", "1 <= start <= finish"
        )
    return start, finish


def _whole(text: str, what: str, file_name: str) -> int:
    if not re.fullmatch(r"\s*\d{1,8}\s*", text):
        raise ExportError.triple_s(file_name, f"{what} '{text[:20]}'", "a whole number")
    return int(text)
