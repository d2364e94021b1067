# SPDX-License-Identifier: MIT
"""gdb commands that list what runs: `lichen domains`, `threads`, `processes`, `regions`, `endpoints`, `messages`.

And two functions for expressions with the personality's symbols loaded: $process(NAME or PID), $thread(TID). They read the stopped
machine's structures (machine.py) and change nothing.
"""
import json

import gdb

from machine import KINDS, STATES, WAITS, Machine
from memory import Unreadable

CALL_QUEUED, WAIT_REPLY = 1, 2


def _table(heads, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(heads), *rows]) for i in range(len(heads))]
    for row in [heads, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def _name(machine, address):
    return (machine.names_of(address) or (f"{address:#x}",))[0]


def _domains(machine, _word):
    rows = []
    for domain in machine.domains():
        aspace = domain.follow("aspace", "struct aspace")
        rows.append((_name(machine, domain.address), domain["object"]["id"], f"{domain.address:#x}",
                     f"{aspace['root']:#x}" if aspace else "ended", sum(1 for thread in machine.threads() if thread.struct["domain"] == domain.address),
                     domain["handles"]["used"], aspace["resident"] if aspace else 0))
    return ("name", "id", "address", "tables", "threads", "handles", "pages"), rows


def _threads(machine, _word):
    rows = []
    current = machine.current()
    for thread in machine.threads():
        process, struct = thread.process, thread.struct
        wait = WAITS[struct["wait"]] if STATES[struct["state"]] == "waiting" else ""
        if struct["parked"]:
            wait = "in a routed call"
        rows.append(("*" if current and current.address == thread.address else "", struct["object"]["id"], _name(machine, struct["domain"]),
                     f"{thread.linux['tid']} {thread.linux['name']}" if process else "", "guest" if thread.in_guest else "native",
                     STATES[struct["state"]], wait, f"{struct['frame']['rip']:#x}", f"{thread.address:#x}"))
    return ("", "id", "domain", "linux", "mode", "state", "waits", "rip", "address"), rows


def _processes(machine, _word):
    rows = []
    for process in sorted(machine.processes(), key=lambda process: process.pid):
        struct = process.struct
        parent = struct.follow("parent", "struct process")
        aspace = machine.process_space(process)
        rows.append((process.pid, parent["pid"] if parent else 0, process.name, ("alive", "zombie", "dead")[struct["state"]],
                     struct["thread_count"], f"{aspace['root']:#x}" if aspace else "", f"{process.address:#x}"))
    return ("pid", "parent", "name", "state", "threads", "tables", "address"), rows


def _regions(machine, word):
    process = machine.process(word) if word else None
    if process:
        aspace, leader = machine.process_space(process), process.struct.follow("leader", "struct thread")
        mm = leader.follow("mm", "struct mm") if leader else None
    else:
        domain = machine.domain_of(word)
        if not domain:
            raise gdb.GdbError(f"regions: no process and no domain is called {word or '(nothing)'}")
        aspace, mm = domain.follow("aspace", "struct aspace"), None
    rows = [(f"{region.start:#x}", f"{region.end:#x}", region.rights, f"{region.offset:#x}", f"{region.flags:#x}",
             machine.name_region(mm, region).name) for region in machine.regions(aspace)] if aspace else []
    return ("start", "end", "rights", "offset", "flags", "name"), rows


def _endpoints(machine, _word):
    services, rows = machine.services(), []
    for address, receivers in machine.endpoints().items():
        endpoint = machine.kernel.struct("struct endpoint", address)
        counts = [sum(1 for _ in machine.kernel.list(endpoint.place(queue)[0], "struct thread", "wait_link"))
                  for queue in ("callers", "receivers")]
        rows.append((endpoint["object"]["id"], services.get(address, ""), " ".join(_name(machine, domain) for domain in receivers), *counts,
                     f"{address:#x}"))
    return ("id", "service", "served by", "callers", "receivers", "address"), rows


def _message(machine, tag, service):
    number = tag & 0xffff
    name = machine.messages.get(service, {}).get(str(number), str(number))
    return f"{service}.{name}" if service else name


def _pending(machine):
    """(caller, server thread or None) of every call that has no reply yet."""
    for thread in machine.threads():
        if thread.struct["wait"] in (CALL_QUEUED, WAIT_REPLY):
            yield thread.struct, thread.struct.follow("server", "struct thread") if thread.struct["wait"] == WAIT_REPLY else None


def _messages(machine, _word):
    services, rows = machine.services(), []
    for caller, server in _pending(machine):
        frame = caller["frame"]  # the call's registers: the endpoint's handle, the tag, the words
        domain = machine.kernel.struct("struct domain", caller["domain"])
        service = services.get(machine.object_of(domain, frame["rdi"]), "")
        words = " ".join(f"{frame[name]:#x}" for name in ("rdx", "r10", "r8", "r9"))
        rows.append((caller["object"]["id"], _name(machine, caller["domain"]), f"{_name(machine, server['domain'])} {server['object']['id']}" if server else
                     "queued", _message(machine, frame["rsi"], service), f"{caller['message_badge']:#x}", words))
    return ("caller", "domain", "with", "message", "badge", "words"), rows


def _objects(machine, word):
    domain = machine.domain_of(word)
    if not domain:
        raise gdb.GdbError(f"handles: no domain is called {word or '(nothing)'}")
    rows = []
    for index, slot in machine.slots(domain):
        target = machine.kernel.struct("struct object", slot["object"])
        rows.append((index | slot["generation"] << 20, KINDS[target["kind"]], target["id"], f"{slot['rights']:#x}", f"{slot['badge']:#x}"))
    return ("handle", "kind", "id", "rights", "badge"), rows


LISTS = {"domains": _domains, "threads": _threads, "processes": _processes, "regions": _regions, "endpoints": _endpoints,
         "messages": _messages, "handles": _objects}


class Lichen(gdb.Command):
    """lichen LIST [WORD]: what runs in the stopped machine.
domains, threads, processes, endpoints, messages (calls without a reply yet),
regions PID|NAME (of a process or a domain), handles NAME (of a domain)."""

    def __init__(self, machine):
        super().__init__("lichen", gdb.COMMAND_STATUS)
        self.machine = machine

    def complete(self, _text, word):
        return [name for name in LISTS if name.startswith(word or "")]

    def invoke(self, argument, _from_tty):
        name, _, word = argument.partition(" ")
        if name not in LISTS:
            raise gdb.GdbError(f"lichen: expected one of {' '.join(LISTS)}")
        self.machine.forget()
        try:
                _table(*LISTS[name](self.machine, word.strip()))
        except Unreadable as error:
            raise gdb.GdbError(f"lichen {name}: {error}") from None


class FindProcess(gdb.Function):
    """$process(NAME or PID): the personality's struct process."""

    def __init__(self, machine):
        super().__init__("process")
        self.machine = machine

    def invoke(self, word):
        word = word.string() if word.type.strip_typedefs().code in (gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_PTR) else str(int(word))
        process = self.machine.process(word)
        if not process:
            raise gdb.GdbError(f"no process {word}")
        return gdb.Value(process.address).cast(gdb.lookup_type("struct process").pointer())


class FindThread(gdb.Function):
    """$thread(TID): the personality's struct thread."""

    def __init__(self, machine):
        super().__init__("thread")
        self.machine = machine

    def invoke(self, number):
        for process in self.machine.processes():
            for thread in process.threads():
                if thread["tid"] == int(number):
                    return gdb.Value(thread.address).cast(gdb.lookup_type("struct thread").pointer())
        raise gdb.GdbError(f"no thread {int(number)}")


def define(machine):
    Lichen(machine)
    FindProcess(machine)
    FindThread(machine)


def start(path):
    """For a person's gdb: scripts/debug."""
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    define(Machine(config["kernel"], config["servers"], config["messages"]))
