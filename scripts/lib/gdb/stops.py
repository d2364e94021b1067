# SPDX-License-Identifier: MIT
"""What a hunt stops at: breakpoints of users, kernel and servers, write watchpoints, and calls of the personality.

A hardware breakpoint knows only an address; whether the stop counts is asked here, with a Context: is it the right address space,
program, process? A Point is gdb's breakpoint at an address with the Stops that want it; so two Stops at one address do not meet.
Inside gdb's `stop` callbacks nothing may be changed: they only decide, the hunt acts afterwards.

A watched place is watched at its address in its space and, since the kernel writes to it through its own map of physical memory,
there as well. gdb compares values: a write of what was there already is no hit.
"""
import re

import gdb

import symbols
from machine import PERSONALITY, direct
from memory import PAGE, Program, Space, Unreadable, loaded

USER_LIMIT = 1 << 47
WATCH_BYTES = 8
NEVER = ("No symbol", "No struct", "No type", "There is no member", "A syntax error")  # gdb's words for what time does not change
WATCH_MAX = 64
# Kernel calls: by the first memory gets into a guest's space, by the second a thread changes to the space of the program it starts.
MAP, EXEC = "kcall_aspace_map", "kcall_guest_set_aspace"
ENTER = "guest_prepare"  # the kernel is about to load a guest's registers


class Refused(Exception):
    """A stop that cannot be made: why, in a line."""


class Point(gdb.Breakpoint):
    def __init__(self, hunt, address):
        super().__init__(f"*{address:#x}", gdb.BP_HARDWARE_BREAKPOINT, internal=True)
        self.silent, self.hunt, self.at, self.stops = True, hunt, address, []

    def stop(self):
        return self.hunt.reached(self.stops)


class Stop:
    """What the user asked for. `text`: the option; `process`: name or number that it is restricted to, or None."""
    kind = ""
    needs_exec = needs_maps = False  # wants to hear of programs that start, of files that are mapped

    def __init__(self, hunt, argument, process):
        self.hunt, self.argument, self.process, self.given = hunt, argument, process, argument

    @property
    def text(self):
        """As it was given."""
        return f"--{self.kind} {self.given}"

    def arm(self):
        """The step begins, or a program started: what can be set is set. False: not yet all."""
        return True

    def disarm(self):
        self.hunt.drop(self)

    def matches(self, context):
        return self.in_place(context) and (self.process is None or self.is_process(context.process))

    def is_process(self, process):
        return process is not None and process.is_called(self.process)

    def missing(self):
        """Why it may never have been hit, or None."""
        return None

    def is_there(self):
        """What was hit is still what was asked for."""
        return True

    def forget_ended(self):
        """A program starts: what was meant for a process that is gone is free for another."""

    def detail(self, _context):
        return {}


class BreakKernel(Stop):
    kind = "break-kernel"

    def arm(self):
        self.hunt.points_of("the kernel", self.hunt.machine.kernel.program, self.argument, self)
        return True

    def in_place(self, context):
        return context.in_kernel


class BreakServer(Stop):
    kind = "break-server"

    def __init__(self, hunt, argument, process):
        super().__init__(hunt, argument, process)
        self.server, _, self.symbol = argument.partition(":")
        self.file = self.hunt.machine.servers[self.server]

    def arm(self):
        self.hunt.points_of(self.server, Program.of(self.file), self.symbol, self)
        return True

    def in_place(self, context):
        return self.server in context.domain_names and not context.will_fault()


class Located:
    """FILE:SYMBOL of a guest program, wherever that is mapped."""

    def __init__(self, hunt, text):
        self.path, _, self.symbol = text.partition(":")
        self.elf = hunt.elf(self.path)
        self.address, self.bytes = self.elf.symbol(self.symbol)

    def address_at(self, region_start, region_offset):
        bias = self.elf.bias(region_start, region_offset)
        return None if bias is None else self.address + bias


class BreakUser(Stop):
    kind = "break-user"

    def __init__(self, hunt, argument, process):
        super().__init__(hunt, argument, process)
        self.located = None if argument[0].isdigit() else Located(hunt, argument)
        self.needs_maps = bool(self.located and self.located.elf.movable)
        self.was_mapped = False

    def arm(self):
        if self.needs_maps:
            for process in self.hunt.machine.processes():
                self.hunt.tell_maps([self], process)
        else:
            self.hunt.point(self.located.address if self.located else int(self.argument, 0), self)
        return True

    def mapped(self, path, start, offset, _aspace):
        """A process has part of a file there now."""
        if path == self.located.path:
            self.was_mapped = True
            address = self.located.address_at(start, offset)
            if address is not None:
                self.hunt.point(address, self)

    def in_place(self, context):
        if not context.in_guest or context.will_fault():
            return False
        if not self.located:
            return True
        path, start, offset = context.mapped_file()
        return path == self.located.path and self.located.address_at(start, offset) == context.rip

    def missing(self):
        return f"{self.located.path} was never mapped" if self.needs_maps and not self.was_mapped else None


