# SPDX-License-Identifier: MIT
"""scripts/check-stack: the most stack that the kernel can use, from its machine code, and that it never calls itself.

The finished kernel file is read, with everything inlined by the linker and with its assembly. Each function is followed along all its
branches; the depth before each call plus what the callee needs gives what the function needs. Calls through a pointer are resolved from
tables in read-only memory, or by a line of scripts/kernel-stack.txt. What cannot be followed is a finding, never a guess.
"""
import collections
import fnmatch
import re
import sys
from pathlib import Path

import build
import kernel_code
import tree

WORD = 8
TABLE = tree.TOP / "scripts" / "kernel-stack.txt"
HEADER = tree.TOP / "microkernel" / "arch" / "x86_64" / "trap.h"
Stack = collections.namedtuple("Stack", "name size reserve entries")
Use = collections.namedtuple("Use", "need path")


def _bytes(word):
    """A number, or the name of one in the kernel's header of stacks."""
    if word.isdigit():
        return int(word)
    found = re.search(rf"^#define {word} (\d+)", HEADER.read_text(), re.M)
    if not found:
        raise tree.Failure(f"{HEADER.name} defines no {word}")
    return int(found.group(1))


class Declared:
    """The lines of scripts/kernel-stack.txt."""

    def __init__(self, path):
        self.path = path
        self.stacks, self.traps, self.targets, self.used = [], [], {}, set()
        for line in path.read_text().splitlines():
            head, colon, names = line.split("#")[0].partition(":")
            words = head.split()
            if not colon:
                continue
            if words[0] == "stack" and len(words) == 4:
                self.stacks.append(Stack(words[1], _bytes(words[2]), _bytes(words[3]), names.split()))
            elif words[0] == "trap" and len(words) == 3:
                self.traps.append(Stack(words[1], _bytes(words[2]), 0, names.split()))
            elif words[0] == "from" and len(words) == 2:
                self.targets[words[1]] = names.split()
            else:
                raise tree.Failure(f"{path.name}: what is `{line}`?")

    def of(self, caller, functions):
        """The functions that a line allows for calls through a pointer in a function of the source, None without a line."""
        if caller not in self.targets:
            return None
        self.used |= {caller} | {(caller, pattern) for pattern in self.targets[caller]
                                 if any(fnmatch.fnmatch(kernel_code.source_name(name), pattern) for name in functions)}
        return [name for name in functions
                if any(fnmatch.fnmatch(kernel_code.source_name(name), pattern) for pattern in self.targets[caller])]

    def stale(self):
        for caller, patterns in self.targets.items():
            if caller not in self.used:
                yield f"{self.path.name}: no call through a pointer in {caller}"
            else:
                yield from (f"{self.path.name}: from {caller}: no address of a function {pattern} is taken"
                            for pattern in patterns if (caller, pattern) not in self.used)


