# SPDX-License-Identifier: MIT
"""Writes the boot archive: one uncompressed newc cpio that Debian's kernel and Lichen's vfs both read.

- The data of every regular file starts on a page boundary of the archive, so vfs can map whole pages in place. The gap is
  made by NUL-padding the name field: c_namesize counts the padding, readers stop at the first NUL. A name field
  may hold 4096 bytes; where that is not enough, an entry "." (the root directory again) fills up. Readers ignore it.
- The first entry is ".", the root directory with inode number 1.
- Reproducible: entries in byte order of their paths (so parents come first), fixed times, inode numbers counted up.
- Hard links: the first path carries the data, later ones have the same c_ino, c_nlink > 1 and no data.
- The archive ends with TRAILER!!! and is padded to a page, so another archive may follow it.
"""
import stat

import manifest
import tree

PAGE = 4096
HEADER_SIZE = 110
NAME_MAX = 4096  # what Linux's unpacker accepts for c_namesize
FIXED_TIME = 1700000000


def _header(ino, mode, uid, gid, nlink, size, device, name_size):
    fields = (ino, mode, uid, gid, nlink, FIXED_TIME, size, 0, 0, device[0], device[1], name_size, 0)
    return b"070701" + b"".join(b"%08X" % field for field in fields)


class Writer:
    def __init__(self, file):
        self.file, self.offset = file, 0

    def _put(self, data):
        self.file.write(data)
        self.offset += len(data)

    def _align(self, unit):
        self._put(b"\0" * (-self.offset % unit))

    def _data_gap(self, name):
        """How many bytes are missing to a page boundary after this header and name."""
        return -(self.offset + HEADER_SIZE + len(name) + 1) % PAGE

    def _fill(self, size):
        """An entry for the root directory that takes up at least `size` bytes."""
        field = b".\0".ljust(max(2, size - HEADER_SIZE), b"\0")
        self._put(_header(1, manifest.KINDS["d"] | 0o755, 0, 0, 2, 0, (0, 0), len(field)) + field)
        self._align(4)

    def entry(self, name, ino, mode, uid=0, gid=0, nlink=1, data=b"", device=(0, 0)):
        field = name + b"\0"
        if data and stat.S_ISREG(mode):
            if len(field) + self._data_gap(name) > NAME_MAX:
                self._fill(len(field))
            field += b"\0" * self._data_gap(name)
        if len(field) > NAME_MAX:
            raise tree.Failure(f"path too long for the archive: {name.decode(errors='replace')}")
        self._put(_header(ino, mode, uid, gid, nlink, len(data), device, len(field)) + field)
        self._align(4)
        self._put(data)
        self._align(4)

    def finish(self):
        self.entry(b"TRAILER!!!", 0, 0)
        self._align(PAGE)


def _link_counts(entries):
    counts = {}
    for entry in entries.values():
        if entry.identity:
            counts[entry.identity] = counts.get(entry.identity, 0) + 1
    return counts


def write(guest_tree, file):
    """Write a Manifest as one archive."""
    writer, numbers, next_ino = Writer(file), {}, 2
    writer.entry(b".", 1, manifest.KINDS["d"] | 0o755, nlink=2)
    counts = _link_counts(guest_tree.entries)
    for path, entry in sorted(guest_tree.entries.items(), key=lambda item: item[0].encode(errors="surrogateescape")):
        name = path.encode(errors="surrogateescape")
        mode = manifest.KINDS[entry.kind] | entry.mode
        ino, data = next_ino, b""
        if entry.identity in numbers:
            ino = numbers[entry.identity]
        else:
            next_ino += 1
            if entry.kind == "f":
                data = entry.source.read_bytes()
            elif entry.kind == "l":
                data = entry.target.encode(errors="surrogateescape")
            if entry.identity:
                numbers[entry.identity] = ino
        nlink = 2 if entry.kind == "d" else counts.get(entry.identity, 1)
        writer.entry(name, ino, mode, entry.uid, entry.gid, nlink, data, entry.device)
    writer.finish()


def write_file(guest_tree, path):
    with tree.new_file(path) as file:
        write(guest_tree, file)