class Change(Stop):
    """A call by which the personality maps memory for a guest, or gives a thread another space: its guest's next entry tells."""
    kind = "change"

    def arm(self):
        self.hunt.points_of("the kernel", self.hunt.machine.kernel.program, self.argument, self)
        return True

    def in_place(self, context):
        return context.in_kernel and context.thread is not None and context.thread.linux is not None

    def happened(self, context):
        thread, ends = context.thread, self.argument == EXEC and not context.thread.struct["frame"]["rdi"]  # a space is given up
        entry = next((stop for stop in self.hunt.armed if isinstance(stop, Entry) and stop.thread == thread.address), None)
        if ends and entry:
            entry.forget()
        elif entry:
            entry.started |= self.argument == EXEC
        elif not ends:
            entry = Entry(self.hunt, thread.address, None)
            entry.thread, entry.started = thread.address, self.argument == EXEC
            self.hunt.armed.append(entry)
            entry.arm()


class Entry(Stop):
    """A thread goes to its guest after such a call."""
    kind = "entry"

    def arm(self):
        self.hunt.points_of("the kernel", self.hunt.machine.kernel.program, ENTER, self)
        return True

    def in_place(self, context):
        return context.in_kernel and context.thread is not None and context.thread.address == self.thread

    def forget(self):
        self.hunt.armed.remove(self)
        self.disarm()

    def happened(self, context):
        self.forget()
        self.hunt.entered(context, self.started)


class Alias(gdb.Breakpoint):
    """One address under which a watched place is written."""

    def __init__(self, watch, address, count, in_kernel):
        super().__init__(f"*(unsigned char (*)[{count}]){address:#x}", gdb.BP_WATCHPOINT, gdb.WP_WRITE, internal=True)
        if self.type != gdb.BP_HARDWARE_WATCHPOINT:
            self.delete()
            raise Refused(f"{watch.text}: gdb cannot watch {count} bytes at {address:#x} in hardware")
        self.silent, self.watch, self.at, self.in_kernel = True, watch, address, in_kernel

    def stop(self):
        return self.watch.hunt.written(self)


