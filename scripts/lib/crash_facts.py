# SPDX-License-Identifier: MIT
"""One report with names: what scripts/crash-report prints and what its --json holds.

Addresses of a guest are named through the mapping that the report says they lie in, and only from a file whose build id is the one
that ran; those of servers and the kernel are their own. `explained` makes a dictionary that is complete without the log.
"""
import re

import crash_causes
import crash_view
import symbolise

REGISTERS = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip".split()
MOST_FUNCTION = 1 << 16


class Names:
    """Names for the addresses of one report."""

    def __init__(self, report, files):
        self.report, self.files = report, files
        self.maps = [row for row in report.all("map") if isinstance(row.get("start"), int) and isinstance(row.get("end"), int)]
        self.program = str(report.one("server").get("name") or report.writer or "?") if report.kind == "server" else None

    def place(self, address):
        """(image, own address, map) of an address; image None where there is no file with symbols."""
        if self.report.kind == "kernel":
            return self.files.kernel(self.report.one("kernel").get("build")), address, None
        if self.report.kind == "server":
            return self.files.server(self.program, self.report.one("server").get("build")), address, None
        row = next((row for row in self.maps if row["start"] <= address < row["end"]), None)
        if not row or not str(row.get("path") or "").startswith("/"):
            return None, address, row
        image = self.files.guest(row["path"], row.get("build"))
        bias = image.file.bias(row["start"], row.get("offset") or 0) if image else None
        return (None, address, row) if bias is None else (image, address - bias, row)

    def describe(self, address):
        """What is known of an address: symbol+offset, file+offset, source."""
        if not isinstance(address, int):
            return {"address": None}
        image, own, row = self.place(address)
        found = {"address": address, "symbol": None, "source": None, "in": row.get("path") if row else None,
                 "file_offset": address - row["start"] + (row.get("offset") or 0) if row else None}
        known = image.symbol(own) if image else None
        if known:
            found.update(symbol=known[0], symbol_offset=known[1], source=image.source(own))
        return found

    def returned(self, address, first):
        """The same of a return address: what counts is the call before it."""
        before = None if first or not isinstance(address, int) else self.describe(address - 1)
        if not before or not before["symbol"]:  # the kernel's way back from a handler is the beginning of a function
            return self.describe(address)
        return {**before, "address": address, "symbol_offset": before["symbol_offset"] + 1}

    def text(self, address):
        return text(self.describe(address))

    def middle(self, address):
        """(function, byte, instruction) when an address lies inside an instruction of the file's function; else None."""
        image, own, _ = self.place(address)
        known = image.symbol(own) if image else None
        if not known or known[1] == 0 or known[1] > MOST_FUNCTION:
            return None
        start = own - known[1]
        rows = symbolise.disassemble(image.bytes(start, known[1] + 16), start)
        inside = next((row for row in rows if row[0] < own < row[0] + len(row[1].split())), None)
        return (known[0], own - inside[0], inside[2]) if inside and "(bad)" not in inside[2] else None


def text(described):
    """symbol+0x1f (source), or file+0x1234, or the number."""
    if described.get("symbol"):
        offset = f"+0x{described['symbol_offset']:x}" if described["symbol_offset"] else ""
        source = f" ({described['source']})" if described["source"] else ""
        return f"{described['symbol']}{offset}{source}"
    if described.get("in"):
        return f"{described['in']}+0x{described['file_offset']:x}"
    return crash_causes.hexadecimal(described.get("address"))


def _registers(report):
    found = {}
    for fact in report.all("reg"):
        found.update({name: value for name, value in fact.items() if isinstance(value, int)})
    return found


def _hex(word):
    return int(word, 16) if re.fullmatch(r"(0x)?[0-9a-f]+", word) else None


def _code(report, names, rip):
    """The instructions around rip, from the bytes that were there; from the function's beginning where that is among them."""
    fact = report.one("code")
    digits = fact.get("bytes") or ""
    if not isinstance(fact.get("start"), int) or not re.fullmatch(r"([0-9a-f]{2})+", digits):
        return []
    code, start = bytes.fromhex(digits), fact["start"]
    if rip is None:
        return symbolise.disassemble(code, start)
    offset = names.describe(rip).get("symbol_offset")
    skip = max(0, rip - offset - start) if offset is not None else 0
    return symbolise.around(code[skip:], start + skip, rip)


def _stack(report, names):
    found = []
    for fact in report.all("stack"):
        at = fact.get("at")
        for number, word in enumerate((fact.get("words") or "").split(",")):
            value = _hex(word)
            if isinstance(at, int) and value is not None:
                described = names.describe(value)
                known = described["symbol"] or described["in"]
                found.append({"at": at + 8 * number, "value": value, "name": text(described) if known else None})
    return found


def _frames(report, names, death):
    """The frames, all return addresses when no registers are known; behind one that stands where no code is, the return address on the stack, which has no frame of its own."""
    facts = report.all("frame") or ([{"number": 0, "rip": death.rip}] if death.rip is not None else [])
    if death.jumped and death.return_address and names.describe(death.return_address)["in"]:
        facts = [*facts[:1], {"number": None, "rip": death.return_address}, *facts[1:]]
    return [{**fact, **names.returned(fact.get("rip"), first=number == 0 and death.rip is not None)} for number, fact in enumerate(facts)]


def _where(names, rip, frames):
    """Where it stopped: by the registers, or as who ended itself by the first frame."""
    if rip is not None or not frames:
        return names.describe(rip)
    return {name: frames[0].get(name) for name in ("address", "symbol", "symbol_offset", "source", "in", "file_offset")}


def _problems(report, files):
    found = list(report.problems)
    for fact in report.all("more"):
        found.append(f"{fact.get('count')} more of {fact.get('what')} did not fit into the report")
    return found + files.problems


def explained(parsed, files):
    """Everything of one report of scripts/lib/report.py, with names."""
    report = crash_view.View(parsed)
    names, registers = Names(report, files), _registers(report)
    reason = report.one("reason")
    rip = registers.get("rip")
    files.problems.clear()
    rows = _code(report, names, rip)
    death = crash_causes.Death(report, registers, rows, names.text, names.middle)
    kind, sentences = crash_causes.explain(death)
    frames = _frames(report, names, death)
    one = {key: report.one(key) for key in ("process", "server", "image", "parent", "reason", "handler", "mask", "core", "tail", "omitted")}
    return {"number": report.number, "kind": report.kind, "complete": report.complete, "cause": kind,
            "why": sentences, "where": _where(names, rip, frames), **one, "signal": reason.get("signame"), "registers": registers,
            "code": [{"address": address, "bytes": octets, "text": words, "here": address == rip} for address, octets, words in rows],
            "backtrace": frames, "stack": _stack(report, names), "calls": report.all("call"),
            "dispositions": [{**fact, "name": names.text(fact.get("handler"))} for fact in report.all("disposition")],
            "maps": report.all("map"), "facts": [[key, fields] for key, fields in report.facts if key in ("event", "note", "state")],
            "fpu": report.all("fpu"), "problems": _problems(report, files)}
