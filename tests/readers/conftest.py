"""Write a small file, read it with the public reader."""

from pathlib import Path

import pytest

from cxsurvey.errors import ResponsesError
from cxsurvey.readers.detector import read_responses
from cxsurvey.study.codebook import Reading


@pytest.fixture
def read(tmp_path):
    """Read text or bytes as a file of the given name; options are those of [reading]."""

    def _read(content: str | bytes, name: str = "answers.csv", **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_responses(path, Reading(**options))

    return _read


@pytest.fixture
def refusal(read):
    """Return the whole message that reading a file raises."""

    def _refusal(content: str | bytes, name: str = "answers.csv", **options) -> str:
        with pytest.raises(ResponsesError) as caught:
            read(content, name, **options)
        return caught.value.message

    return _refusal


@pytest.fixture
def files() -> Path:
    return Path(__file__).parent / "files"
