# SPDX-License-Identifier: MIT
"""scripts/test: runs the layers of test_layers.py and closes with `N passed, N failed`."""
import json
import subprocess
import time

import test_layers
import tree


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
    """Prints each result as it comes; returns the counts."""
    passed, failed = 0, []
    tree.progress(f"layer {name}")
    try:
        for outcome in function(request):
            print(f"{'PASS' if outcome.passed else 'FAIL'} {name}/{outcome.name}"
                  + (f": {outcome.why}" if outcome.why and not outcome.passed else ""), flush=True)
            passed += outcome.passed
            if not outcome.passed:
                failed.append(f"{name}/{outcome.name}")
    except tree.Failure as failure:
        print(f"FAIL {name}: {failure}", flush=True)
        failed.append(name)
    return passed, failed


def _record(results, seconds):
    """Leave the long run's counts where docs/results.md is written from; resumable runs read them too."""
    commit = subprocess.run(["git", "-C", str(tree.TOP), "describe", "--always", "--dirty"], stdout=subprocess.PIPE,
                            text=True).stdout.strip()
    path = tree.TOP / "docs" / "results.md"
    head = "# Results of long test runs\n\n| date | commit | layer | passed | failed | minutes |\n|---|---|---|---|---|---|\n"
    text = path.read_text() if path.exists() else head
    date = time.strftime("%Y-%m-%d", time.gmtime())
    for name, (passed, failed) in results.items():
        text += f"| {date} | {commit} | {name} | {passed} | {len(failed)} | {seconds[name] / 60:.1f} |\n"
    with tree.new_file(path, "w") as file:
        file.write(text)


def _parser():
    parser = tree.Parser(
        prog="test", description="Run the tests. Closes with `N passed, N failed`; status 1 when one failed.",
        epilog="Layers: " + " ".join(row[0] for row in test_layers.present())
        + ". NAME is a test's name or shell pattern, alone or as LAYER/NAME.")
    speed = parser.add_mutually_exclusive_group()
    for name, text in (("quick", "the edit loop's set"), ("long", "full counts, recorded in docs/results.md")):
        speed.add_argument(f"--{name}", dest="speed", action="store_const", const=name, help=text)
    parser.add_argument("--json", metavar="FILE", help="also write the results to a file")
    parser.add_argument("what", metavar="LAYER|NAME", nargs="*")
    parser.set_defaults(speed="normal")
    return parser


def command(arguments):
    options = _parser().parse_args(arguments)
    results, seconds = {}, {}
    for name, function, names in _select(options):
        started = time.monotonic()
        results[name] = _run_layer(name, function, test_layers.Request(options.speed, names))
        seconds[name] = time.monotonic() - started
    passed = sum(count for count, _ in results.values())
    failed = [name for _, names in results.values() for name in names]
    if options.speed == "long":
        _record(results, seconds)
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
