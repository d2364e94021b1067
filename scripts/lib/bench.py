# SPDX-License-Identifier: MIT
"""scripts/bench: lxbench on this system and on Linux in turn, in the same QEMU configuration, in one run.

Best values of all rounds, their ratio (below 1: this system is better), the geometric mean over all rows that both have. Two rows
more are measured from outside: boot_to_login (QEMU start to the login prompt, --boot direct; the median of at least five boots
of each system in turn) and smallest_memory (that still reaches it).
"""
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bench_chart
import build
import qemu
import run
import system
import tree

SOURCES = tree.TOP / "test" / "bench"
OUTSIDE_ROWS = ("boot_to_login", "smallest_memory")
SYSTEMS = ("lichen", "linux")
BOOT_SECONDS = 180
BOOTS = 5
MEMORY_MB = (16, 512)
MEMORY_STEP_MB = 8


def build_programs():
    """The folder that is added to the guest's /bin."""
    home = tree.build_dir() / "bench"
    with tree.new_directory(home) as out:
        compile_one = lambda *words: tree.tool([*map(str, words)], "compiling lxbench")  # noqa: E731
        compile_one("musl-gcc", "-static", "-O2", "-std=gnu17", "-D_GNU_SOURCE", "-o", out / "lxbench",
                    *sorted(set(SOURCES.glob("*.c")) - {SOURCES / "true.c"}), "-lpthread")
        compile_one("gcc", "-static", "-nostdlib", "-Wl,--build-id=none", "-s", "-o", out / "tiny", SOURCES / "tiny.S")
        compile_one("musl-gcc", "-static", "-O2", "-s", "-o", out / "true_static", SOURCES / "true.c")
        compile_one("musl-gcc", "-O2", "-s", "-o", out / "true_dyn", SOURCES / "true.c")
        for path in out.iterdir():
            path.chmod(0o755)
    return home


