# SPDX-License-Identifier: MIT
"""scripts/test: runs the layers of test_layers.py and closes with `N passed, N failed`."""
import json
import time

import long_run
import test_layers
import tree

SPEEDS = ("quick", "normal", "long")


def _layers_of(word, functions):
    """(layer, name) for each layer in which a NAME or LAYER/NAME chooses a test."""
    layer, slash, name = word.partition("/")
    places = [(layer, name)] if slash and layer in functions else [(layer, word) for layer in functions]
    found = [(layer, name) for layer, name in places if functions[layer].names(name)]
    if not found:
        raise tree.Failure(f"no test or layer is called {word} (see --help)")
    return found


def _select(arguments):
    """(layer, function, names) from the words given: a LAYER, LAYER/NAME, or a NAME of any layer."""
    rows = test_layers.present()
    functions, chosen = {row[0]: row[1] for row in rows}, {}
    for word in arguments.what:
        if word in functions:
            chosen[word] = []
            continue
        for layer, name in _layers_of(word, functions):
            chosen.setdefault(layer, []).append(name)
    if not arguments.what:
        chosen = {row[0]: [] for row in rows if SPEEDS.index(row[2]) <= SPEEDS.index(arguments.speed)}
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
    return long_run.Result(passed, failed, counts, time.monotonic() - started)


def _parser():
    parser = tree.Parser(
        prog="test", description="Run the tests. Closes with `N passed, N failed`; status 1 when one failed.",
        epilog="Layers: " + " ".join(row[0] for row in test_layers.present())
        + ". NAME is a test's name or shell pattern, alone or as LAYER/NAME.")
    speed = parser.add_mutually_exclusive_group()
    for name, text in (("quick", "the edit loop's set"),
                       ("long", "full counts, recorded in docs/results.md; goes on behind what passed at this commit")):
        speed.add_argument(f"--{name}", dest="speed", action="store_const", const=name, help=text)
    parser.add_argument("--json", type=tree.output_file, metavar="FILE", help="also write the results to a file")
    parser.add_argument("what", metavar="LAYER|NAME", nargs="*")
    parser.set_defaults(speed="normal")
    return parser


def command(arguments):
    options = _parser().parse_args(arguments)
    kept = long_run.LongRun() if options.speed == "long" else None
    results = {}
    for name, function, names in _select(options):
        known = kept and kept.result(name, names)
        if known:
            tree.progress(f"layer {name}: {known.passed} passed at this commit before")
        results[name] = known or _run_layer(name, function, test_layers.Request(options.speed, names))
        if kept and not known and (results[name].passed or results[name].failed):
            kept.record(name, names, results[name])
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
