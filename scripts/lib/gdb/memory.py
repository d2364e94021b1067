# SPDX-License-Identifier: MIT
"""The guest's memory and the structures in it, read inside gdb whatever address space the CPU has loaded.

A Space reads bytes: the kernel's through gdb, any other by walking its page tables in the kernel's direct map. A Struct is a
structure of C somewhere in a space; s["field"] is a number, a text (arrays of characters), a Struct, or a list of these. Layouts
come from the debugging information of the program the space belongs to: each program has a gdb program space of its own, so that
structures of the same name do not meet.
"""
import contextlib
import re

import gdb

from elf import Elf

DIRECT_MAP = 0xffff800000000000
KERNEL_HALF = 1 << 63
ENTRY_PRESENT, ENTRY_LARGE, ENTRY_ADDRESS = 1, 1 << 7, 0x000ffffffffff000
PAGE = 4096
WHOLE = 400  # bytes of a structure that is worth one read
NUMBERS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_CHAR, gdb.TYPE_CODE_FLAGS)


class Unreadable(Exception):
    """There is no memory at an address of a space."""


def quietly(command):
    return gdb.execute(command, to_string=True)


class Program:
    """Layouts and symbols of a file with debugging information, in a program space of its own."""
    known = {}

    def __init__(self, path):
        home = gdb.selected_inferior().num
        quietly(f"add-inferior -no-connection -exec {path}")
        own = max(gdb.inferiors(), key=lambda inferior: inferior.num)
        self.number, self.objfile = own.num, own.progspace.objfiles()[0]
        self.path, self.elf = path, Elf(path)
        self.types, self.addresses, self.variables, self.found = {}, {}, {}, {}
        self.home, self.expanded = home, False

    @classmethod
    def of(cls, path):
        if path not in cls.known:
            cls.known[path] = cls(path)
        return cls.known[path]

    @contextlib.contextmanager
    def _inside(self):
        quietly(f"inferior {self.number}")
        try:
            yield
        finally:
            quietly(f"inferior {self.home}")

    def _symbol(self, name, domain):
        return self.objfile.lookup_global_symbol(name, domain) or self.objfile.lookup_static_symbol(name, domain)

    def type(self, name):
        """Of a structure: "struct thread"."""
        if name not in self.types:
            found = self._symbol(name.removeprefix("struct "), gdb.SYMBOL_STRUCT_DOMAIN)
            if not found:
                raise gdb.error(f"{self.path}: no {name}")
            self.types[name] = _layout(found.type)
        return self.types[name]

    def address(self, symbol):
        """Of a variable. What the linker renamed because it is static is known to the file's own table."""
        if symbol not in self.addresses:
            found = self._elf_places(symbol)
            if not found:
                raise gdb.error(f"{self.path}: no symbol {symbol}")
            self.addresses[symbol] = found[0]
        return self.addresses[symbol]

    def _elf_places(self, symbol):
        clones = re.compile(re.escape(symbol) + r"(\.(lto_priv|constprop|isra|part)\.\d+)*")
        return [address for name, (address, _) in self.elf.symbols.items() if clones.fullmatch(name)]

    def places(self, text):
        """All addresses of SYMBOL or SYMBOL+N: of a function, also where the compiler put it into others."""
        if text not in self.found:
            self.found[text] = self._find(text)
        return self.found[text]

    def _find(self, text):
        symbol, _, offset = text.partition("+")
        found = set(self._elf_places(symbol))
        with self._inside(), contextlib.suppress(gdb.error):
            if not self.expanded:  # gdb's index does not list what lies only inside other functions
                quietly("maint expand-symtabs")
                self.expanded = True
            # gdb looks in all program spaces, whatever is selected.
            found |= {_beginning(place.pc, symbol) for place in gdb.decode_line(symbol)[1]
                      if place.symtab and place.symtab.objfile == self.objfile}
        return sorted(address + int(offset or "0", 0) for address in found)

    def variable_type(self, symbol):
        if symbol not in self.variables:
            self.variables[symbol] = _layout(self._symbol(symbol, gdb.SYMBOL_VAR_DOMAIN).type)
        return self.variables[symbol]


def _beginning(address, symbol):
    """gdb names the place behind a function's first instructions; its entry, unless the function lies inside another one."""
    block, inside = gdb.block_for_pc(address), []
    while block:
        if block.function:
            inside.append((block.function.name, block.start))
        block = block.superblock
    return inside[0][1] if len(inside) == 1 and inside[0][0] == symbol else address


class Layout:
    """A type taken out of gdb: kind (number, text, struct, array), bytes, and what is in it."""

    def __init__(self, kind, size, signed=False, fields=None, element=None, count=0):
        self.kind, self.size, self.signed, self.fields, self.element, self.count = kind, size, signed, fields, element, count


def _fields(c_type, base=0):
    for field in c_type.fields():
        if not hasattr(field, "bitpos"):
            continue
        place = base + field.bitpos // 8
        if field.name:
            yield field.name, (place, field.type)
        else:
            yield from _fields(field.type.strip_typedefs(), place)


