# SPDX-License-Identifier: MIT
"""One hit as data: who was stopped and all that can be seen from there.

Numbers that are addresses or register contents are texts ("0x..."), so that the JSON keeps all 64 bits in every reader. An item that
could not be read is null or shorter; that never spoils the rest.
"""
import gdb

import lichen_commands
import symbols
from machine import Context
from memory import Space, Unreadable, quietly, register

REGISTERS = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip",
             "eflags", "cs", "ss", "ds", "es", "fs", "gs", "fs_base", "gs_base", "k_gs_base", "cr0", "cr2", "cr3", "cr4", "cr8", "efer")
RECORD = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip", "rflags",
          "orig_rax", "fs_base", "gs_base")
STACK_WORDS, CODE_BEFORE, CODE_BYTES, INSTRUCTIONS, FRAMES = 16, 16, 48, 12, 32
HLT = 0xf4
WORD = (1 << 64) - 1


def registers(names=REGISTERS):
    frame = gdb.newest_frame()
    found = {}
    for name in names:
        try:
            found[name] = f"{int(frame.read_register(name)) & WORD:#x}"
        except (ValueError, gdb.error):  # this machine has no such register
            continue
    return found


def _place(context, address):
    """What lies at an address: a symbol, or for guests without symbols file+offset."""
    name = symbols.name(address)
    if name or not context.in_guest or not context.thread.guest_space:
        return name
    region = context.machine.region_at(context.thread.guest_space, address)
    linux = context.thread.linux
    if not region or not linux:
        return None
    context.machine.name_region(linux.follow("mm", "struct mm"), region)
    return f"{region.name}+{address - region.start + region.offset:#x}" if region.name else None


def _stack(context):
    words, space, start = [], context.space(), register("rsp")
    for address in range(start, start + 8 * STACK_WORDS, 8):
        try:
            value = space.number(address)
        except Unreadable:
            break
        words.append({"address": f"{address:#x}", "value": f"{value:#x}", "symbol": _place(context, value) if value else None})
    return words


def _code(context):
    """Bytes around RIP; `offset` says where in them RIP is."""
    space, rip = context.space(), context.rip
    before, after = b"", b""
    for start, count in ((rip - CODE_BEFORE, CODE_BEFORE), (rip, CODE_BYTES - CODE_BEFORE)):
        try:
            data = space.read(start, count)
        except Unreadable:
            data = _readable(space, start, count, rip)
        before, after = (data, after) if start < rip else (before, data)
    return {"address": f"{rip - len(before):#x}", "bytes": (before + after).hex(), "offset": len(before)}


