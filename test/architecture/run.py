#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Architecture tests: the live programs and every handle that they hold, as the kernel counts them, equal the manifest.

    run.py --build DIR [--quick|--long] [NAME...]

Prints `PASS name` or `FAIL name: why`. The system is booted from the ISO, so that there is a screen, and asked through
/proc/lichen; another boot has a manifest with a port range too many and an endpoint too few, which the same comparison must find.
"""
import argparse
import fnmatch
import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(HERE))

import audit  # noqa: E402

MANIFEST = TOP / "servers" / "supervisor" / "policy" / "manifest.lua"
MEMORY_MB = 256
BOOT_SECONDS = 240
SHOW = "cat /proc/lichen/domains; echo ==; cat /proc/lichen/handles"
# Text of the manifest -> text of the faulty one, and what the audit must say of it.
PLANTED = (
    ("ports = { ports = { 0x70, 2 } }", "ports = { ports = { 0x70, 2 }, more = { 0xcf8, 8 } }",
     "rtc holds 1 more than the manifest grants: ('io-port-range', 'rw---', 0, 'own', (3320, 3327))"),
    ("rtc = \"rtc\",", "",
     "linux-personality lacks 1 that the manifest grants: ('endpoint', '-w--t', 9, 'endpoint rtc', ())"),
)


def guest(command, *options):
    done = subprocess.run([TOP / "scripts" / "run", "--boot", "iso", "--memory", str(MEMORY_MB),
                           "--timeout", str(BOOT_SECONDS), *options, "--", command],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0 and not done.stderr, f"status {done.returncode}: {done.stderr[-300:]}"
    return done.stdout


def system_of(output):
    text = subprocess.run(["lua5.4", HERE / "manifest_json.lua", MANIFEST], capture_output=True, text=True, check=True)
    system = audit.System(*audit.tables(output), json.loads(text.stdout))
    system.ram_bytes = MEMORY_MB << 20
    return system


@functools.cache
def live():
    return system_of(guest(SHOW))


def none(findings):
    findings = list(findings)
    assert not findings, "; ".join(findings)


def test_programs_equal_the_manifest():
    none(audit.programs(live()))


def test_supervisor_holds_only_what_it_must():
    none(audit.supervisor(live()))


def test_granted_handles_equal_the_manifest():
    none(audit.granted(live()))


def test_other_handles_are_of_allowed_kinds():
    none(audit.held(live()))


def test_tables_are_for_root_only():
    said = guest("stat -c '%a %u %n' /proc/lichen/domains /proc/lichen/handles; "
                 "su -s /bin/sh -c 'cat /proc/lichen/domains /proc/lichen/handles 2>&1; echo status $?' nobody")
    assert said.splitlines()[:2] == ["400 0 /proc/lichen/domains", "400 0 /proc/lichen/handles"], said
    assert "status 1" in said and said.count("Permission denied") == 2 and "serial" not in said, said


def test_planted_rights_are_found():
    text = MANIFEST.read_text()
    for right, wrong, _ in PLANTED:
        assert text.count(right) == 1, f"{right} is not once in the manifest"
        text = text.replace(right, wrong)
    with tempfile.TemporaryDirectory(prefix="lichen-test-") as scratch:
        path = Path(scratch) / "manifest.lua"
        path.write_text(text)
        system = system_of(guest(SHOW, "--add", f"{path}:/lichen/policy/manifest.lua"))
    found = sorted(audit.granted(system))
    assert found == sorted(finding for _, _, finding in PLANTED), found
    none(audit.programs(system))


def test_unlisted_programs_and_kinds_are_found():
    """The same live system against a manifest that says less."""
    system = live()
    full = system.manifest
    try:
        system.manifest = [{**entry, "holds": []} if entry["name"] == "serial.com2" else entry for entry in full]
        assert list(audit.held(system)) == ["serial.com2 received a notification"], list(audit.held(system))
        system.manifest = [entry for entry in full if entry["name"] != "power"]
        assert len(list(audit.programs(system))) == 1 and list(audit.supervisor(system)), "power was not missed"
    finally:
        system.manifest = full


def all_tests():
    for name, function in list(globals().items()):
        if name.startswith("test_"):
            yield name.removeprefix("test_"), function


def run_one(name, function):
    try:
        function()
    except AssertionError as failed:
        print(f"FAIL {name}: {' '.join(str(failed).split())[:600]}", flush=True)
        return False
    print(f"PASS {name}", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--list", action="store_true", help="only print the names of the tests chosen")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    os.environ["LICHEN_BUILD"] = os.path.abspath(options.build)
    failed = 0
    for name, function in all_tests():
        wanted = not options.names or any(fnmatch.fnmatch(name, pattern) for pattern in options.names)
        if wanted and options.list:
            print(name)
        elif wanted:
            failed += not run_one(name, function)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