def _layout(c_type):
    c_type = c_type.strip_typedefs()
    if c_type.code in NUMBERS:
        return Layout("number", c_type.sizeof, signed=c_type.code == gdb.TYPE_CODE_INT and c_type.is_signed)
    if c_type.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return Layout("struct", c_type.sizeof, fields=dict(_fields(c_type)))
    if c_type.code == gdb.TYPE_CODE_ARRAY:
        element = c_type.target().strip_typedefs()
        if element.sizeof == 1 and element.code == gdb.TYPE_CODE_INT and str(element) == "char":
            return Layout("text", c_type.sizeof)
        return Layout("array", c_type.sizeof, element=_layout(element), count=c_type.sizeof // (element.sizeof or 1))
    raise gdb.error(f"nothing is known of type {c_type}")


class Struct:
    """Small ones are read as a whole, once: what they say is from then."""

    def __init__(self, space, address, layout):
        self.space, self.address, self.layout, self.data = space, address, layout, None

    def place(self, name):
        """(address, layout) of a field."""
        offset, layout = self.layout.fields[name]
        if not isinstance(layout, Layout):
            layout = _layout(layout)
            self.layout.fields[name] = (offset, layout)
        return self.address + offset, layout

    def __getitem__(self, name):
        address, layout = self.place(name)
        if layout.kind != "number" or self.layout.size > WHOLE:
            return self.space.value(address, layout)
        if self.data is None:
            self.data = self.space.read(self.address, self.layout.size)
        start = address - self.address
        return int.from_bytes(self.data[start:start + layout.size], "little", signed=layout.signed)

    def follow(self, name, type_name):
        """The structure that a pointer field points to; None for NULL."""
        address = self[name]
        return self.space.struct(type_name, address) if address else None


_translations = {}  # (root, page): physical, of the machine as it stands


def forget():
    """The guest ran."""
    _translations.clear()


class Space:
    """Memory under one top-level page table (0: as the kernel sees it), with the layouts of a program (a path or None)."""

    def __init__(self, root=0, program=None):
        self.root, self.path = root, program

    @property
    def program(self):
        return Program.of(self.path)

    def read(self, address, count):
        if not self.root:
            return _read(address, count)
        data = b""
        while len(data) < count:
            part = min(count - len(data), PAGE - (address + len(data)) % PAGE)
            physical = self.physical(address + len(data))
            if physical is None:
                raise Unreadable(f"no memory at {address + len(data):#x}")
            data += _read(DIRECT_MAP + physical, part)
        return data

    def physical(self, address):
        """Where a byte is in physical memory, or None."""
        key = (self.root, address // PAGE)
        if key not in _translations:
            _translations[key] = self._walk(address & -PAGE)
        page = _translations[key]
        return None if page is None else page + address % PAGE

    def _walk(self, address):
        table = self.root
        for shift in (39, 30, 21, 12):
            entry = int.from_bytes(_read(DIRECT_MAP + table + (address >> shift & 511) * 8, 8), "little")
            if not entry & ENTRY_PRESENT:
                return None
            table = entry & ENTRY_ADDRESS
            if shift == 12 or (entry & ENTRY_LARGE and shift < 39):
                inside = (1 << shift) - 1
                return (table & ~inside) | (address & inside)
        return None

    def number(self, address, size=8, signed=False):
        return int.from_bytes(self.read(address, size), "little", signed=signed)

    def value(self, address, layout):
        if layout.kind == "number":
            return self.number(address, layout.size, layout.signed)
        if layout.kind == "text":
            return self.read(address, layout.size).split(b"\0")[0].decode(errors="replace")
        if layout.kind == "struct":
            return Struct(self, address, layout)
        return [self.value(address + i * layout.element.size, layout.element) for i in range(layout.count)]

    def struct(self, type_name, address):
        return Struct(self, address, self.program.type(type_name))

    def variable(self, symbol):
        """A global variable of the program."""
        return self.value(self.program.address(symbol), self.program.variable_type(symbol))

    def text(self, address, limit=256):
        """A C string."""
        data = b""
        while len(data) < limit:
            try:
                data += self.read(address + len(data), min(64, PAGE - (address + len(data)) % PAGE))
            except Unreadable:
                break
            if b"\0" in data:
                break
        return data.split(b"\0")[0].decode(errors="replace")

    def list(self, head, type_name, member):
        """The structures in a kernel list (structure/list.h) with this head."""
        offset = self.program.type(type_name).fields[member][0]
        node = self.number(head)
        while node and node != head:
            yield self.struct(type_name, node - offset)
            node = self.number(node)


def _read(address, count):
    try:
        return gdb.selected_inferior().read_memory(address, count).tobytes()
    except gdb.MemoryError:
        raise Unreadable(f"no memory at {address:#x}") from None


def register(name):
    return int(gdb.newest_frame().read_register(name))


@contextlib.contextmanager
def loaded(root):
    """The CPU has these page tables meanwhile, so that gdb's own expressions read what lies there."""
    old = gdb.parse_and_eval("$cr3")
    if int(old) == root:
        yield
        return
    _load(root, old.type)
    try:
        yield
    finally:
        _load(int(old), old.type)


def _load(root, kind):
    gdb.set_convenience_variable("lichen_root", gdb.Value(root.to_bytes(8, "little"), kind))
    quietly("set $cr3 = $lichen_root")
