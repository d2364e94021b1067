# SPDX-License-Identifier: MIT
"""scripts/gdb-investigate: gdb on a guest without a person. Boots, arms stops, reports every hit with all that can be seen, ends.

This side reads the options or the plan, boots QEMU with its stub, runs gdb with scripts/lib/gdb/hunt.py and turns the lines that the
hunt writes into text and JSON. Nothing waits for ever: the hunt ends at its time-out, gdb a little later, QEMU with gdb.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import archive
import gdb_stub
import investigate_text
import qemu
import tree
from elf import Elf

FAILED = 1
TIMEOUT_SECONDS = 300.0
GRACE_SECONDS = 20
HITS = 10
STEPS_MOST = 100000
ITEMS = ("registers", "stack", "code", "disassembly", "backtrace", "interrupted", "guest", "regions", "fpu", "domains", "threads",
         "processes", "endpoints", "messages")
USUAL = ITEMS[:7]
KINDS = ("break-user", "break-kernel", "break-server", "watch")
# What a step of a plan may hold, with the type that JSON must give it.
KEYS = {**{kind: (str, list) for kind in KINDS}, "process": (str, int), "when": str, "collect": (str, list), "max-hits": int,
        "step": int, "set": dict}
EPILOG = """
ADDR is a number as C writes it. FILE is a path in the guest's root file system; SYMBOL may be SYMBOL+N. EXPR is gdb's: of the
kernel, or NAME:EXPR of a server with that server's names, where $process(NAME|PID) and $thread(TID) are the personality's
structures. --watch also takes FILE:SYMBOL[:LEN], a variable of a guest program, and saved-rip, the user RIP in the record of
--process's first thread. What needs a process is armed when that starts its program. See docs/guide/investigate.md.

--plan FILE: JSON, {"steps": [{STEP}, ...]}; each step is armed when the one before it had its hits. The keys of a step are the options
above without dashes (break-user, break-kernel, break-server and watch: a text or a list; max-hits: 1 unless said), and "set":
{"NAME": "EXPR"}, which keeps values of the hit as $NAME for later steps.

