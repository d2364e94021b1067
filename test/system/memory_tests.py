# SPDX-License-Identifier: MIT
"""A machine whose memory is eaten under a full session: the eater goes, services, shell and terminal stay."""
import re

import console

MEMORY = {"lichen": "64", "linux": "192"}


def _free(guest):
    return int(re.search(r"MemFree:\s+(\d+) kB", guest.run("cat /proc/meminfo")[0])[1])


def test_memory_eaten_in_a_session(which):
    with console.Console(which, "--memory", MEMORY[which]) as guest:
        guest.login("root", "lichen")
        before = _free(guest)
        services = guest.run("rc-status -a | grep -c started")
        for _ in range(3):
            text, status = guest.run("tail /dev/zero", 60)
            assert status == 137, f"the eater was not killed: status {status}, {text!r}"
        assert guest.run("ls /bin /etc | sort > /tmp/list && test -s /tmp/list")[1] == 0
        assert guest.run("rc-status -a | grep -c started") == services, "a service ended"
        assert guest.run(r"dmesg | grep -q 'Out of memory: Killed process [0-9]* (tail)'")[1] == 0
        left = _free(guest)
        assert left > before - 4096, f"{before - left} kB did not come back"
