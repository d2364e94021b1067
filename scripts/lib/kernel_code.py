# SPDX-License-Identifier: MIT
"""The machine code of a kernel file as check-stack follows it: functions, instructions, what they do to the stack, tables.

A unit is a function with its cold part. A name of the source is the symbol's without what the compiler appended.
"""
import bisect
import re
import struct
import subprocess

import tree

SYMBOL = re.compile(r"^([0-9a-f]+) <(.+)>:$")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t(.+)$")
BRANCH_TARGET = re.compile(r"^([0-9a-f]+) <")
INDEXED = re.compile(r"^\*(-?0x[0-9a-f]+)\((?:,%\w+,8|%\w+|%\w+,%\w+,[1248])\)$")
SP = "%rsp"
MASK = (1 << 64) - 1


def source_name(symbol):
    return symbol.split(".", 1)[0]


def _unit_name(symbol):
    return symbol.removesuffix(".cold")


class Line:
    """One instruction. target is the address of a direct branch, None for one through a pointer."""

    def __init__(self, address, text):
        text = text.split("#")[0].strip()
        self.address, self.text, self.next = address, text, None
        words = text.split(None, 1)
        while words[0] in ("rep", "repz", "repnz", "lock", "cs", "data16", "notrack", "bnd") and len(words) > 1:
            words = words[1].split(None, 1)
        self.name, self.operands = words[0].rstrip("q") if words[0] != "q" else "q", words[1] if len(words) > 1 else ""
        self.is_call = self.name == "call"
        self.is_jump = self.name == "jmp"
        self.is_branch = self.is_call or self.name.startswith("j") or self.name.startswith("loop")
        self.ends = self.name in ("ret", "iret", "sysret", "ud2", "sysretl", "iretw")
        found = BRANCH_TARGET.match(self.operands) if self.is_branch else None
        self.target = int(found.group(1), 16) if found else None


class Unit:
    def __init__(self, name, start):
        self.name, self.start, self.lines = name, start, {}


def _number(text):
    value = int(text.lstrip("$"), 0)
    return value - (1 << 64) if value >> 63 else value


def _arithmetic(line, target, source):
    """Instructions with RSP as what they change."""
    if line.name in ("sub", "add") and source.startswith("$"):
        return "move", _number(source) if line.name == "sub" else -_number(source)
    if line.name == "and" and source.startswith("$"):
        return "move", -_number(source) - 8
    if line.name == "mov":
        return ("restore", 0) if source == "%rbp" else ("switch", 0)
    if line.name == "lea":
        found = re.match(r"^(-?0x[0-9a-f]+)?\((%r\w\w)\)$", source)
        if found:
            value = -int(found.group(1) or "0", 0)
            return ("move" if found.group(2) == SP else "restore", value) if found.group(2) in (SP, "%rbp") else None
    return None


def stack_change(line):
    """(what, bytes): move by bytes; save RSP in RBP; restore from RBP and bytes; switch to an empty stack; none. None: not known."""
    if line.name in ("push", "pushf"):
        return "move", 8
    if line.name in ("pop", "popf"):
        return ("switch", 0) if line.operands == SP else ("move", -8)
    if line.name == "leave":
        return "restore", -8
    if line.name == "lret":
        return "move", -16
    source, _, target = line.operands.rpartition(",")
    if target == "%rbp" and source == SP and line.name == "mov":
        return "save", 0
    if target in (SP, "%esp") and line.name not in ("cmp", "test"):
        return _arithmetic(line, target, source)
    return "none", 0