--json FILE: {"hits": [...], "error": null or a text, "status": of the COMMAND, "console", "kernel_log", "seconds"}.
Exit status: 0; 1 when there is an error: nothing was hit, the time-out, a panic, a symbol or file that does not exist; 125 for
wrong options. Other options before -- are scripts/run's; what COMMAND writes goes to standard error.
"""


def parser():
    result = tree.Parser(prog="gdb-investigate", usage="gdb-investigate [options] [scripts/run's options] -- COMMAND", epilog=EPILOG,
                         description="Run COMMAND in a guest under gdb and report what happens where, without a person.",
                         formatter_class=argparse.RawDescriptionHelpFormatter)
    add = result.add_argument
    add("--break-user", action="append", default=[], metavar="ADDR|FILE:SYMBOL", help="when a process comes there")
    add("--break-kernel", action="append", default=[], metavar="SYMBOL", help="when the kernel comes there")
    add("--break-server", action="append", default=[], metavar="NAME:SYMBOL", help="when that server comes there")
    add("--watch", action="append", default=[], metavar="EXPR|ADDR[:LEN]", help="when that memory is written, and by whom")
    add("--process", metavar="NAME|PID", help="count only what is done for this process; whose memory is watched")
    add("--when", metavar="CONDITION", help="count only hits where this gdb expression is true")
    add("--step", type=int, default=0, metavar="N", help="after each hit go on N instructions, one by one, with registers")
    add("--collect", metavar="ITEMS", help=f"what to report, of {','.join(ITEMS)} (default: the first {len(USUAL)})")
    add("--max-hits", type=int, metavar="N", help=f"end after N hits (default {HITS})")
    add("--timeout", type=float, default=TIMEOUT_SECONDS, metavar="S", help=f"end after S seconds (default {TIMEOUT_SECONDS:g})")
    add("--plan", type=Path, metavar="FILE", help="several steps, see below")
    add("--json", type=tree.output_file, metavar="FILE", help="write the hits there too")
    add("--quiet", action="store_true", help="print no hits, only what went wrong")
    return result


def _plan_file(path):
    try:
        plan = json.loads(path.read_text())
    except OSError as error:
        raise tree.Failure(f"--plan {path}: {error.strerror}", FAILED) from None
    except ValueError as error:
        raise tree.Failure(f"--plan {path}: not JSON: {error}", FAILED) from None
    if not isinstance(plan, dict) or set(plan) != {"steps"} or not isinstance(plan["steps"], list) or not plan["steps"]:
        raise tree.Failure(f'--plan {path}: expected {{"steps": [...]}}', FAILED)
    return [_plan_step(step, f"--plan {path}: step {number}") for number, step in enumerate(plan["steps"], 1)]


def _plan_step(step, where):
    if not isinstance(step, dict):
        raise tree.Failure(f"{where}: expected an object", FAILED)
    for key, value in step.items():
        if key not in KEYS:
            raise tree.Failure(f"{where}: no such key: {key}", FAILED)
        parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
        if not isinstance(value, KEYS[key]) or isinstance(value, bool) or not all(isinstance(part, str) for part in parts):
            raise tree.Failure(f"{where}: {key}: not of the right type", FAILED)
    listed = {kind: [step[kind]] if isinstance(step.get(kind), str) else step.get(kind, []) for kind in KINDS}
    items = step.get("collect", list(USUAL))
    process = step.get("process")
    return {"max-hits": 1, "step": 0, **step, **listed, "process": None if process is None else str(process),
            "collect": items.split(",") if isinstance(items, str) else items, "where": where}


def _steps(options):
    if options.plan:
        given = [name for name in ("break_user", "break_kernel", "break_server", "watch", "when", "process", "step", "collect", "max_hits")
                 if getattr(options, name) not in (None, 0, [])]
        if given:
            raise tree.Failure(f"--{given[0].replace('_', '-')} and --plan do not go together (see --help)")
        steps = _plan_file(options.plan)
    else:
        steps = [{**{kind: getattr(options, kind.replace("-", "_")) for kind in KINDS}, "process": options.process, "when": options.when,
                  "collect": options.collect.split(",") if options.collect else USUAL, "step": options.step, "where": "",
                  "max-hits": HITS if options.max_hits is None else options.max_hits}]
    for step in steps:
        _check_step(step, f"{step['where']}: " if step["where"] else "")
    return steps


def _check_step(step, where):
    if not any(step[kind] for kind in KINDS):
        raise tree.Failure(f"{where}nothing to stop at: --break-user, --break-kernel, --break-server or --watch (see --help)")
    for item in step["collect"]:
        if item not in ITEMS:
            raise tree.Failure(f"{where}--collect: no item {item}; there are {','.join(ITEMS)}")
    if step["max-hits"] < 1:
        raise tree.Failure(f"{where}--max-hits: expected 1 or more")
    if not 0 <= step["step"] <= STEPS_MOST:
        raise tree.Failure(f"{where}--step: expected 0 to {STEPS_MOST}")
    if "saved-rip" in step["watch"] and step["process"] is None:
        raise tree.Failure(f"{where}--watch saved-rip needs --process")


class Names:
    """Checks before the boot that every file and symbol named exists; guest paths become those that the guest shows."""

    def __init__(self, chosen, programs):
        self.programs = programs
        self.guest = archive.add(archive.guest_tree(chosen.root), chosen.add)

    def servers(self):
        """The programs that --add or --root brings in place of the build's are those whose symbols count."""
        found = dict(self.programs["servers"])
        for name in found:
            for folder in ("servers", "drivers"):
                entry = self.guest.entries.get(f"lichen/{folder}/{name}")
                if entry and entry.source and archive.staging_dir() not in Path(entry.source).parents:
                    found[name] = self._server(f"/lichen/{folder}/{name}", entry.source) or found[name]
        return found

    def _server(self, guest, source):
        """A file that cannot run needs no symbols."""
        try:
            stripped = Elf(source).stripped
        except tree.Failure:
            return None
        if stripped:
            raise tree.Failure(f"{guest}: the file given has no symbols; give the one that was not stripped", FAILED)
        return os.path.abspath(source)

    def files(self):
        return {f"/{path}": os.path.abspath(entry.source) for path, entry in self.guest.entries.items() if entry.kind == "f" and entry.source}

    def _guest_path(self, text):
        path = self.guest.resolve(text)
        for _ in range(40):
            entry = self.guest.entries.get(path)
            if not entry or entry.kind != "l":
                break
            target = entry.target if entry.target.startswith("/") else f"{path.rpartition('/')[0]}/{entry.target}"
            path = self.guest.resolve(target)
        entry = self.guest.entries.get(path)
        if not entry or entry.kind != "f":
            raise tree.Failure(f"{text}: no such file in the root file system used", FAILED)
        return path, entry.source

    def _in_guest(self, option, text):
        file, colon, symbol = text.partition(":")
        if not colon or not symbol:
            raise tree.Failure(f"{option} {text}: expected ADDR or FILE:SYMBOL", FAILED)
        path, source = self._guest_path(file)
        try:
            image = Elf(source)
        except tree.Failure as failure:
            raise tree.Failure(f"{file}: {str(failure).partition(': ')[2]}", FAILED) from None
        name, colon, length = symbol.partition(":")
        if image.symbol(name) is None:
            raise tree.Failure(f"{file}: no symbol {name}", FAILED)
        if colon and (option != "--watch" or not length.isdigit()):
            raise tree.Failure(f"{option} {text}: expected FILE:SYMBOL{'[:LEN]' if option == '--watch' else ''}", FAILED)
        return f"/{path}:{symbol}"

    def break_user(self, text):
        if text[:1].isdigit():
            return _number("--break-user", text)
        return self._in_guest("--break-user", text)

    def break_kernel(self, text):
        return text  # what the compiler put into other functions only gdb finds

    def break_server(self, text):
        name, _, symbol = text.partition(":")
        if name not in self.programs["servers"] or not symbol:
            known = " ".join(self.programs["servers"])
            raise tree.Failure(f"--break-server {text}: expected NAME:SYMBOL, NAME one of {known}", FAILED)
        return text

    def watch(self, text):
        if text.startswith("/"):
            return self._in_guest("--watch", text)
        if text[:1].isdigit():
            address, colon, length = text.partition(":")
            _number("--watch", address)
            if colon and not length.isdigit():
                raise tree.Failure(f"--watch {text}: expected ADDR:LEN", FAILED)
        return text

    def check(self, steps):
        for step in steps:
            for kind in KINDS:
                step[kind] = [(text, getattr(self, kind.replace("-", "_"))(text)) for text in step[kind]]
            for _, text in step["watch"]:
                if re.match(r"\d", text) and int(text.partition(":")[0], 0) < 1 << 47 and step["process"] is None:
                    raise tree.Failure(f"--watch {text}: an address of a process needs --process", FAILED)


