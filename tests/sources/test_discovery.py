"""Walking folders: everything is found, ignored or refused, in a stable order, and once."""

from __future__ import annotations

import os
import pickle
import socket
from pathlib import Path

import pytest

from imr_archive.errors import PathNotFoundError
from imr_archive.sources import KIND_BY_SUFFIX, READERS, Discovered, Found, Ignored, Refused, discover
from imr_archive.sources.registry import reader


def rows(root: Path, items: list[Discovered]) -> list[tuple[str, ...]]:
    """Each item as its type, its path below `root` and what is said about it."""
    shown = []
    for item in items:
        path = str(Path(item.path).relative_to(root))
        match item:
            case Found():
                shown.append(("found", path, item.kind))
            case Ignored():
                shown.append(("ignored", path, item.why))
            case Refused():
                shown.append(("refused", path, item.reason))
    return shown


def walk(*paths: Path, root: Path) -> list[tuple[str, ...]]:
    return rows(root, list(discover(paths)))


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}")


def test_folders_are_walked_by_name_and_unknown_types_are_listed_as_ignored(tmp_path: Path) -> None:
    put(
        tmp_path,
        "b.txt",
        "a/z.PDF",
        "a/m.docx",
        "a/deep/er/n.md",
        "c.html",
        "photo.jpg",
        "LICENSE",
        "b.tar.gz",
    )

    assert walk(tmp_path, root=tmp_path) == [
        ("ignored", "LICENSE", "no type in its name"),
        ("found", "a/deep/er/n.md", "text"),
        ("found", "a/m.docx", "word"),
        ("found", "a/z.PDF", "pdf"),
        ("ignored", "b.tar.gz", "type .gz is not read"),
        ("found", "b.txt", "text"),
        ("found", "c.html", "markup"),
        ("ignored", "photo.jpg", "type .jpg is not read"),
    ]


def test_found_tells_size_time_and_name(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.txt"
    put(tmp_path, "folder/a.txt")
    os.utime(path, ns=(1, 1_480_000_000_123_456_789))

    (item,) = discover([tmp_path])

    assert item == Found(str(path), 20, 1_480_000_000_123_456_789, "text")
    assert (item.path, item.name) == (str(path), "a.txt")


def test_found_travels_between_processes() -> None:
    item = Found("/letters.zip", 5, 7, "pdf", ("inner.zip", "2016/a.pdf"))

    assert pickle.loads(pickle.dumps(item)) == item
    assert item.path == "/letters.zip!/inner.zip!/2016/a.pdf"
    assert item.name == "a.pdf"


def test_relative_paths_are_given_as_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "sub/a.txt")
    monkeypatch.chdir(tmp_path)

    assert [item.path for item in discover([Path("sub"), "sub/../sub/a.txt"])] == [
        str(tmp_path / "sub/a.txt")
    ]


def test_a_missing_path_is_told_before_anything_is_read(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")

    with pytest.raises(PathNotFoundError, match=r"nowhere\.txt: no such file or folder"):
        discover([tmp_path / "a.txt", tmp_path / "nowhere.txt"])


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(discover([tmp_path])) == []


@pytest.mark.parametrize(
    "order",
    [
        ("a", "a/sub", "a/sub/x.txt"),
        ("a/sub/x.txt", "a/sub", "a"),
        ("a/sub", "a/sub/x.txt", "a"),
        ("a", "a", "a"),
    ],
)
def test_overlapping_paths_give_each_file_once(tmp_path: Path, order: tuple[str, ...]) -> None:
    put(tmp_path, "a/w.txt", "a/sub/x.txt", "a/sub/y.txt")

    found = walk(*(tmp_path / name for name in order), root=tmp_path)

    assert sorted(found) == [
        ("found", "a/sub/x.txt", "text"),
        ("found", "a/sub/y.txt", "text"),
        ("found", "a/w.txt", "text"),
    ]


def test_hidden_files_and_those_of_the_system_are_ignored_with_all_that_they_hold(tmp_path: Path) -> None:
    put(tmp_path, ".git/a.txt", ".DS_Store", ".hidden.pdf", "__MACOSX/a.txt", "Thumbs.db")
    put(tmp_path, "~$letter.docx", "~a.txt")

    assert walk(tmp_path, root=tmp_path) == [
        ("ignored", ".DS_Store", "hidden"),
        ("ignored", ".git", "hidden"),
        ("ignored", ".hidden.pdf", "hidden"),
        ("ignored", "Thumbs.db", "file of the operating system"),
        ("ignored", "__MACOSX", "file of the operating system"),
        ("ignored", "~$letter.docx", "lock file of an open document"),
        ("found", "~a.txt", "text"),
    ]


def test_what_is_named_outright_is_read_though_hidden(tmp_path: Path) -> None:
    put(tmp_path, ".inbox/a.txt", ".b.txt", "c.txt")

    assert walk(tmp_path, tmp_path / ".inbox", tmp_path / ".b.txt", root=tmp_path) == [
        ("ignored", ".b.txt", "hidden"),
        ("ignored", ".inbox", "hidden"),
        ("found", "c.txt", "text"),
        ("found", ".inbox/a.txt", "text"),
        ("found", ".b.txt", "text"),
    ]


def test_links_to_files_and_folders_are_followed(tmp_path: Path) -> None:
    put(tmp_path, "outside/a.txt", "outside/b.txt", "letters/c.txt")
    (tmp_path / "letters" / "all").symlink_to(tmp_path / "outside")
    (tmp_path / "letters" / "one.txt").symlink_to(tmp_path / "outside" / "a.txt")

    assert walk(tmp_path / "letters", root=tmp_path) == [
        ("found", "letters/all/a.txt", "text"),
        ("found", "letters/all/b.txt", "text"),
        ("found", "letters/c.txt", "text"),
        ("found", "letters/one.txt", "text"),
    ]


def test_links_that_loop_or_lead_nowhere_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "a/b/x.txt")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "gone.pdf").symlink_to(tmp_path / "nowhere.pdf")
    (tmp_path / "a" / "self.pdf").symlink_to(tmp_path / "a" / "self.pdf")

    assert walk(tmp_path, root=tmp_path) == [
        ("refused", "a/b/up", "symlink_loop"),
        ("found", "a/b/x.txt", "text"),
        ("refused", "a/gone.pdf", "broken_link"),
        ("refused", "a/self.pdf", "symlink_loop"),
    ]


