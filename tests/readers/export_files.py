"""Write a small export and read it as the detector does."""

from pathlib import Path

from cxsurvey.readers.exports.detector import read_export
from cxsurvey.readers.exports.records import Export, ExportColumn

SHARED = Path(__file__).resolve().parents[3] / "shared" / "exports"


def written(folder: Path, text: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def columns_of(export: Export) -> dict[str, ExportColumn]:
    """The columns by name; their names are those of the frame, and every cell is text."""
    assert list(export.frame.columns) == [column.name for column in export.columns]
    assert all(isinstance(cell, str) for cell in export.frame.to_numpy().ravel())
    return {column.name: column for column in export.columns}


def read_text(folder: Path, text: str, name: str = "export.csv") -> Export:
    return read_export(written(folder, text, name))
