"""The study folder: what is in it, what is left out, what an import may overwrite, and importing it again."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import pytest

import cxsurvey as cx
from cxsurvey.errors import ExportError, OutputError, RequestError, StudyError
from cxsurvey.files import sha256
from cxsurvey.readers.importing.folder import recorded

LEVELS = ("Excellent", "Good", "Fair", "Poor")
HEAD = "Respondent ID,IP Address,Email,How do you rate our insight?,Which channels?,Anything else?,Team"
FILES = {
    "study.toml",
    "responses.csv",
    "import-report.txt",
    "import-columns.csv",
    "README.md",
    "study.schema.json",
}


def rows(count=60, *, first=1):
    for i in range(first, first + count):
        channels = '"Web, Phone"' if i % 3 else "Web" if i % 2 else "Phone"
        address = f"192.0.2.{i if i > 4 else 1}"
        comment = ["=1+1", "Fine, thanks", f"Comment {i}", "-- nothing"][i % 4] + f" {i}"
        yield f'{i},{address},p{i}@example.com,{LEVELS[i % 4]},{channels},"{comment}",{"AB"[i % 2]}'


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("\n".join([HEAD, *rows()]) + "\n", encoding="utf-8")
    return path


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}


def test_a_folder_that_runs(export, tmp_path):
    made = cx.import_export(export, to=tmp_path / "acme", title="  Acme\n2024 ")
    assert names(tmp_path / "acme") == FILES
    assert {path.name for path in made.files} == FILES
    study = cx.read_study(tmp_path / "acme")
    assert study.n == made.n == 60
    assert study.file.study.title == "Acme 2024"
    assert study.file.figure
    assert not cx.check(study).errors
    assert cx.draw_figures(study)


def test_without_a_folder_nothing_is_written(export, tmp_path):
    made = cx.import_export(export)
    assert made.folder is None
    assert made.files == ()
    assert "Nothing was written." in made.report
    assert list(tmp_path.iterdir()) == [export]


def test_nothing_is_written_outside_the_folder(export, tmp_path):
    before = export.read_bytes()
    cx.import_export(export, to=tmp_path / "a" / "b")
    assert names(tmp_path) == {"export.csv", *(f"a/b/{name}" for name in FILES)}
    assert export.read_bytes() == before


def test_personal_data_and_free_text_stay_out(export, tmp_path):
    made = cx.import_export(export, to=tmp_path / "acme")
    text = (tmp_path / "acme" / "responses.csv").read_text(encoding="utf-8")
    everything = b"".join(contents(tmp_path / "acme").values()).decode()
    assert "example.com" not in everything
    assert "192.0.2" not in everything
    assert "Comment" not in text
    assert "personal: 2" in made.report
    assert "--keep" in made.report


def test_shared_addresses_become_a_number(export, tmp_path):
    made = cx.import_export(export, to=tmp_path / "acme")
    numbers = cx.read_study(tmp_path / "acme").raw.frame["ip_group"].tolist()
    assert numbers == ["1"] * 4 + [""] * 56
    assert made.draft.roles["address"] == ("ip_group",)


def test_kept_text_is_guarded_and_read_back(export, tmp_path):
    made = cx.import_export(export, to=tmp_path / "acme", keep=["Anything else?"])
    text = (tmp_path / "acme" / "responses.csv").read_text(encoding="utf-8")
    assert ",'=1+1 4," in text
    assert "guarded = true" in made.study_toml
    assert "apostrophe" in (tmp_path / "acme" / "README.md").read_text(encoding="utf-8")
    study = cx.read_study(tmp_path / "acme")
    column = next(q.column for q in study.file.question if q.type == "text")
    assert {"=1+1 4", "-- nothing 3"} <= set(study.raw.frame[column])


def test_importing_twice_gives_the_same_bytes(export, tmp_path):
    cx.import_export(export, to=tmp_path / "acme")
    before = contents(tmp_path / "acme")
    cx.import_export(export, to=tmp_path / "acme")
    assert contents(tmp_path / "acme") == before


def test_the_report_records_what_was_written(export, tmp_path):
    cx.import_export(export, to=tmp_path / "acme")
    found = recorded(tmp_path / "acme")
    assert set(found) == FILES - {"import-report.txt"}
    assert all(sha256(tmp_path / "acme" / name) == digest for name, digest in found.items())


@pytest.mark.parametrize("name", ["study.toml", "responses.csv"])
def test_an_edited_file_is_never_overwritten(export, tmp_path, name):
    folder = tmp_path / "acme"
    cx.import_export(export, to=folder)
    with (folder / name).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    before = contents(folder)
    with pytest.raises(OutputError, match="responses-only") as caught:
        cx.import_export(export, to=folder)
    assert caught.value.code == "study-edited"
    assert caught.value.where.endswith(name)
    assert contents(folder) == before


@pytest.mark.parametrize("name", ["study.toml", "responses.csv", "import-report.txt"])
def test_a_file_that_no_import_wrote_is_never_overwritten(export, tmp_path, name):
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / name).write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        cx.import_export(export, to=folder)
    assert caught.value.code == "study-edited"
    assert contents(folder) == {name: b"mine"}


def test_a_readme_of_ones_own_and_other_files_stay(export, tmp_path):
    folder = tmp_path / "acme"
    cx.import_export(export, to=folder)
    (folder / "README.md").write_text("Ours.\n", encoding="utf-8")
    (folder / "notes.txt").write_text("keep", encoding="utf-8")
    made = cx.import_export(export, to=folder)
    assert (folder / "README.md").read_text(encoding="utf-8") == "Ours.\n"
    assert (folder / "notes.txt").exists()
    assert folder / "README.md" not in made.files


def test_figures_in_the_study_folder_survive_another_import(export, tmp_path):
    folder = tmp_path / "acme"
    cx.import_export(export, to=folder)
    cx.figures(cx.read_study(folder), to=folder, only=["fig01"])
    before = contents(folder)
    cx.import_export(export, to=folder)
    assert contents(folder) == before


def test_the_export_may_stand_in_the_folder_but_not_under_a_name_that_is_needed(export, tmp_path):
    folder = tmp_path / "acme"
    folder.mkdir()
    inside = folder / "export.csv"
    inside.write_bytes(export.read_bytes())
    cx.import_export(inside, to=folder)
    assert names(folder) == {*FILES, "export.csv"}
    taken = tmp_path / "other" / "responses.csv"
    taken.parent.mkdir()
    taken.write_bytes(export.read_bytes())
    with pytest.raises(OutputError):
        cx.import_export(taken, to=taken.parent)
    assert taken.read_bytes() == export.read_bytes()
    assert names(taken.parent) == {"responses.csv"}


def test_a_failed_import_leaves_no_folder(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ExportError):
        cx.import_export(path, to=tmp_path / "acme")
    assert not (tmp_path / "acme").exists()


def test_an_interrupted_import_leaves_what_was_there(export, tmp_path, monkeypatch):
    folder = tmp_path / "acme"
    cx.import_export(export, to=folder)
    before = contents(folder)

    def interrupted(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr("cxsurvey.readers.importing.writing.write_responses", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cx.import_export(export, to=folder)
    assert contents(folder) == before


# -------------------------------------------------------------- new responses for an edited study


def edit(folder: Path) -> bytes:
    path = folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    return path.read_bytes()


def test_new_responses_for_an_edited_study(export, tmp_path):
    folder = tmp_path / "acme"
    cx.import_export(export, to=folder)
    mine = edit(folder)
    export.write_text("\n".join([HEAD, *rows(80)]) + "\n", encoding="utf-8")
    made = cx.import_export(export, to=folder, responses_only=True)
    assert (folder / "study.toml").read_bytes() == mine
    assert "left as it is" in made.report
    study = cx.read_study(folder)
    assert study.n == 80
    assert not cx.check(study).errors
    with pytest.raises(OutputError):  # the study file still counts as edited
        cx.import_export(export, to=folder)


def test_new_responses_that_lack_a_column_are_refused(export, tmp_path):
    folder = tmp_path / "acme"
    cx.import_export(export, to=folder)
    edit(folder)
    before = contents(folder)
    export.write_text("Respondent ID,Team\n1,A\n2,B\n3,A\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        cx.import_export(export, to=folder, responses_only=True)
    assert caught.value.code == "responses-differ"
    assert contents(folder) == before


def test_options_that_moved_to_another_column_are_refused(tmp_path):
    path, folder = tmp_path / "form.csv", tmp_path / "form"
    picks = [", ".join(c) for k in (1, 2, 3) for c in combinations(("Web", "Phone", "Shop", "Mail"), k)]
    lines = [f'6/{i % 28 + 1}/2024 10:00:00,"{picks[i % len(picks)]}"' for i in range(60)]
    path.write_text("\n".join(["Timestamp,Which channels?", *lines]) + "\n", encoding="utf-8")
    made = cx.import_export(path, to=folder)
    options = made.draft.file.question[0].responses
    assert [option.column for option in options] == ["q1_1", "q1_2", "q1_3", "q1_4"]
    study = folder / "study.toml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("q1_1", "@").replace("q1_2", "q1_1").replace("@", "q1_2"), encoding="utf-8")
    with pytest.raises(StudyError, match="stands in 'q1_1' now, not in 'q1_2'"):
        cx.import_export(path, to=folder, responses_only=True)


def test_responses_only_needs_a_study(export, tmp_path):
    with pytest.raises(OutputError) as caught:
        cx.import_export(export, to=tmp_path / "acme", responses_only=True)
    assert caught.value.code == "no-study-to-refresh"
    with pytest.raises(RequestError):
        cx.import_export(export, responses_only=True)


# -------------------------------------------------------------- the responses of a study folder


def test_importing_a_study_folders_own_responses(export, tmp_path):
    cx.import_export(export, to=tmp_path / "acme", keep=["text"])
    again = cx.import_export(tmp_path / "acme" / "responses.csv", to=tmp_path / "again")
    assert again.origin.platform == "study folder"
    for name in ("study.toml", "responses.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "acme" / name).read_bytes()
    one, other = cx.read_study(tmp_path / "acme"), cx.read_study(tmp_path / "again")
    assert one.file == other.file
    assert again.draft.file == one.file
    assert all(guess.sure == "declared" for guess in again.draft.guesses)


def test_a_bundled_study_is_its_own_codebook(tmp_path):
    folder = Path(cx.read_study("sfo2018").path).parent
    cx.import_export(folder / "responses.csv", to=tmp_path / "sfo")
    assert cx.read_study(tmp_path / "sfo").file == cx.read_study("sfo2018").file


def test_a_study_folders_responses_read_as_a_plain_file(export, tmp_path):
    cx.import_export(export, to=tmp_path / "acme")
    made = cx.import_export(tmp_path / "acme" / "responses.csv", platform="plain")
    assert made.origin.platform == "plain"


def test_what_a_study_folder_decides_cannot_be_asked_for(export, tmp_path):
    cx.import_export(export, to=tmp_path / "acme")
    own = tmp_path / "acme" / "responses.csv"
    with pytest.raises(RequestError):
        cx.import_export(own, keep=["text"])
    with pytest.raises(RequestError):
        cx.import_export(own, title="Another")
    with pytest.raises(ExportError) as caught:
        cx.import_export(export, platform="study folder")
    assert caught.value.code == "export-no-own-study"


# -------------------------------------------------------------- what is handed back


def test_the_report_names_every_column(export):
    made = cx.import_export(export)
    for fate in made.draft.fates:
        assert f"  {fate.column}: " in made.report
    assert max(map(len, made.report.splitlines())) <= 80


def test_plain_data_for_programs(export, tmp_path):
    made = cx.import_export(export, to=tmp_path / "acme").summary()
    assert made["respondents"] == 60
    assert made["origin"]["platform"]
    assert {Path(name).name for name in made["files"]} == FILES


def test_a_notebook_shows_the_columns(export):
    made = cx.import_export(export)
    assert "<table" in made._repr_html_()
    assert "nothing written" in repr(made)


def test_bad_requests(export):
    with pytest.raises(RequestError):
        cx.import_export(export, title="")
    with pytest.raises(RequestError):
        cx.import_export(export, keep="text")
    with pytest.raises(RequestError):
        cx.import_export(export, platform="nobody's")


def test_a_small_sample_drafts_no_figure(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("Team,Rating\nA,Good\nB,Poor\nA,Fair\nB,Good\n", encoding="utf-8")
    made = cx.import_export(path, to=tmp_path / "small")
    assert "[[figure]]" not in made.study_toml
    assert "No figure is drafted" in made.study_toml
    assert "figures" not in made.report.rpartition("Next")[2]


def test_one_column_is_a_study(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("Team\n" + "A\nB\n" * 40, encoding="utf-8")
    cx.import_export(path, to=tmp_path / "one")
    study = cx.read_study(tmp_path / "one")
    assert study.n == 80
    assert not cx.check(study).errors


def test_the_study_file_names_its_schema(export, tmp_path):
    cx.import_export(export, to=tmp_path / "acme")
    text = (tmp_path / "acme" / "study.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema study.schema.json\n")
    assert (tmp_path / "acme" / "study.schema.json").read_text(encoding="utf-8").startswith("{")
    assert tomllib.loads(text)["disclosure"]["population"] == ""