class Depths:
    """What each function needs, with its return address and all it calls."""

    def __init__(self, code, declared):
        self.code, self.declared = code, declared
        self.findings, self.known, self.open = [], {}, []
        self.reached = set()

    def need(self, name):
        if name in self.known:
            return self.known[name]
        if name in self.open:
            circle = self.open[self.open.index(name):] + [name]
            self.findings.append("recursion: " + " -> ".join(circle))
            return Use(0, ())
        self.open.append(name)
        self.reached.add(name)
        self.known[name] = self._follow(name)
        self.open.pop()
        return self.known[name]

    def _follow(self, name):
        """Along every branch; a place reached again is followed again only when it is deeper."""
        unit = self.code.units[name]
        deepest, seen, work = Use(WORD, (name,)), {}, [(unit.start, WORD, None)]
        while work:
            address, depth, base = work.pop()
            if seen.get(address, -1) >= depth:
                continue
            seen[address] = depth
            line = unit.lines.get(address)
            if line is None:
                self.findings.append(f"{name}: runs off its end at {address:#x}")
                continue
            depth, base = self._moved(name, line, depth, base)
            for use in [Use(depth, ()), *self._called(name, line, depth)]:
                if use.need > deepest.need:
                    deepest = Use(use.need, (name, *use.path))
            work += [(place, depth, base) for place in self._next(unit, line)]
        return deepest

    def _moved(self, name, line, depth, base):
        """Depth after an instruction, and the depth that RBP stands for."""
        change = kernel_code.stack_change(line)
        if change is None:
            self.findings.append(f"{name}: cannot follow `{line.text}` at {line.address:#x}")
            return depth, base
        kind, value = change
        if kind == "move":
            return depth + value, base
        if kind == "save":
            return depth, depth
        if kind == "restore":
            if base is None:
                self.findings.append(f"{name}: `{line.text}` without a frame at {line.address:#x}")
                return depth, base
            return base + value, base
        return (0, None) if kind == "switch" else (depth, base)

    def _called(self, name, line, depth):
        """What the calls and tail calls of an instruction need below it."""
        if not line.is_branch:
            return []
        targets = self._targets(name, line)
        below = depth if line.is_call else depth - WORD
        uses = [self.need(target) for target in targets]
        return [Use(below + use.need, use.path) for use in uses]

    def _targets(self, name, line):
        if line.target is not None:
            other = self.code.unit_at(line.target)
            if other is None:
                self.findings.append(f"{name}: `{line.text}` leads nowhere")
                return []
            return [other] if line.is_call or other != name else []
        table = self.code.table_of(line)
        if table and not line.is_call and self.code.unit_at(table[0]) == name:
            return []
        if table:
            return sorted({self.code.unit_at(address) for address in table})
        return self._declared(name, line)

    def _declared(self, name, line):
        caller = self.code.source_function(line.address)
        targets = self.declared.of(caller, self.code.address_taken)
        if targets is None:
            self.findings.append(f"{name}: `{line.text}` in {caller} calls through a pointer; "
                                 f"{self.declared.path.name} needs `from {caller}: ...`")
            return []
        return targets

    def _next(self, unit, line):
        if line.ends or line.is_call and line.target is not None and not self.code.returns(self.code.unit_at(line.target)):
            return []
        places = [] if line.is_jump else [line.next]
        if line.is_branch and not line.is_call:
            if line.target is not None and self.code.unit_at(line.target) == unit.name:
                places.append(line.target)
            elif line.target is None:
                table = self.code.table_of(line) or []
                places += [address for address in table if self.code.unit_at(address) == unit.name]
        return places


def _worst(depths, stack):
    for entry in stack.entries:
        if entry not in depths.code.units:
            depths.findings.append(f"{stack.name}: there is no function {entry}")
    return max((depths.need(entry) for entry in stack.entries if entry in depths.code.units), default=Use(0, ()))


def _compare(depths, declared):
    """Each stack's worst use with its room; what a trap puts on top must fit into the reserve."""
    for stack in declared.stacks:
        worst, room = _worst(depths, stack), stack.size - stack.reserve
        text = f"stack {stack.name}: {worst.need} of {room} bytes, {stack.reserve} kept free: {' -> '.join(worst.path)}"
        print(f"     {text}", flush=True)
        if worst.need > room:
            depths.findings.append(text)
        for trap in declared.traps:
            need = trap.size + _worst(depths, trap).need
            if trap.name == stack.name and need > stack.reserve:
                depths.findings.append(f"stack {stack.name}: a trap needs {need} bytes, and {stack.reserve} are kept free")


def check(kernel=None, table=TABLE):
    """Findings about a kernel file, by default that of the build directory."""
    if kernel is None:
        build.kernel_and_servers()
        kernel = build.kernel_file()
    declared = Declared(table)
    depths = Depths(kernel_code.Code(kernel), declared)
    _compare(depths, declared)
    findings = depths.findings + list(declared.stale())
    findings += [f"{name}: its address is taken, and nothing in {table.name} says who calls it"
                 for name in depths.code.address_taken if name not in depths.reached]
    return list(dict.fromkeys(findings))


def command(arguments):
    parser = tree.Parser(prog="check-stack", description="Check how deep the kernel's stacks can become, and that it has no recursion.")
    parser.add_argument("kernel", metavar="KERNEL", nargs="?", type=Path, help="a kernel file (default: the one that is built)")
    findings = check(parser.parse_args(arguments).kernel)
    print("\n".join(findings) if findings else "check-stack: nothing found")
    return 1 if findings else 0


if __name__ == "__main__":
    tree.main(command, "check-stack")