def _number(option, text):
    try:
        int(text, 0)
    except ValueError:
        raise tree.Failure(f"{option} {text}: expected an address", FAILED) from None
    return text


class Reader:
    """The hunt's lines as they come."""

    def __init__(self, path, show):
        self.path, self.show, self.hits, self.missing, self.end, self.done = path, show, [], [], None, False
        path.touch()
        self.file = open(path, encoding="utf-8")
        self.rest = ""

    def drain(self):
        self.rest += self.file.read()
        *lines, self.rest = self.rest.split("\n")
        for line in lines:
            self._line(json.loads(line))

    def _line(self, found):
        if "end" in found:
            self.end, self.done = found["end"], True
        elif "missing" in found:
            self.missing += found["missing"]
        else:
            self.hits.append(found)
            self.show(found)


def _follow(gdb, reader, limit):
    """Until gdb ended; killed when its own time-out did not end it. What went wrong with gdb itself, or None."""
    late = False
    while gdb.poll() is None:
        reader.drain()
        late = time.monotonic() > limit
        if late:
            qemu.stop(gdb)
        time.sleep(0.05)
    reader.drain()
    if reader.done:
        return None
    return "gdb did not end at the time-out" if late else f"gdb ended with status {gdb.returncode}"


def _verdict(reader, machine, gdb_trouble):
    """What went wrong, or None."""
    words = machine.log.read_text(errors="replace") if machine.log.exists() else ""
    panic = re.search(r"\] (panic: .*)", words)
    if panic:
        return f"the kernel panicked: {panic.group(1)[7:]}"
    if gdb_trouble:
        return machine.last_words() or f"{gdb_trouble}; see {machine.log}.gdb"
    if reader.end is None:
        return None
    if not reader.end.startswith(("the machine ended", "time-out")):
        return reader.end
    if reader.missing:
        return f"{reader.end}; {'; '.join(reader.missing)}"
    return reader.end if reader.hits else f"{reader.end}, and nothing was hit"


