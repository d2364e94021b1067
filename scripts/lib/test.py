# SPDX-License-Identifier: MIT
"""scripts/test: runs the layers of test_layers.py and closes with `N passed, N failed`."""
import collections
import json
import subprocess
import time

import test_layers
import tree

RESULTS_HEAD = """# Results of long test runs

`scripts/test --long` adds a line for each layer; run again at the same commit, it goes on behind what passed.

| date | commit | layer | passed | failed | minutes | counts, failures |
|---|---|---|---|---|---|---|
"""
# counts: what a test that passed has to say of itself.
Result = collections.namedtuple("Result", "passed failed counts seconds")


def _select(arguments):
    """{layer: names} from the words given: a LAYER, LAYER/NAME, or a NAME to be tried in every layer."""
    rows = test_layers.present()
    known, chosen = [row[0] for row in rows], {}
    for word in arguments.what:
        layer, slash, name = word.partition("/")
        if word in known:
            chosen[word] = []
        elif slash and layer in known:
            chosen.setdefault(layer, []).append(name)
        else:
            for layer in known:
                chosen.setdefault(layer, []).append(word)
    if not arguments.what:
        chosen = {row[0]: [] for row in rows if row[2] or arguments.speed != "quick"}
    return [(row[0], row[1], chosen[row[0]]) for row in rows if row[0] in chosen]


def _run_layer(name, function, request):
    """Prints each result as it comes; returns a Result."""
    passed, failed, counts, started = 0, [], [], time.monotonic()
    tree.progress(f"layer {name}")
    try:
        for outcome in function(request):
            print(f"{'PASS' if outcome.passed else 'FAIL'} {name}/{outcome.name}" + (f": {outcome.why}" if outcome.why else ""),
                  flush=True)
            passed += outcome.passed
            if not outcome.passed:
                failed.append(f"{name}/{outcome.name}")
            elif outcome.why:
                counts.append(f"{outcome.name}: {outcome.why}")
    except tree.Failure as failure:
        print(f"FAIL {name}: {failure}", flush=True)
        failed.append(name)
    return Result(passed, failed, counts, time.monotonic() - started)


def _commit():
    return subprocess.run(["git", "-C", str(tree.TOP), "describe", "--always", "--dirty"], stdout=subprocess.PIPE,
                          text=True).stdout.strip()


class LongRun:
    """What long runs have shown at this commit: layers that passed are not run again, results go into docs/results.md."""

    def __init__(self):
        self.commit = _commit()
        self.path = tree.build_dir() / "long-results.json"
        kept = json.loads(self.path.read_text()) if self.path.exists() else {}
        self.done = kept.get(self.commit, {}) if not self.commit.endswith("-dirty") else {}

    def result(self, name, names):
        """What is known of a whole layer."""
        known = self.done.get(name) if not names else None
        return Result(*known) if known and not known[1] else None

    def record(self, name, names, result):
        if not names:
            self.done[name] = list(result)
        with tree.new_file(self.path, "w") as file:
            json.dump({self.commit: self.done}, file)
        page = tree.TOP / "docs" / "results.md"
        text = page.read_text() if page.exists() else RESULTS_HEAD
        what = f"{name} ({' '.join(names)})" if names else name
        text += (f"| {time.strftime('%Y-%m-%d', time.gmtime())} | {self.commit} | {what} | {result.passed} | {len(result.failed)} "
                 f"| {result.seconds / 60:.1f} | {'; '.join(result.counts + result.failed)} |\n")
        with tree.new_file(page, "w") as file:
            file.write(text)


def _parser():
    parser = tree.Parser(
        prog="test", description="Run the tests. Closes with `N passed, N failed`; status 1 when one failed.",
        epilog="Layers: " + " ".join(row[0] for row in test_layers.present())
        + ". NAME is a test's name or shell pattern, alone or as LAYER/NAME.")
    speed = parser.add_mutually_exclusive_group()
    for name, text in (("quick", "the edit loop's set"), ("long", "full counts, recorded in docs/results.md; goes on behind what passed at this commit")):
        speed.add_argument(f"--{name}", dest="speed", action="store_const", const=name, help=text)
    parser.add_argument("--json", metavar="FILE", help="also write the results to a file")
    parser.add_argument("what", metavar="LAYER|NAME", nargs="*")
    parser.set_defaults(speed="normal")
    return parser


def command(arguments):
    options = _parser().parse_args(arguments)
    long_run = LongRun() if options.speed == "long" else None
    results = {}
    for name, function, names in _select(options):
        known = long_run and long_run.result(name, names)
        if known:
            tree.progress(f"layer {name}: {known.passed} passed at this commit before")
        results[name] = known or _run_layer(name, function, test_layers.Request(options.speed, names))
        if long_run and not known and (results[name].passed or results[name].failed):
            long_run.record(name, names, results[name])
    passed = sum(result.passed for result in results.values())
    failed = [name for result in results.values() for name in result.failed]
    seconds = {name: result.seconds for name, result in results.items()}
    if options.json:
        with tree.new_file(options.json, "w") as file:
            json.dump({"passed": passed, "failed": failed, "seconds": seconds}, file)
    if failed:
        print("failed: " + " ".join(failed))
    if options.what and not passed and not failed:
        raise tree.Failure(f"no test matches {' '.join(options.what)}", 1)
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    tree.main(command, "test")
