"""Encodings: marked, stated, found; nothing undecodable turns into nonsense."""

import codecs

import pytest

from cxsurvey.readers import encodings

TEXT = "id,label\n1,“Fair” – naïve’s\n2,plain\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_encoding_is_found(read, content, encoding):
    raw = read(content)
    assert raw.encoding == encoding
    assert list(raw.frame.columns) == ["id", "label"]
    assert raw.frame["label"].tolist() == ["“Fair” – naïve’s", "plain"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "mac_roman", "UTF8", "utf-8-sig", "cp1252"])
def test_stated_encoding(read, encoding):
    raw = read(TEXT.encode(encoding), encoding=encoding)
    assert raw.frame["label"].tolist() == ["“Fair” – naïve’s", "plain"]


def test_emoji_and_a_mark_inside_a_cell_stay(read):
    assert read("id,label\n1,\ufeff1 (None) 🙂\n").frame["label"].tolist() == ["\ufeff1 (None) 🙂"]


def test_utf16_tab_separated(read):
    raw = read("id\tq1\r\n1\tä\r\n".encode("utf-16"), "answers.tsv")
    assert (raw.separator, raw.frame["q1"].tolist()) == ("\t", ["ä"])


def test_utf8_broken_in_one_place_is_not_read_as_cp1252(refusal):
    content = "id,label\n1,naïve\n2,".encode() + b"caf\xe9\n"
    assert refusal(content) == (
        "The text is not valid utf-8. [responses-undecodable]\n"
        "Where: answers.csv, line 3, byte offset 23\n"
        "Got: byte 0xE9\n"
        "Next: State the encoding under [reading], or save the file as UTF-8."
    )


def test_broken_place_beyond_the_first_part(refusal, monkeypatch):
    monkeypatch.setattr(encodings, "CHUNK_BYTES", 5)
    content = "id,label\n1,naïve\n2,".encode() + b"caf\xe9\n"
    assert "line 3, byte offset 23\nGot: byte 0xE9" in refusal(content)


def test_parts_may_cut_characters(read, monkeypatch):
    monkeypatch.setattr(encodings, "CHUNK_BYTES", 5)
    assert read(TEXT).frame["label"].tolist() == ["“Fair” – naïve’s", "plain"]


def test_neither_utf8_nor_cp1252(refusal):
    assert refusal(b"id,label\n1,\x81\n") == (
        "The text is not valid cp1252. [responses-undecodable]\n"
        "Where: answers.csv, line 2, byte offset 11\n"
        "Got: byte 0x81\n"
        "Next: State the encoding under [reading], or save the file as UTF-8."
    )


def test_stated_encoding_does_not_fit(refusal):
    assert refusal(TEXT.encode("cp1252"), encoding="utf-8") == (
        "The text is not valid utf-8. [responses-undecodable]\n"
        "Where: answers.csv, line 2, byte offset 11\n"
        "Got: byte 0x93\n"
        "Next: State the encoding under [reading], or save the file as UTF-8."
    )


def test_utf16_without_a_mark(refusal):
    assert refusal("id,q1\n1,2\n".encode("utf-16-le")) == (
        "The text holds a NUL character. [responses-nul-byte]\n"
        "Where: answers.csv, line 1, byte offset 1\n"
        'Next: State encoding = "utf-16-le" (or "utf-16-be") under [reading].'
    )


def test_nul_in_text(refusal):
    assert refusal(b"id,q1\n1,2\n3,\x00\n5,6\n") == (
        "The text holds a NUL character. [responses-nul-byte]\n"
        "Where: answers.csv, line 3, byte offset 12\n"
        "Next: The file is damaged or not text: export it again."
    )


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13"])
def test_unknown_encoding(refusal, encoding):
    assert refusal(TEXT, encoding=encoding) == (
        f"There is no text encoding '{encoding}'. [responses-unknown-encoding]\n"
        "Where: [reading] encoding, for answers.csv\n"
        "Next: Use a name such as utf-8, cp1252, utf-16 or shift_jis, or leave it out."
    )


def test_stated_encoding_contradicts_the_mark(refusal):
    assert refusal(codecs.BOM_UTF8 + TEXT.encode(), encoding="cp1252") == (
        "The stated encoding contradicts the file's byte order mark. [responses-encoding-mismatch]\n"
        "Where: answers.csv\n"
        "Expected: cp1252\n"
        "Got: a byte order mark of utf-8\n"
        "Next: Leave [reading] encoding out: the mark is enough."
    )


@pytest.mark.parametrize(
    ("encoding", "meant", "shown"),
    [("cp1252", "“", "â€œ"), ("latin-1", "“", "â\x80\x9c"), ("mac_roman", "“", "‚Äú"), ("ascii", "“", "���")],
)
def test_utf8_read_in_an_encoding_of_single_bytes(refusal, encoding, meant, shown):
    name = codecs.lookup(encoding).name
    assert refusal(TEXT, encoding=encoding) == (
        f"The file is UTF-8, not {name}. [responses-is-utf8]\n"
        "Where: answers.csv, line 2\n"
        f"Expected: {meant!r}\n"
        f"Got: {shown!r} if it were read as {name}\n"
        'Next: State encoding = "utf-8" under [reading], or leave it out.'
    )


def test_the_line_of_the_first_accent_is_named(refusal):
    message = refusal("id,label\n1,plain\n2,caf\u00e9\n", encoding="cp1252")
    assert "Where: answers.csv, line 3\nExpected: 'é'\nGot: 'Ã©' if it were read as cp1252\n" in message


def test_text_without_accents_fits_any_encoding(read):
    raw = read("id,label\n1,plain\n", encoding="cp1252")
    assert (raw.encoding, raw.frame["label"].tolist()) == ("cp1252", ["plain"])


def test_one_byte_that_is_not_utf8_bears_the_statement_out(read):
    raw = read("id,label\n1,Ã©\n2,é\n".encode("cp1252"), encoding="cp1252")
    assert raw.frame["label"].tolist() == ["Ã©", "é"]


def test_encodings_of_two_bytes_may_look_like_utf8(read):
    """The GBK bytes of these two characters are valid UTF-8 as well."""
    content = "id,label\n1,茅台\n".encode("gbk")
    assert content.decode("utf-8") != content.decode("gbk")
    assert read(content, encoding="gbk").frame["label"].tolist() == ["茅台"]