def _hunt(options, chosen, steps, scratch):
    programs = gdb_stub.program_files()
    names = Names(chosen, programs)
    names.check(steps)
    config = {**programs, "servers": names.servers(), "files": names.files(), "steps": steps, "timeout": options.timeout, "hits": str(scratch / "hits")}
    show = (lambda hit: None) if options.quiet else (lambda hit: print(investigate_text.hit(hit), flush=True))
    reader = Reader(scratch / "hits", show)
    with gdb_stub.machine(chosen, scratch, "investigate", {"O": 2, "E": 2}) as machine, open(f"{machine.log}.gdb", "wb") as log:
        config["stub"] = str(machine.stub)
        (scratch / "config.json").write_text(json.dumps(config))
        script = scratch / "start.gdb"
        script.write_text(f"{gdb_stub.prelude()}set breakpoint always-inserted on\n"
                          f"python import hunt; hunt.main({str(scratch / 'config.json')!r})\n")
        gdb = qemu.start(["gdb", "-q", "-nx", "-batch", "-x", str(script)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            trouble = _follow(gdb, reader, time.monotonic() + options.timeout + GRACE_SECONDS)
        finally:
            qemu.stop(gdb)
        error = _verdict(reader, machine, trouble)
        return {"hits": reader.hits, "error": error, "status": machine.status, "console": str(machine.console),
                "kernel_log": str(machine.log)}


def _write_json(options, result):
    if options.json:
        with tree.new_file(options.json, "w") as file:
            json.dump(result, file, indent=1)
            file.write("\n")


def command(arguments):
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = parser().parse_known_args(arguments[:cut])
    began = time.monotonic()
    try:
        if options.timeout <= 0:
            raise tree.Failure("--timeout: expected a positive number of seconds")
        if cut == len(arguments):
            gdb_stub.run.parser().parse_args(rest)
            raise tree.Failure("no -- COMMAND (see --help)")
        chosen = gdb_stub.settings([*rest, *arguments[cut:]])
        steps = _steps(options)
        with tempfile.TemporaryDirectory(prefix="lichen-investigate-") as scratch:
            result = _hunt(options, chosen, steps, Path(scratch))
    except tree.Failure as failure:
        _write_json(options, {"hits": [], "error": str(failure), "status": None, "console": None, "kernel_log": None, "seconds": 0})
        raise
    _write_json(options, {**result, "seconds": round(time.monotonic() - began, 1)})
    if not options.quiet:
        print(investigate_text.summary(result))
    if result["error"]:
        print(f"gdb-investigate: {result['error']}", file=sys.stderr)
    return FAILED if result["error"] else 0


if __name__ == "__main__":
    tree.main(command, "gdb-investigate")
