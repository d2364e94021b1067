# SPDX-License-Identifier: MIT
"""Names for the addresses of a report: the kernel's, a native program's, and those of files that a guest had mapped.

Guest files come from the root file system that was booted. A file that is not there, or whose build id is not the one that was
mapped, gives no names; `problems` says so, once for each file. What ran has the last word: nothing is guessed from a file
that is another one.
"""
import bisect
import re
import subprocess
import tempfile
from pathlib import Path

import archive
import build
import elf
import gdb_stub
import tree

OBJDUMP_SECONDS = 20
COMPILERS = re.compile(r"\.(lto_priv|constprop|isra|part|cold)\b.*")  # what compilers add to a function's name
NATIVE = ("lichen/servers/", "lichen/drivers/")  # folders of native programs in the archive


class Image:
    """One ELF file, its symbols by address."""

    def __init__(self, path, name):
        self.name, self.file = name, elf.Elf(path)
        self.table = sorted((address, size, COMPILERS.sub("", symbol)) for symbol, (address, size) in self.file.symbols.items())
        self.starts = [row[0] for row in self.table]

    def symbol(self, address):
        """(name, offset) of the symbol that holds one of the file's own addresses; None: none does."""
        at = bisect.bisect_right(self.starts, address) - 1
        for start, size, name in reversed(self.table[max(0, at - 8):at + 1]):
            if start <= address < start + size:
                return name, address - start
        within = any(start <= address < start + in_memory for _, start, _, in_memory in self.file.segments)
        if within and at >= 0 and not self.table[at][1]:  # assembly often gives no size
            return self.table[at][2], address - self.starts[at]
        return None

    def bytes(self, address, count):
        """The file's bytes at one of its own addresses, as many as there are in that segment."""
        for offset, start, in_file, _ in self.file.segments:
            if start <= address < start + in_file:
                return self.file.data[offset + address - start:offset + min(address - start + count, in_file)]
        return b""

    def source(self, address):
        """file:line, or None where there is no debug information."""
        text = _tool(["addr2line", "-e", str(self.file.path), hex(address)])
        line = text.strip().splitlines()[0] if text.strip() else "??"
        return None if line.startswith("??") or line.endswith(":?") or line.endswith(":0") else _short(line)


def _short(place):
    """A source's place without the folder of the tree."""
    return re.sub(r" \(discriminator \d+\)$", "", place.removeprefix(f"{tree.TOP}/"))


def _tool(command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=OBJDUMP_SECONDS, text=True, errors="replace")
    except FileNotFoundError:
        raise tree.Failure(f"{command[0]} is not installed (package binutils)") from None
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def disassemble(code, start):
    """[(address, bytes, text)] of raw bytes that lay at an address."""
    if not code:
        return []
    with tempfile.NamedTemporaryFile() as file:
        file.write(code)
        file.flush()
        text = _tool(["objdump", "-D", "-w", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", f"--adjust-vma={start:#x}", file.name])
    rows = re.findall(r"^\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*\t?(.*)$", text, re.M)
    return [(int(address, 16), octets.strip(), " ".join(words.split())) for address, octets, words in rows]


def around(code, start, address):
    """The instructions of a piece of code, begun where one of them lies exactly at an address."""
    before = address - start
    if not 0 <= before < len(code):
        return disassemble(code, start)
    for skip in range(min(16, before + 1)):
        rows = disassemble(code[skip:], start + skip)
        good = [row for row in rows if row[0] <= address]
        if any(row[0] == address for row in good) and not any("(bad)" in row[2] for row in good[:-1]):
            return rows
    return disassemble(code[before:], address)


class Files:
    """The files that a guest, the servers and the kernel run from."""

    def __init__(self, root=None, additions=()):
        self.root, self.additions = root, additions
        self.problems, self._images, self._guest = [], {}, None

    def _say(self, text):
        if text not in self.problems:
            self.problems.append(text)

    def _image(self, path, name):
        key = str(path)
        if key not in self._images:
            try:
                self._images[key] = Image(path, name)
            except (tree.Failure, OSError) as failure:
                self._say(f"{name}: no symbols: {failure}")
                self._images[key] = None
        return self._images[key]

    def kernel(self, build_id=None):
        return self._checked(build.kernel_file(), "kernel", build_id)

    def server(self, name, build_id=None):
        """A native program by the name that the manifest gives it (serial.com1 runs serial)."""
        files = {**gdb_stub.server_files(), **{Path(guest).name: host for host, guest in self.additions if str(guest).lstrip("/").startswith(NATIVE)}}
        path = files.get(name) or files.get(name.split(".")[0])
        if not path:
            return self._say(f"{name}: the build has no such program")
        return self._checked(path, name, build_id)

    def guest(self, path, build_id=None):
        """A file by its path in the guest."""
        if self._guest is None:
            self._guest = archive.add(archive.guest_tree(self.root), self.additions)
        entry = self._guest.file(path)
        if not entry:
            return self._say(f"{path}: not in the root file system used (name it with --add as for scripts/run)")
        return self._checked(entry.source, path, build_id)

    def _checked(self, path, name, build_id):
        image = self._image(path, name)
        known = image and image.file.build_id()
        if image and build_id and build_id != "none" and known != build_id:
            return self._say(f"{name}: symbols do not match: {path} has build id {known or 'none'}, {build_id} ran")
        return image