def test_a_folder_with_many_ways_to_it_is_entered_once(tmp_path: Path) -> None:
    """Thirty folders, each with two links to the next, have 2**30 paths."""
    for number in range(30):
        put(tmp_path, f"f{number:02}/x.txt")
        for way in ("left", "right"):
            (tmp_path / f"f{number:02}" / way).symlink_to(tmp_path / f"f{(number + 1) % 30:02}")

    items = list(discover([tmp_path]))

    files = [Path(item.path).resolve() for item in items if isinstance(item, Found)]
    assert sorted(files) == [tmp_path / f"f{number:02}" / "x.txt" for number in range(30)]
    assert {item.reason for item in items if isinstance(item, Refused)} == {"symlink_loop"}
    assert {item.why for item in items if isinstance(item, Ignored)} == {
        "link to a folder that is read by another path"
    }


def test_devices_pipes_and_sockets_are_refused_whatever_they_are_called(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "null.txt").symlink_to(os.devnull)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))

        assert walk(tmp_path, root=tmp_path) == [
            ("refused", "null.txt", "not_a_file"),
            ("refused", "pipe.pdf", "not_a_file"),
            ("refused", "socket", "not_a_file"),
        ]


def test_a_folder_that_cannot_be_opened_is_refused_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a/x.txt", "b/y.txt", "c/z.txt")
    listdir = os.listdir

    def forbidden(path: str) -> list[str]:
        if path.endswith("/b"):
            raise PermissionError(13, "Permission denied", path)
        return listdir(path)

    monkeypatch.setattr(os, "listdir", forbidden)

    assert list(discover([tmp_path]))[1] == Refused(
        str(tmp_path / "b"),
        "unreadable",
        "the file or folder cannot be opened; check its permissions (permission denied)",
    )
    assert [row[:2] for row in walk(tmp_path, root=tmp_path)] == [
        ("found", "a/x.txt"),
        ("refused", "b"),
        ("found", "c/z.txt"),
    ]


def test_files_that_go_away_during_the_walk_are_refused_as_missing(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "b.txt", "c.txt")
    walking = discover([tmp_path])

    first = next(walking)
    (tmp_path / "b.txt").unlink()

    assert rows(tmp_path, [first, *walking]) == [
        ("found", "a.txt", "text"),
        ("refused", "b.txt", "missing"),
        ("found", "c.txt", "text"),
    ]


def test_folders_may_nest_deeper_than_the_stack_of_python(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        here, parent = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(parent)
    os.close(os.open("x.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)

    try:
        assert walk(tmp_path, root=tmp_path) == [("found", "d/" * 1500 + "x.txt", "text")]
    finally:  # what removes temporary folders is recursive
        (tmp_path / ("d/" * 1500) / "x.txt").unlink()
        for depth in range(1500, 0, -1):
            (tmp_path / ("d/" * depth)).rmdir()


def test_names_that_are_no_text_can_be_stored_and_shown(tmp_path: Path) -> None:
    for name in (b"caf\xe9.txt", b"red\x1b[31m.txt", "mu\u00f1oz.txt".encode()):
        (tmp_path / os.fsdecode(name)).write_bytes(b"text")

    items = list(discover([tmp_path]))

    assert sorted(item.name for item in items if isinstance(item, Found)) == [
        r"caf\xe9.txt",
        "mu\u00f1oz.txt",
        r"red\x1b[31m.txt",
    ]


def test_the_walk_streams_what_it_finds(tmp_path: Path) -> None:
    put(tmp_path, "a/x.txt", "b/y.txt")
    walking = discover([tmp_path])

    first = next(walking)
    put(tmp_path, "b/came-later.txt")

    assert rows(tmp_path, [first, *walking]) == [
        ("found", "a/x.txt", "text"),
        ("found", "b/came-later.txt", "text"),
        ("found", "b/y.txt", "text"),
    ]


def test_every_kind_has_a_reader_that_can_be_loaded() -> None:
    assert {*KIND_BY_SUFFIX.values(), "ocr"} == {*READERS, "zip"}
    assert all(callable(reader(name)) for name in READERS)
