# SPDX-License-Identifier: MIT
"""scripts/diff-linux: programs on both systems without an unexplained difference."""
import functools
import json
import subprocess

import guest
import tree

BOOTS = True
SECONDS = 280
PROGRAMS = (
    ("an_ash_pipeline", "ls / | wc | tr ' ' _"),
    ("dash", "dash -c 'for i in 1 2; do echo $i; done; cat /etc/passwd'"),
    ("find", "find / -xdev -name '*.conf'"),
    ("tar", "tar cf /tmp/x.tar /etc && tar tf /tmp/x.tar | wc -l"),
    ("awk", "awk 'BEGIN { for (i = 0; i < 1000; i++) s += i; print s }'"),
    ("ls_of_a_tree", "ls -lR /etc"),
    ("posix_spawn", "compared spawn"),
    ("eight_threads", "compared threads"),
    ("alarms", "compared alarms"),
    ("openrc", "openrc sysinit"),
)


@functools.cache
def compared():
    """The guest's program, linked with the root's glibc."""
    path = tree.build_dir("reports") / "compared"
    subprocess.run(["gcc", "-O1", "-pthread", "-o", str(path), str(guest.HERE / "compared.c")], check=True)
    return path


def _no_difference(name, command):
    found = tree.build_dir("reports") / f"{name}.json"
    done = subprocess.run([str(tree.TOP / "scripts" / "diff-linux"), "--json", str(found), "--add", f"{compared()}:/bin/", "--", command],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", timeout=SECONDS)
    assert done.returncode == 0, f"status {done.returncode}: {done.stdout[:2000] or done.stderr[-400:]}"
    counts = json.loads(found.read_text())
    assert counts["compared"] > 20 and not counts["differences"], f"{counts['compared']} calls compared"


for _name, _command in PROGRAMS:
    globals()[f"test_{_name}_makes_the_same_calls"] = functools.partial(_no_difference, _name, _command)
