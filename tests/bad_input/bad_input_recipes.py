"""Broken files that no repository should hold: too large, not text, or not even a nameable file."""

from __future__ import annotations

import zipfile
from pathlib import Path

STUDY = """[study]
id = "tiny"
title = "A tiny study"
responses = "{responses}"

[[question]]
id = "owner"
text = "Who owns customer experience?"
type = "single"
column = "OWNER"
responses = {{ 1 = "One team", 2 = "Several teams" }}
"""
ROWS = "ID,OWNER\n1,1\n2,2\n3,1\n"


def _sound(folder: Path, responses: str = "responses.csv") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(STUDY.format(responses=responses), encoding="utf-8")
    (folder / "responses.csv").write_text(ROWS, encoding="utf-8")


def study_file_is_folder(place: Path) -> None:
    (place / "study" / "study.toml").mkdir()


def responses_is_folder(place: Path) -> None:
    (place / "study" / "responses.csv").mkdir()


def symlink_out(place: Path) -> None:
    (place / "elsewhere.csv").write_text(ROWS, encoding="utf-8")
    (place / "study" / "responses.csv").symlink_to(place / "elsewhere.csv")


def symlink_loop(place: Path) -> None:
    (place / "study" / "responses.csv").symlink_to("responses.csv")


def nul_byte(place: Path) -> None:
    (place / "study" / "responses.csv").write_bytes(b"ID,OWNER\n1,1\n2,\x00\n3,1\n")


def huge_cell(place: Path) -> None:
    (place / "study" / "responses.csv").write_text(f"ID,OWNER\n1,1\n2,{'x' * 2_000_000}\n", encoding="utf-8")


def swallowed_rows(place: Path) -> None:
    rows = "".join(f"{number},1\n" for number in range(3, 300_000))
    (place / "study" / "responses.csv").write_text(f'ID,OWNER\n1,1\n2,"1\n{rows}300000,"1"\n', encoding="utf-8")


def undecodable_names(place: Path) -> None:
    _sound(Path(f"{place}/caf\udce9"))
    (place / "caf\udce9" / "responses.csv").unlink()


def undecodable_output(place: Path) -> None:
    _sound(place / "caf\udce9")


def zip_of_csv(place: Path) -> None:
    with zipfile.ZipFile(place / "study" / "responses.csv", "w") as archive:
        archive.writestr("responses.csv", ROWS)


def workbook(place: Path) -> None:
    import xlsxwriter  # noqa: PLC0415 - one case needs it

    with xlsxwriter.Workbook(place / "study" / "responses.xlsx") as book:
        sheet = book.add_worksheet("Answers")
        sheet.write_row(0, 0, ["ID", "OWNER"])
        sheet.write_row(1, 0, ["1", "1"])


def utf16_study(place: Path) -> None:
    (place / "study" / "study.toml").write_bytes(STUDY.format(responses="responses.csv").encode("utf-16"))


def output_is_folder(place: Path) -> None:
    (place / "table.csv").mkdir()


def output_is_link_to_input(place: Path) -> None:
    (place / "table.csv").symlink_to(place / "study" / "responses.csv")


def earlier_manifest(place: Path) -> None:
    (place / "pack" / "manifest.json").write_text('{"made_by": "another program"}\n', encoding="utf-8")


RECIPES = {
    recipe.__name__.replace("_", "-"): recipe
    for recipe in (
        study_file_is_folder,
        responses_is_folder,
        symlink_out,
        symlink_loop,
        nul_byte,
        huge_cell,
        swallowed_rows,
        undecodable_names,
        undecodable_output,
        zip_of_csv,
        workbook,
        utf16_study,
        output_is_folder,
        output_is_link_to_input,
        earlier_manifest,
    )
}