def row_names(programs):
    return subprocess.run([programs / "lxbench", "-l"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()


def _choose(words, known):
    chosen = [name for name in known if not words or any(name.startswith(word) for word in words)]
    if not chosen:
        raise tree.Failure(f"no row starts with {' or '.join(words)}")
    return chosen


def run_guest(which, programs, rows, options):
    """One boot of one system with all its rows: {row: (unit, best) or skip reason}."""
    guest = f"lxbench -b {options.batches} -t {options.milliseconds} {' '.join(rows)}"
    command = [str(tree.TOP / "scripts" / "run"), *(["--linux"] if which == "linux" else []), "--add", f"{programs}:/bin",
               "--timeout", str(60 + 15 * len(rows)), "--", guest]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    results = {}
    for line in done.stdout.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if row.get("name") in rows:
            results[row["name"]] = row.get("skip") or (row["unit"], row["max" if row["unit"] == "MB/s" else "min"])
    if done.returncode:
        print(f"bench: {which}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}", file=sys.stderr)
    return results


def boot_seconds(which, memory=512):
    """QEMU start to the login prompt, or None when it never came."""
    options = run.parse(["--boot", "direct", *(["--linux"] if which == "linux" else [])])
    options.memory = str(memory)
    target = system.Linux(options) if which == "linux" else system.Lichen(options)
    with tempfile.TemporaryDirectory(prefix="lichen-bench-") as scratch:
        scratch = Path(scratch)
        arguments = [*qemu.machine(memory, 1, qemu.accelerator()), *target.boot_arguments(scratch), "-nic", "none",
                     *qemu.debug_log(scratch / "debug"), *qemu.console_file(scratch / "console")]
        started = time.monotonic()
        process = qemu.start(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while process.poll() is None and time.monotonic() - started < BOOT_SECONDS:
                console = scratch / "console"
                if console.exists() and b"login:" in console.read_bytes():
                    return time.monotonic() - started
                time.sleep(0.02)
            return None
        finally:
            qemu.stop(process)


def smallest_memory(which):
    low, high = MEMORY_MB
    while high - low > MEMORY_STEP_MB:
        middle = (low + high) // 2 // 4 * 4
        tree.progress(f"{which} with {middle} MB")
        if boot_seconds(which, middle) is None:
            low = middle
        else:
            high = middle
    return high


class Table:
    """Best values so far: {row: {system: value}}, with units and reasons for what is missing."""

    def __init__(self):
        self.values, self.units, self.skipped = {}, {}, {}

    def add(self, which, row, unit, value):
        best = max if unit == "MB/s" else min
        mine = self.values.setdefault(row, {})
        mine[which] = best(mine[which], value) if which in mine else value
        self.units[row] = unit

    def add_guest(self, which, results):
        for row, result in results.items():
            if isinstance(result, tuple):
                self.add(which, row, *result)
            else:
                self.skipped.setdefault(row, {})[which] = result

    def ratio(self, row, reference=None):
        """Ours over the reference's (Linux in this run by default); for rates the other way round."""
        mine = self.values.get(row, {})
        other = mine.get("linux") if reference is None else reference
        if "lichen" not in mine or not other:
            return None
        ratio = mine["lichen"] / other
        return 1 / ratio if self.units[row] == "MB/s" else ratio


def linux_best():
    lines = [line.split() for line in (SOURCES / "linux-best.txt").read_text().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def geometric_mean(ratios):
    ratios = [ratio for ratio in ratios if ratio]
    return math.exp(statistics.fmean(map(math.log, ratios))) if ratios else None


def _number(value, digits=1):
    return "-" if value is None else f"{value:,.{digits}f}"


def print_table(table, rows):
    best = linux_best()
    print(f"{'row':24}{'unit':>6}{'Lichen':>14}{'Linux':>14}{'ratio':>8}{'Linux best':>14}{'ratio':>8}")
    for row in rows:
        mine = table.values.get(row, {})
        reasons = "; ".join(f"{which}: {why}" for which, why in table.skipped.get(row, {}).items())
        print(f"{row:24}{table.units.get(row, ''):>6}{_number(mine.get('lichen')):>14}{_number(mine.get('linux')):>14}"
              f"{_number(table.ratio(row), 2):>8}{_number(best.get(row)):>14}{_number(table.ratio(row, best.get(row)), 2):>8}"
              + (f"  ({reasons})" if reasons else ""))
    inner = [row for row in rows if row not in OUTSIDE_ROWS and not row.startswith("ref_")]
    print(f"geometric mean: {_number(geometric_mean(table.ratio(row) for row in inner), 3)} of Linux in this run, "
          f"{_number(geometric_mean(table.ratio(row, best.get(row)) for row in inner if row in best), 3)} of Linux at its best")


def write_json(table, rows, path):
    best = linux_best()
    result = {row: {"unit": table.units.get(row), **table.values.get(row, {}), "ratio": table.ratio(row),
                    "linux_best": best.get(row), "skipped": table.skipped.get(row)} for row in rows}
    with tree.new_file(path, "w") as file:
        json.dump(result, file, indent=1)


def _parser():
    parser = tree.Parser(prog="bench", description="Measure this system and Linux in turn, in the same QEMU configuration.",
                         epilog="ROW is the start of a row's name; see test/bench/. Also: " + " ".join(OUTSIDE_ROWS))
    add = parser.add_argument
    add("--rounds", type=int, default=3, metavar="N", help="boots of each system (default 3)")
    add("--batches", type=int, default=41, metavar="N", help="batches a row (default 41)")
    add("--milliseconds", type=int, default=2, metavar="N", help="length of a batch (default 2)")
    add("--only", choices=SYSTEMS, help="measure one system only")
    add("--json", type=tree.output_file, metavar="FILE", help="write all values")
    add("--svg", type=tree.output_file, metavar="FILE", help="write the bar chart (default: build/bench.svg)")
    add("rows", metavar="ROW", nargs="*")
    return parser


def _measure_boots(table, systems, boots):
    seconds = {which: [] for which in systems}
    for number in range(boots):
        for which in systems:
            tree.progress(f"boot {number + 1} of {boots}: {which}")
            seconds[which].append(boot_seconds(which))
    for which, values in seconds.items():
        if None in values:
            table.skipped.setdefault("boot_to_login", {})[which] = "no login prompt came"
        else:
            table.add(which, "boot_to_login", "s", statistics.median(values))


def command(arguments):
    options = _parser().parse_args(arguments)
    if options.rounds < 1:
        raise tree.Failure("--rounds: expected at least 1")
    systems = [options.only] if options.only else list(SYSTEMS)
    if "lichen" in systems:
        build.kernel_and_servers()
    programs, table = build_programs(), Table()
    rows = _choose(options.rows, [*row_names(programs), *OUTSIDE_ROWS])
    inner = [row for row in rows if row not in OUTSIDE_ROWS]
    for number in range(options.rounds if inner else 0):
        for which in systems:
            tree.progress(f"round {number + 1} of {options.rounds}: {which}")
            table.add_guest(which, run_guest(which, programs, inner, options))
    if "boot_to_login" in rows:
        _measure_boots(table, systems, max(BOOTS, options.rounds))
    if "smallest_memory" in rows:
        for which in systems:
            tree.progress(f"smallest_memory of {which}")
            table.add(which, "smallest_memory", "MB", smallest_memory(which))
    print_table(table, rows)
    if options.json:
        write_json(table, rows, options.json)
    chart = options.svg or tree.build_dir() / "bench.svg"
    bench_chart.write(chart, [(row, table.ratio(row)) for row in rows if table.ratio(row)])
    return 0 if table.values else 1


if __name__ == "__main__":
    os.environ.setdefault("LICHEN_TOP", str(tree.TOP))
    tree.main(command, "bench")
