# SPDX-License-Identifier: MIT
"""A bug that was once real, planted (test/plants): one command on the log names its cause, another finds the writer; the right personality
passes both clean. On a small program and on OpenRC's boot.
"""
import json
import subprocess

import build
import tree

BOOTS = True
SEED = tree.TOP / "test" / "reports" / "seed.c"
ENTRY = 'linux-personality:$process("seed")->leader->sighand->actions[16].handler'  # of SIGCHLD


def _script(name, *arguments):
    return subprocess.run([str(tree.TOP / "scripts" / name), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=250, check=False)


def _plant():
    build.target("plants")
    return ["--add", f"{tree.build_dir()}/plants/shared_dispositions:/lichen/servers/linux-personality"]


def _seed(scratch):
    for name, place in (("seed", "0x400000"), ("seed-child", "0x20000000")):
        tree.tool(["musl-gcc", "-O1", "-static", "-no-pie", f"-Wl,-Ttext-segment={place}", "-o", str(scratch / name), str(SEED)], f"compiling {name}")
    return [word for name in ("seed", "seed-child") for word in ("--add", f"{scratch}/{name}:/bin/")]


def _reports(scratch, *options):
    """(exit status of the run, the guests' reports that scripts/crash-report finds in its log)."""
    done = _script("run", "--log", scratch / "log", "--timeout", 120, *options)
    reports = json.loads(_script("crash-report", scratch / "log", "--json").stdout)
    return done, [one for one in reports["reports"] if one["kind"] == "guest"]


def _names_the_foreign_handler(report):
    assert report["complete"] and report["cause"] == "foreign-handler", report["cause"]
    chld = next(fact for fact in report["dispositions"] if fact["signame"] == "SIGCHLD")
    assert chld["belongs"] == "image" and chld["pid"] > report["process"]["pid"] and chld["call"] in ("rt_sigaction", "routed"), chld
    why = " ".join(report["why"])
    assert f"pid {chld['pid']} (a child)" in why and "of SIGCHLD belongs to another image" in why, why


def test_plant_is_named_by_the_report(scratch):
    seed = _seed(scratch)
    done, reports = _reports(scratch, *seed, "--", "seed")
    assert done.stdout == "clean\n" and not reports, (done, reports)
    done, reports = _reports(scratch, *seed, *_plant(), "--", "seed")
    assert done.returncode == 139 and len(reports) == 1, done
    _names_the_foreign_handler(reports[0])


def test_plant_is_named_by_the_report_of_openrc(scratch):
    done, reports = _reports(scratch, "--init", "openrc", "--", "true")
    assert done.returncode == 0 and not reports, (done, reports)
    done, reports = _reports(scratch, "--init", "openrc", *_plant(), "--", "true")
    named = [report for report in reports if report["process"]["name"] == "openrc"]
    assert named, [report["why"] for report in reports]
    _names_the_foreign_handler(named[0])


def test_plant_is_caught_writing(scratch):
    """The one who writes into the parent's entry is the child, in rt_sigaction; with the right personality nobody does."""
    seed, found = _seed(scratch), scratch / "hits.json"
    done = _script("gdb-investigate", *seed, "--watch", ENTRY, "--process", "seed", "--timeout", 100, "--json", found, "--", "seed")
    clean = json.loads(found.read_text())
    assert not clean["hits"] and done.returncode == 1, done
    done = _script("gdb-investigate", *seed, *_plant(), "--watch", ENTRY, "--process", "seed", "--timeout", 100, "--json", found, "--", "seed")
    hits = json.loads(found.read_text())["hits"]
    writer = [hit for hit in hits if hit["process"]["name"] == "seed-child"]
    assert done.returncode == 0 and writer, done
    assert writer[0]["write"]["side"] == "linux-personality" and "rt_sigaction" in writer[0]["symbol"], writer[0]
