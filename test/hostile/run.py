#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hostile tests: guest programs that call as no program should; the system must go on as if nothing had been.

    run.py --build DIR [--quick|--long] [--routes off] [--seed N] [--first N] [--trace] [--linux] [NAME...]

Prints `PASS name: counts` or `FAIL name: why`. The verdict is made here: the guest must still answer behind the program, power off, and
its log must hold no panic, no fault or end of a server, no failed assertion and no report of the lock order. --trace shows each
call before it is made; --first begins with a later child of random_calls. With --linux the programs run on Debian's kernel, which shows
whether they are right themselves.
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "scripts" / "lib"))
import long_run  # noqa: E402
import tree  # noqa: E402

FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Wshadow", "-Wvla", "-Werror", "-fno-stack-protector",
         f"-I{HERE}", "-static"]
SHARED = ["child.c", "world.c"]
KINDS = {"fd": "f", "s32": "i", "sig": "g", "u32": "u", "mode": "m", "flags": "b", "bits": "b", "size": "s", "s64": "l",
         "u64": "q", "ptr": "p", "in": "r", "out": "w", "addr": "a", "path": "P"}
# Children and calls of each; a boot makes at most PIECE of them, and a long run goes on later with what LONG_SECONDS left over.
RANDOM = {"quick": (40, 300), "normal": (150, 600), "long": (3000, 1000)}
PIECE = 200
SECONDS = {"quick": 300, "normal": 600, "long": 900}
LONG_SECONDS = 3000
WITNESS = "the guest goes on"
BAD_LOG = re.compile(r"\] panic: |faulted: vector|exited with code|ended in an unknown way|assertion|lock order|out of stack")
BAD_OUTPUT = re.compile(r"(?:strange|undead|ended) .*")
SHORT_SEED = 77


def call_table(build):
    rows = json.loads((build / "servers" / "linux-personality" / "generated" / "calls.json").read_text())
    lines = ["/* Generated from calls.json; do not edit. */", '#include "hostile.h"', "", "const struct call calls[] = {"]
    for row in rows:
        kinds = "".join(KINDS[argument["type"]] for argument in row["arguments"])
        names = ", ".join(f'"{argument["name"]}"' for argument in row["arguments"]) or "0"
        lines.append(f'\t{{ {row["number"]}, "{row["name"]}", {len(kinds)}, "{kinds}", {{ {names} }} }},')
    return "\n".join([*lines, "};", f"const uint32_t call_count = {len(rows)};", ""])


def build_programs(build):
    directory = build / "hostile"
    directory.mkdir(parents=True, exist_ok=True)
    table = directory / "calls.c"
    table.write_text(call_table(build))
    stage = directory / "stage"
    stage.mkdir(exist_ok=True)

    def compile_one(name):
        sources = [str(HERE / source) for source in (f"{name}.c", *SHARED)]
        tree.tool(["musl-gcc", *FLAGS, "-o", str(stage / name), *sources, str(table)], f"building {name}")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(compile_one, TESTS))
    return stage


def judge(status, output, log, end):
    """None, or why the run failed."""
    found = BAD_LOG.search(log)
    if found:
        line = log[log.rfind("\n", 0, found.start()) + 1:].split("\n", 1)[0]
        return f"in the log: {line.strip()}"
    if status != 0:
        words = [line for line in output.splitlines() if line.startswith("child ")]
        return f"the run ended with status {status}, the last words: {words[-1] if words else output.strip()[-100:]}"
    if not re.search(rf"^{end} \d+$", output, re.M) or WITNESS not in output:
        return "the program did not come to its end"
    found = sorted(set(BAD_OUTPUT.findall(output)))
    return f"{len(found)} findings: {'; '.join(found[:5])}" if found else None


def forwarded(options):
    return options.routes == "off" and not options.linux


def kept(options, name, kind):
    """What a run leaves behind; one without routes has files of its own."""
    return options.build / "hostile" / f"{name}{'.forwarded' if forwarded(options) else ''}.{kind}"


