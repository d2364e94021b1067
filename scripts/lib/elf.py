# SPDX-License-Identifier: MIT
"""ELF64 files as the tools for looking inside need them: type, loadable segments, symbols, build id.

Addresses are the file's own; where a file that may lie anywhere was mapped, `bias` tells what to add. A file that is not a sound
ELF64 file of this machine raises tree.Failure with its name.
"""
import struct
from pathlib import Path

import tree

ET_DYN = 3
PT_LOAD, PT_NOTE = 1, 4
SHT_SYMTAB, SHT_DYNSYM = 2, 11
NT_GNU_BUILD_ID = 3
PAGE = 4096


class Elf:
    def __init__(self, path):
        self.path = Path(path)
        try:
            self.data = self.path.read_bytes()
            self._read_header()
            self.symbols = self._read_symbols()
        except (struct.error, ValueError, IndexError) as error:
            raise tree.Failure(f"{path}: not an ELF64 program: {error}") from None

    def _read_header(self):
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError("no such header")
        self.type, machine = struct.unpack_from("<HH", self.data, 16)
        if machine != 62:
            raise ValueError("of another machine")
        self.entry, programs, self._sections = struct.unpack_from("<QQQ", self.data, 24)
        size, count, self._section_size, self._section_count, _ = struct.unpack_from("<HHHHH", self.data, 54)
        headers = [struct.unpack_from("<IIQQQQQQ", self.data, programs + i * size) for i in range(count)]
        # (offset, address, bytes in the file, bytes in memory)
        self.segments = [(h[2], h[3], h[5], h[6]) for h in headers if h[0] == PT_LOAD]
        self._notes = [(h[2], h[5]) for h in headers if h[0] == PT_NOTE]

    def _read_symbols(self):
        """{name: (address, bytes)} of the full table, or of the dynamic one where that is all there is."""
        sections = [struct.unpack_from("<IIQQQQIIQQ", self.data, self._sections + i * self._section_size)
                    for i in range(self._section_count)]
        found = {}
        self.stripped = not any(section[1] == SHT_SYMTAB for section in sections)
        for kind in (SHT_DYNSYM, SHT_SYMTAB):
            for section in sections:
                if section[1] == kind:
                    found.update(self._read_table(section, sections[section[6]]))
        return found

    def _read_table(self, section, names):
        for at in range(section[4], section[4] + section[5], 24):
            name, info, _, place, address, size = struct.unpack_from("<IBBHQQ", self.data, at)
            if place and name and info & 15 <= 2:  # defined; no type, data or code
                start = names[4] + name
                yield self.data[start:self.data.index(b"\0", start)].decode(errors="replace"), (address, size)

    @property
    def movable(self):
        return self.type == ET_DYN

    def symbol(self, text):
        """SYMBOL, SYMBOL+N or a number: (address, bytes); None: there is none."""
        name, _, offset = text.partition("+")
        try:
            if name[:1].isdigit():
                return int(name, 0), 0
            address, size = self.symbols[name]
            return address + int(offset or "0", 0), size
        except (KeyError, ValueError):
            return None

    def bias(self, address, offset):
        """The file was mapped at an address from a page-aligned offset on: what to add to its own addresses; None: not as a segment."""
        for start, own, in_file, _ in self.segments:
            if start // PAGE * PAGE <= offset < start + in_file:
                return address - offset + start - own
        return None

    def content(self, address, count):
        """What the file says is there at first."""
        for offset, start, in_file, in_memory in self.segments:
            if start <= address and address + count <= start + in_memory:
                data = self.data[offset:offset + in_file].ljust(in_memory, b"\0")
                return data[address - start:address - start + count]
        return None

    def build_id(self):
        for start, size in self._notes:
            end = start + size
            while start + 12 <= end:
                name, content, kind = struct.unpack_from("<III", self.data, start)
                text = start + 12 + (name + 3) // 4 * 4
                if kind == NT_GNU_BUILD_ID:
                    return self.data[text:text + content].hex()
                start = text + (content + 3) // 4 * 4
        return None