class Code:
    def __init__(self, path):
        self.path = str(path)
        self.units, self.starts = {}, {}
        self._read_instructions()
        self.order = sorted(self.starts)
        self._read_data()
        self.object_starts = sorted(self.objects)
        self.address_taken = self._find_address_taken()
        self.sources, self.returning = {}, {}

    def _read_instructions(self):
        unit, previous = None, None
        for text in tree.tool(["objdump", "-d", "--no-show-raw-insn", self.path], "reading the kernel's code").splitlines():
            found = SYMBOL.match(text)
            if found:
                name = _unit_name(found.group(2))
                unit = self.units.setdefault(name, Unit(name, int(found.group(1), 16)))
                if not found.group(2).endswith(".cold"):
                    unit.start = int(found.group(1), 16)
                self.starts[int(found.group(1), 16)] = name
                continue
            found = INSTRUCTION.match(text)
            if found and unit:
                line = Line(int(found.group(1), 16), found.group(2))
                unit.lines[line.address] = line
                if previous:
                    previous.next = line.address
                previous = line

    def unit_at(self, address):
        place = bisect.bisect_right(self.order, address)
        if not place:
            return None
        name = self.starts[self.order[place - 1]]
        return name if address in self.units[name].lines else None

    def _read_data(self):
        """Sections with contents that are no code, and the sizes of named objects in them."""
        self.data, self.objects, self.functions = [], {}, set()
        listing = tree.tool(["readelf", "-SW", self.path], "reading the kernel's sections")
        image = open(self.path, "rb").read()
        for found in re.finditer(r"\] (\.\w+) +PROGBITS +([0-9a-f]{16}) ([0-9a-f]+) ([0-9a-f]+) \w+ +(W?A)\b", listing):
            address, offset, size = (int(found.group(i), 16) for i in (2, 3, 4))
            self.data.append((address, image[offset:offset + size], found.group(5) == "WA"))
        for text in tree.tool(["readelf", "-sW", self.path], "reading the kernel's symbols").splitlines():
            words = text.split()
            if len(words) >= 8 and words[3] == "OBJECT":
                self.objects[int(words[1], 16)] = int(words[2], 0)
            elif len(words) >= 8 and words[3] == "FUNC":
                self.functions.add(int(words[1], 16))

    def _word(self, address):
        for base, content, writable in self.data:
            if not writable and base <= address and address + 8 <= base + len(content):
                return struct.unpack_from("<Q", content, address - base)[0]
        return None

    def _object_around(self, address):
        """Start and end of the named object that holds an address, None without one."""
        place = bisect.bisect_right(self.object_starts, address)
        start = self.object_starts[place - 1] if place else 0
        return (start, start + self.objects[start]) if place and address < start + self.objects[start] else None

    def table_of(self, line):
        """The entries of the table that a branch goes through: all of the functions in the read-only object, or the places in the
        function itself that follow each other. None if it is none."""
        found = INDEXED.match(line.operands)
        table = int(found.group(1), 16) & MASK if found else 0
        if self._word(table) is None:  # an offset in a structure, or memory that may change
            return None
        around = self._object_around(table)
        if around:
            values = (self._word(address) for address in range(around[0], around[1] - 7, 8))
            return [value for value in values if value in self.starts] or None
        entries = []
        while (value := self._word(table)) and self.unit_at(value) and (not entries or self.unit_at(value) == self.unit_at(entries[0])):
            entries.append(value)
            table += 8
        return entries or None

    def _find_address_taken(self):
        """Functions whose address is in data or is an operand."""
        values = set()
        for _, content, _ in self.data:
            values.update(value for (value,) in struct.iter_unpack("<Q", content[:len(content) // 8 * 8]))
        for unit in self.units.values():
            for line in unit.lines.values():
                if not line.is_branch:
                    values.update(int(text, 16) & MASK for text in re.findall(r"\$(-?0x[0-9a-f]{6,})", line.operands))
        return sorted(self.starts[value] for value in values & self.functions & set(self.starts))

    def returns(self, name):
        """Whether a function may come back to its caller."""
        if name not in self.returning:
            self.returning[name] = False
            lines = self.units[name].lines.values()
            self.returning[name] = any(line.name == "ret" or self._leaves(name, line) for line in lines)
        return self.returning[name]

    def _leaves(self, name, line):
        """A tail call to what may return, or to what is not known."""
        if not line.is_jump:
            return False
        other = self.unit_at(line.target) if line.target is not None else None
        if other is None:
            table = self.table_of(line)
            return not table or self.unit_at(table[0]) != name
        return other != name and self.returns(other)

    def source_function(self, address):
        """The function of the source to which an instruction belongs, also where it was inlined."""
        if address not in self.sources:
            done = subprocess.run(["addr2line", "-i", "-f", "-e", self.path, hex(address)], stdout=subprocess.PIPE, text=True, check=True)
            self.sources[address] = source_name(done.stdout.splitlines()[0])
        return self.sources[address]
