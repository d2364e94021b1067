# SPDX-License-Identifier: MIT
"""Hits of scripts/gdb-investigate for people. What a hit holds is said in gdb/collect.py."""

WIDE = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip")


def _who(hit):
    process = hit["process"]
    text = {"kernel": "in the kernel", "guest": "in the guest"}.get(hit["side"], f"in {hit['side']}")
    if process:
        text += f", process {process['pid']} {process['name']}" + (f" thread {process['tid']}" if process["tid"] != process["pid"] else "")
    return f"{text}, page tables {hit['space']['root']}"


def _registers(found):
    rows, line = [], []
    for name in [*WIDE, *(name for name in found if name not in WIDE)]:
        if name in found and name != "owned":
            line.append(f" {name:>9} {int(found[name], 0):016x}")
        if len(line) == 4:
            rows.append("".join(line))
            line = []
    return rows + ["".join(line)] * bool(line)


def _code(code):
    data, offset = bytes.fromhex(code["bytes"]), code["offset"]
    return [f"  {code['address']}: {data[:offset].hex(' ')} <{data[offset:offset + 1].hex()}> {data[offset + 1:].hex(' ')}"]


def _write(write):
    yield (f"  written by {write['side']} through {write['alias']} at {write['written_at']} ({write['bytes']} bytes): "
           f"{write['old']} -> {write['new']}")
    if write.get("instruction"):
        instruction = write["instruction"]
        yield f"  by {instruction['address']} {instruction['symbol'] or ''}: {instruction['text']}  {instruction['source'] or ''}".rstrip()


def _stack(words):
    return [f"  {word['address']} {int(word['value'], 0):016x} {word['symbol'] or ''}".rstrip() for word in words]


def _lines(instructions):
    return [f"  {line['address']} {line['symbol'] or ''}: {line['text']}" for line in instructions]


def _frames(frames):
    return [f"  #{number} {frame['address']} {frame['function'] or frame['symbol'] or ''} {frame['source'] or ''}".rstrip()
            for number, frame in enumerate(frames)]


def _steps(steps):
    return [f"  {step['index']:5} {step['side']} {step['rip']} {step['symbol'] or ''}{'  <- ' + step['mark'] if step['mark'] else ''}"
            f"{'  wrote ' + ' '.join(step['wrote']) if step['wrote'] else ''}"
            for step in steps]


def _words(found):
    return ["  " + " ".join(f"{name} {value}" for name, value in found.items())]


def _regions(regions):
    return [f"  {region['start']}-{region['end']} {region['rights']} {region['offset']} {region['name']}".rstrip() for region in regions]


def _table(rows):
    heads = list(rows[0])
    widths = [max(len(str(row[head])) for row in [{head: head}, *rows]) for head in heads]
    return ["  " + "  ".join(str(row[head]).ljust(width) for head, width in zip(heads, widths)).rstrip()
            for row in [{head: head for head in heads}, *rows]]


SECTIONS = (("registers", "registers", _registers), ("write", "write", _write), ("interrupted", "came from", _words),
            ("guest", "guest's registers in the record", _registers), ("stack", "stack", _stack), ("code", "code", _code),
            ("disassembly", "disassembly", _lines), ("backtrace", "backtrace", _frames), ("regions", "regions", _regions),
            ("fpu", "FPU", _registers),
            *((name, name, _table) for name in ("domains", "threads", "processes", "endpoints", "messages")), ("set", "set", _words), ("steps", "steps", _steps))


def hit(found):
    lines = [f"hit {found['index']}: {found['stop']}", f"  at {found['rip']} {found['symbol'] or ''}".rstrip(), f"  {_who(found)}"]
    for key, title, show in SECTIONS:
        if found.get(key):
            lines += [f" {title}:", *show(found[key])]
    return "\n".join(lines)


def summary(result):
    count = len(result["hits"])
    ended = "" if result["status"] is None else f"; the command ended with status {result['status']}"
    return f"{count} hit{'' if count == 1 else 's'}{ended}; console: {result['console']}; kernel log: {result['kernel_log']}"