def _readable(space, start, count, rip):
    """The part of a range that is there, on RIP's side."""
    edge = -(-(start + 1) // 4096) * 4096
    try:
        return space.read(edge, start + count - edge) if start < rip else space.read(start, min(count, edge - start))
    except (Unreadable, ValueError):
        return b""


def _disassembly(context):
    try:
        lines = gdb.selected_inferior().architecture().disassemble(context.rip, count=INSTRUCTIONS)
    except gdb.MemoryError:
        return []
    return [{"address": f"{line['addr']:#x}", "symbol": _place(context, line["addr"]), "text": line["asm"].replace("\t", " ")}
            for line in lines]


def _executable(context, address):
    if context.in_kernel:
        return address >> 63
    region = context.machine.region_at(context.user_aspace, address) if context.user_aspace else None
    return region is not None and "x" in region.rights


def _backtrace(context):
    frames, frame = [], gdb.newest_frame()
    while frame and len(frames) < FRAMES:
        address = frame.pc()
        if frames and not _executable(context, address):  # gdb guessed, without unwind data
            break
        frames.append({"address": f"{address:#x}", "symbol": _place(context, address), "function": frame.name(),
                       "source": symbols.source(frame.find_sal())})
        try:
            frame = frame.older()
        except gdb.error:
            break
    return frames


def _guest(context):
    """The guest's registers in the record of a thread that is not in guest mode now."""
    thread = context.thread.origin() if context.thread else None
    linux = thread.linux if thread else None
    if not linux or context.in_guest:
        return None
    regs = linux["guest"]["regs"]
    return {name: f"{regs[name] & WORD:#x}" for name in RECORD}


def _interrupted(context):
    """A hit in the kernel: what the thread's frame says of the code that it came from."""
    if not context.in_kernel or not context.thread:
        return None
    frame = context.thread.struct["frame"]
    return {"mode": "guest" if context.thread.in_guest else "native",
            **{name: f"{frame[name]:#x}" for name in ("rip", "rsp", "rflags", "vector", "error_code")}}


def _regions(context):
    aspace = context.thread.guest_space if context.thread and not context.domain_names else None
    if not aspace:
        return None
    linux = context.thread.linux
    mm = linux.follow("mm", "struct mm") if linux else None
    return [{"start": f"{region.start:#x}", "end": f"{region.end:#x}", "rights": region.rights, "offset": f"{region.offset:#x}",
             "name": context.machine.name_region(mm, region).name} for region in context.machine.regions(aspace)]


def _fpu(context):
    """The FPU's registers are loaded only when somebody uses them: `owned` says whether they are this thread's own."""
    frame, cpu = gdb.newest_frame(), context.machine.kernel.variable("boot_cpu")
    owned = bool(context.thread) and cpu["fpu_owner"] == context.thread.address and bool(cpu["fpu_owner_guest"]) == context.in_guest
    vectors = {name: f"{int(str(frame.read_register(name)['uint128'])):#x}" for name in (f"xmm{i}" for i in range(16))}
    return {"owned": owned, **registers(("fctrl", "fstat", "ftag", "mxcsr")), **vectors}


def _list(name):
    """One of the `lichen` lists as rows with names."""
    def rows(context):
        heads, lines = lichen_commands.LISTS[name](context.machine, "")
        return [{head or "current": cell for head, cell in zip(heads, line)} for line in lines]
    return rows


# --collect's items.
ITEMS = {"registers": lambda _: registers(), "stack": _stack, "code": _code, "disassembly": _disassembly, "backtrace": _backtrace,
         "interrupted": _interrupted, "guest": _guest, "regions": _regions, "fpu": _fpu,
         **{name: _list(name) for name in ("domains", "threads", "processes", "endpoints", "messages")}}


def identity(context):
    process, thread, files = context.process, context.thread, context.domain_names
    found = {"side": context.side, "mode": "kernel" if context.in_kernel else "user",
             "space": {"root": f"{context.root:#x}", "kind": "kernel" if context.in_kernel else "guest" if context.in_guest else "server",
                       "name": files[0] if files else None},
             "process": None, "thread": None}
    if process:
        linux = thread.origin().linux
        found["process"] = {"pid": process.pid, "name": process.name, "tid": linux["tid"], "thread_name": linux["name"]}
    if thread:
        found["thread"] = {"id": thread.struct["object"]["id"], "address": f"{thread.address:#x}"}
    found["rip"], found["symbol"] = f"{context.rip:#x}", _place(context, context.rip)
    return found


def symbol_files(context, guest_files):
    """(path, bias) of the symbols of what was stopped, beside the kernel's."""
    servers = context.machine.servers
    if context.in_guest:
        return guest_files(context)
    names = context.domain_names
    return [(servers[names[1]], 0)] if names and names[1] in servers else []


def load_symbols(context, guest_files):
    symbols.show(symbol_files(context, guest_files))


def hit(context, items):
    found = identity(context)
    for item in items:
        try:
            found[item] = ITEMS[item](context)
        except (Unreadable, gdb.error) as error:
            found[item] = None
            found.setdefault("unreadable", []).append(f"{item}: {error}")
    return found


def instruction_before(context):
    """The instruction that ends at RIP, where the function's start is known: who wrote, for a watchpoint stops behind it."""
    name, _, offset = (symbols.name(context.rip - 1) or "").partition("+")
    if not name:
        return None
    start = context.rip - 1 - int(offset or "0", 0)
    try:
        lines = gdb.selected_inferior().architecture().disassemble(start, context.rip - 1)
    except gdb.MemoryError:
        return None
    last = lines[-1]
    if last["addr"] + last["length"] != context.rip:
        return None
    return {"address": f"{last['addr']:#x}", "symbol": _place(context, last["addr"]), "text": last["asm"].replace("\t", " "),
            "source": symbols.source(gdb.find_pc_line(last["addr"]))}


def _waits(in_kernel, rip):
    """The CPU halts until an interrupt, and stepping holds those back."""
    try:
        return in_kernel and Space().read(rip, 1)[0] == HLT
    except Unreadable:
        return False


def step_trace(machine, count, guest_files, after_step):
    """`count` instructions one by one, fewer when time is over: registers before each, what was watched and the last one wrote, and
    where the kernel was entered or left."""
    symbols.hide()
    trace, files = [], None
    for index in range(count + 1):
        machine.forget()
        context = Context(machine)
        side, mark = context.side, None
        if not trace or side != trace[-1][0]["side"]:
            mark = "kernel entry" if side == "kernel" else "kernel exit"
            files = symbol_files(context, guest_files)
        idle = _waits(context.in_kernel, context.rip)
        wrote, is_over = after_step()
        trace.append(({"index": index, "rip": f"{context.rip:#x}", "symbol": None, "mode": "kernel" if context.in_kernel else "user",
                       "side": side, "mark": "the CPU waits" if idle else mark if trace else None, "wrote": wrote,
                       "registers": registers()}, files))
        if index == count or idle or is_over:
            break
        quietly("stepi")
        if not gdb.selected_inferior().pid:
            break
    return [_named(step, files) for step, files in trace]


def _named(step, files):
    symbols.show(files)
    step["symbol"] = symbols.name(int(step["rip"], 0))
    return step
