# SPDX-License-Identifier: MIT
"""The boot archive and the guest tree, on the host: read back by a reader of its own and by Debian's cpio."""
import io
import os
import subprocess
from pathlib import Path

import archive
import cpio
import manifest
import tree

PAGE = 4096


def read_archive(data):
    """[(name, mode, uid, gid, nlink, ino, data, data offset)], from the format's description and not from the writer."""
    offset, entries = 0, []
    while True:
        assert data[offset:offset + 6] == b"070701", f"no header at {offset}"
        field = [int(data[offset + 6 + 8 * i:offset + 14 + 8 * i], 16) for i in range(13)]
        name = data[offset + 110:offset + 110 + field[11]]
        assert name[-1:] == b"\0"
        start = -(-(offset + 110 + field[11]) // 4) * 4
        name = name.split(b"\0")[0].decode()
        if name == "TRAILER!!!":
            return entries
        entries.append((name, field[1], field[2], field[3], field[4], field[0], data[start:start + field[6]], start))
        assert len(data[start:start + field[6]]) == field[6], f"{name} is cut short"
        offset = -(-(start + field[6]) // 4) * 4


def written(guest):
    file = io.BytesIO()
    cpio.write(guest, file)
    return file.getvalue()


def sample(scratch, count=300):
    """A tree with files of many sizes and name lengths, so that every gap occurs."""
    guest = manifest.Manifest()
    for number in range(count):
        path = scratch / f"f{number}"
        path.write_bytes(bytes([number % 251]) * (number * 37 % 9000))
        guest.add(f"d{number % 7}/{'n' * (number % 200 + 1)}{number}", manifest.Entry("f", 0o644, source=path))
    return guest


def test_archive_file_data_starts_on_pages(scratch):
    guest = sample(scratch)
    entries = {entry[0]: entry for entry in read_archive(written(guest))}
    for path, entry in guest.entries.items():
        if entry.kind == "f":
            assert entries[path][6] == entry.source.read_bytes(), path
            assert not entries[path][6] or entries[path][7] % PAGE == 0, path


def test_archive_name_fields_stay_within_linux_limit(scratch):
    data, offset = written(sample(scratch, 3000)), 0
    fillings = 0
    while True:
        name_size = int(data[offset + 94:offset + 102], 16)
        size = int(data[offset + 54:offset + 62], 16)
        assert name_size <= 4096, f"{name_size} at {offset}"
        name = data[offset + 110:offset + 110 + name_size].split(b"\0")[0]
        fillings += name == b"."
        if name == b"TRAILER!!!":
            break
        start = -(-(offset + 110 + name_size) // 4) * 4
        offset = -(-(start + size) // 4) * 4
    assert fillings > 1, "the sample never needed a filling entry, so this proves nothing"


def test_archive_same_tree_same_bytes(scratch):
    guest = sample(scratch)
    first = written(guest)
    for path in scratch.iterdir():
        os.utime(path, (1, 1))
    again = manifest.Manifest()
    for path in reversed(sorted(guest.entries)):
        again.entries[path] = guest.entries[path]
    assert written(again) == first


def test_archive_keeps_modes_links_and_devices(scratch):
    (scratch / "file").write_text("text")
    os.chmod(scratch / "file", 0o4751)
    os.symlink("file", scratch / "symbolic")
    os.link(scratch / "file", scratch / "hard")
    os.mkfifo(scratch / "fifo", 0o600)
    guest = manifest.Manifest()
    guest.add_host(scratch, "x")
    guest.add("dev/null", manifest.Entry("c", 0o666, device=(1, 3)))
    found = {entry[0]: entry for entry in read_archive(written(guest))}
    assert found["x/file"][1] == 0o104751 and found["x/file"][4] == 2
    assert found["x/file"][5] == found["x/hard"][5]
    assert {found["x/file"][6], found["x/hard"][6]} == {b"text", b""}
    assert found["x/symbolic"][1] == 0o120777 and found["x/symbolic"][6] == b"file"
    assert found["x/fifo"][1] == 0o010600
    assert found["dev/null"][1] == 0o020666


def test_archive_is_readable_by_cpio(scratch):
    data = written(sample(scratch))
    out = subprocess.run(["cpio", "-t", "--quiet"], input=data, stdout=subprocess.PIPE, check=True).stdout.decode()
    assert sorted(set(out.split())) == sorted({entry[0] for entry in read_archive(data)})


def test_additions_follow_links_of_the_guest(scratch):
    (scratch / "tool").write_text("x")
    guest = manifest.Manifest()
    guest.add("usr/bin", manifest.Entry("d", 0o755))
    guest.add("bin", manifest.Entry("l", 0o777, target="usr/bin"))
    guest.add_host(scratch / "tool", "bin/tool")
    assert "usr/bin/tool" in guest.entries and guest.entries["bin"].kind == "l"


def test_additions_below_a_file_are_refused(scratch):
    (scratch / "tool").write_text("x")
    guest = manifest.Manifest()
    guest.add_host(scratch / "tool", "etc")
    try:
        guest.add_host(scratch / "tool", "etc/tool")
    except tree.Failure:
        return
    raise AssertionError("a file became a folder")


def test_links_in_a_circle_are_refused(_scratch):
    guest = manifest.Manifest()
    guest.add("a", manifest.Entry("l", 0o777, target="b"))
    guest.add("b", manifest.Entry("l", 0o777, target="a"))
    try:
        guest.resolve("a/x")
    except tree.Failure:
        return
    raise AssertionError("resolved")


def test_addition_paths_are_understood(scratch):
    (scratch / "dir").mkdir()
    (scratch / "with:colon").write_text("x")
    host = str(scratch)
    for text, expected in ((f"{host}/dir", "dir"), (f"{host}/dir:/", ""), (f"{host}/dir:/opt/", "opt/dir"),
                           (f"{host}/dir:/opt/x", "opt/x"), (f"{host}/with:colon", "with:colon")):
        assert archive.parse_addition(text)[1] == expected, text


def test_manifest_survives_saving(scratch):
    home = scratch / "root"
    home.mkdir()
    (home / "a b").write_text("1")
    guest = manifest.Manifest()
    guest.add("a b", manifest.Entry("f", 0o600, 7, 8, source=home / "a b"))
    guest.add("l", manifest.Entry("l", 0o777, target="x\ty"))
    guest.add("c", manifest.Entry("b", 0o660, device=(8, 17)))
    manifest.save(guest, Path(f"{home}.manifest"))
    assert written(manifest.load(home)) == written(guest)