class Watch(Stop):
    """--watch: an address, a kernel expression, NAME:EXPR of a server, FILE:SYMBOL of a program, or saved-rip."""
    kind = "watch"
    located = found = None
    was_armed = False

    def __init__(self, hunt, argument, process):
        super().__init__(hunt, argument, process)
        self.aliases, self.space, self.last, self.failure = [], None, None, None
        self.address = self.bytes = self.space_id = None
        self.resolve, server = self._choose(argument)
        self.space_name = server
        self.needs_exec = self.resolve not in (self._kernel, self._located) or process is not None
        self.needs_maps = self.resolve == self._located

    def _choose(self, text):
        head, colon, rest = text.partition(":")
        if text == "saved-rip":
            return self._saved_rip, PERSONALITY
        if text.startswith("/"):
            self.located = Located(self.hunt, ":".join(text.split(":")[:2]))
            return self._located, "guest"
        if colon and head in self.hunt.machine.servers:
            self.expression = rest
            return self._server, head
        if re.fullmatch(r"\d\w*(:\d+)?", text):
            return self._number, "guest"
        self.expression = text
        return self._kernel, "kernel"

    def matches(self, context):
        """For a written place: by the alias that was hit, see Hunt.written."""
        return False

    # Where it is: each answers (Space, address, bytes, id of the guest's aspace or None); None: not there yet.

    def _kernel(self):
        return (Space(), *self.hunt.evaluate(self.expression, self.hunt.machine.kernel.path), None)

    def _server(self):
        domain = self.hunt.machine.domain_of(self.space_name)
        if not domain:
            return None
        space = self.hunt.machine.space_of(domain, None)
        path = self.hunt.machine.servers[self.space_name]
        with symbols.only(path), loaded(space.root):
            return (space, *self.hunt.evaluate(self.expression, path), None)

    def _number(self):
        text, _, size = self.argument.partition(":")
        address, count = int(text, 0), int(size or str(WATCH_BYTES))
        if address >= USER_LIMIT:
            return Space(), address, count, None
        return self._of_guest(address, count)

    def _of_guest(self, address, count):
        process = self.hunt.machine.process(self.process)
        aspace = self.hunt.machine.process_space(process) if process else None
        return (Space(aspace["root"]), address, count, aspace["object"]["id"]) if aspace else None

    def _saved_rip(self):
        process = self.hunt.machine.process(self.process)
        leader = process and process.struct.follow("leader", "struct thread")
        if not leader:
            return None
        return Space(self.hunt.machine.personality.root), leader["guest"]["regs"].place("rip")[0], 8, None

    def _located(self):
        return self.found

    def mapped(self, path, start, offset, aspace):
        """As of BreakUser; the first process of that name that maps the file has the variable."""
        address = self.located.address_at(start, offset) if path == self.located.path and not self.space else None
        if address is not None:
            parts = self.argument.split(":")
            count = int(parts[2]) if len(parts) > 2 else self.located.bytes or WATCH_BYTES
            self.found = Space(aspace["root"]), address, count, aspace["object"]["id"]
            self.arm()

    def arm(self):
        """Set it where the place can be told by now."""
        if self.space or (self.process is not None and self.needs_exec and not self.hunt.machine.process(self.process)):
            return bool(self.space)
        try:
            found = self.resolve()
        except (gdb.error, Unreadable) as error:
            self.failure = f"{self.text}: {error}"
            if not self.needs_exec or str(error).startswith(NEVER):
                raise Refused(self.failure) from None
            return False
        if not found:
            return False
        if self.process is not None:
            self.hunt.machine.bound[self.process] = self.hunt.machine.process(self.process).pid
        self.space, self.address, self.bytes, self.space_id = found
        if not 1 <= self.bytes <= WATCH_MAX:
            raise Refused(f"{self.text}: {self.bytes} bytes; 1 to {WATCH_MAX} can be watched")
        self.was_armed = True
        self.refresh()
        return True

    def refresh(self):
        """Set the watchpoints anew with the values as they are; pages may have moved, gdb may have read others' memory."""
        for alias in self.aliases:
            alias.delete()
        self.aliases = []
        if not self.space.root:
            self.aliases = [Alias(self, self.address, self.bytes, True)]
        else:
            with loaded(self.space.root):
                self.aliases = [Alias(self, self.address, self.bytes, False)]
            self.aliases += [Alias(self, direct(physical), count, True) for physical, count in self._frames()]
        self.last = self.value()

    def _frames(self):
        """(physical address, bytes) of the parts that are in memory; the bytes may lie in two pages."""
        start, end = self.address, self.address + self.bytes
        edge = min(end, (start // PAGE + 1) * PAGE)
        parts = [(start, edge - start), (edge, end - edge)]
        found = [(self.space.physical(address), count) for address, count in parts if count]
        return [(physical, count) for physical, count in found if physical is not None]

    def disarm(self):
        for alias in self.aliases:
            alias.delete()
        self.aliases, self.space, self.found = [], None, None

    def is_there(self):
        """Is the place still what was asked for? If not it is watched where it lies now, or from the next program on that has it."""
        if self.space_id is not None:
            spaces = map(self.hunt.machine.process_space, self.hunt.machine.processes())
            there = any(aspace and aspace["object"]["id"] == self.space_id for aspace in spaces)
        else:
            there = self.resolve not in (self._server, self._saved_rip) or self._is_at_place()
        if not there:
            self.disarm()
            self.forget_ended()
            self.arm()
        return there

    def forget_ended(self):
        """The process that it was bound to may be gone: then the next of that name counts."""
        bound = self.hunt.machine.bound
        if self.process in bound and not self.hunt.machine.process(self.process):
            del bound[self.process]
            self.disarm()

    def _is_at_place(self):
        try:
            found = self.resolve()
        except (gdb.error, Unreadable):
            return False
        return found is not None and (found[0].root, found[1]) == (self.space.root, self.address)

    def value(self):
        try:
            return self.space.read(self.address, self.bytes)
        except Unreadable:  # nobody touched the page yet
            return self.located.elf.content(self.located.address, self.bytes) if self.located else None

    def is_own(self, alias, context):
        """Was it this place that was written, or the same address in another space?"""
        if alias.in_kernel:
            return context.in_kernel
        if context.in_kernel or context.root != self.space.root:
            return False
        aspace = context.thread.guest_space if self.space_id is not None else None
        return self.space_id is None or (context.in_guest and aspace and aspace["object"]["id"] == self.space_id)

    def detail(self, context):
        """What was written; afterwards the new value is the one that counts."""
        alias, new = self.written, self.value()
        found = {"side": context.side, "alias": self.alias_name(alias),
                 "written_at": f"{alias.at:#x}", "address": f"{self.address:#x}", "bytes": self.bytes,
                 "old": _number(self.last), "new": _number(new)}
        self.last = new
        return {"write": found}

    def alias_name(self, alias):
        if not alias.in_kernel:
            return f"{self.space_name}'s address"
        return "kernel direct map" if self.space.root else "kernel address"

    def missing(self):
        if self.was_armed:
            return None
        return self.failure or f"{self.text}: never armed: " + \
            (f"no process {self.process} was seen" if self.process is not None else "what it names was never there")


def _number(data):
    return None if data is None else f"{int.from_bytes(data, 'little'):#x}" if len(data) <= 8 else data.hex()


KINDS = {stop.kind: stop for stop in (BreakUser, BreakKernel, BreakServer, Watch)}