def run_guest(name, words, end, options, stage):
    log = kept(options, name, "log")
    seconds = SECONDS[options.speed]
    command = [str(TOP / "scripts" / "run"), *(["--linux"] if options.linux else []),
               *(["--append", "lichen.routes=off"] if forwarded(options) else []), "--add", f"{stage}:/hostile", "--timeout",
               str(seconds), "--log", str(log), "--",
               f"/hostile/{name} {' '.join(words)} 2>&1 || echo status $?; echo {WITNESS} | cat"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False)
    kept(options, name, "output").write_text(done.stdout)
    return judge(done.returncode, done.stdout, "" if options.linux else log.read_text(errors="replace"), end), done.stdout


def counted(output, end):
    return int(re.search(rf"^{end} (\d+)$", output, re.M).group(1))


def simple(name):
    """A program that is run once."""
    def run(options, stage):
        words = ["-v"] if options.trace else []
        why, output = run_guest(name, words, "cases", options, stage)
        return why, f"{counted(output, 'cases')} cases" if why is None else ""
    return run


class Progress:
    """How far random_calls came at this commit and seed, in a long run."""

    def __init__(self, options):
        self.path = kept(options, "random_calls", "json")
        commit = long_run.commit()
        resumable = options.speed == "long" and not commit.endswith("-dirty")
        state = json.loads(self.path.read_text()) if resumable and self.path.exists() else {}
        if state.get("commit") != commit or options.seed not in (None, state.get("seed")):
            # Short runs repeat one seed, so that a verdict depends on the tree alone; long ones look elsewhere each time.
            seed = int(time.time()) if options.speed == "long" else SHORT_SEED
            state = {"commit": commit, "seed": options.seed if options.seed is not None else seed, "next": options.first, "calls": 0}
        self.state = state

    def advance(self, children, calls):
        self.state["next"] += children
        self.state["calls"] += calls
        self.path.write_text(json.dumps(self.state))


def random_calls(options, stage):
    children, count = RANDOM[options.speed]
    progress, started = Progress(options), time.monotonic()
    state, last = progress.state, options.first + (options.children or children)
    while state["next"] < last:
        piece = min(PIECE, last - state["next"])
        if time.monotonic() - started > LONG_SECONDS:
            return f"{state['next']} of {last} children until now; run again to go on", ""
        print(f"random_calls: seed {state['seed']}, {piece} children of {count} calls from {state['next']}", flush=True)
        words = [*(["-v"] if options.trace else []), state["seed"], state["next"], piece, count]
        why, output = run_guest("random_calls", [str(word) for word in words], "calls", options, stage)
        if why:
            return f"seed {state['seed']}: {why}", ""
        progress.advance(piece, counted(output, "calls"))
    return None, f"{state['calls']} calls of {last - options.first} children, seed {state['seed']}"


TESTS = {"bad_pointers": simple("bad_pointers"), "bad_nested": simple("bad_nested"), "random_calls": random_calls}


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=Path)
    for name in ("quick", "long"):
        parser.add_argument(f"--{name}", dest="speed", action="store_const", const=name)
    parser.add_argument("--routes", choices=("on", "off"), default="on", help="off: every call is forwarded")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--children", type=int)
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--list", action="store_true", help="only print the names of the tests chosen")
    parser.add_argument("--linux", action="store_true")
    parser.add_argument("names", nargs="*")
    parser.set_defaults(speed="normal")
    options = parser.parse_args()
    options.build = options.build.resolve()
    os.environ["LICHEN_BUILD"] = str(options.build)
    return options


def main():
    options = parse()
    chosen = {name: test for name, test in TESTS.items()
              if not options.names or any(fnmatch.fnmatch(name, pattern) for pattern in options.names)}
    if options.list:
        print(*chosen, sep="\n")
        return 0
    stage = build_programs(options.build)
    failed = 0
    for name, test in chosen.items():
        why, counts = test(options, stage)
        failed += why is not None
        print(f"PASS {name}: {counts}" if why is None else f"FAIL {name}: {why}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except tree.Failure as failure:
        print(f"FAIL build: {failure}")
        sys.exit(1)
