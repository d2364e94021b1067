# SPDX-License-Identifier: MIT
"""Calls told in strace's manner, and the table of gaps."""
import re

import guest

BOOTS = True
LINE = re.compile(r"^(\d+) (\d+\.\d{6}) (.*)$")
TOLD = """echo "$$ +children" > /proc/lichen/trace
sh -c 'cat /etc/hostname; mkdir /tmp/d; true | true; exit 3'
echo "$$ off" > /proc/lichen/trace
cat /proc/lichen/trace
echo MARK; cat /proc/lichen/strace; echo AGAIN; cat /proc/lichen/strace"""


def test_every_call_of_a_tree_is_told():
    output, _ = guest.run(TOLD)
    before, _, rest = output.partition("MARK\n")
    told, _, again = rest.partition("AGAIN\n")
    assert before == "lichen\nprocess children\n" and again == "", "nobody is told any more, and what was taken is gone"
    rows = [LINE.match(line) for line in told.splitlines()]
    assert all(rows), "each line has a number and a time"
    text = [row[3] for row in rows]
    assert any(re.match(r'execve\("/(usr/)?bin/sh", \["sh", "-c", "cat /etc/hostname; ', line) and line.endswith(") = 0") for line in text)
    assert any(re.match(r'open\("/etc/hostname", O_RDONLY(\|O_LARGEFILE)?(, 0)?\) = \d+$', line) for line in text)
    assert 'mkdir("/tmp/d", 0777) = 0' in text
    assert "+++ exited with 3 +++" in text and "exit_group(3) = ?" in text
    assert any(line.startswith("--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=") for line in text)
    assert any(re.fullmatch(r"getpid\(\) = \d+|brk\(NULL\) = 0x[0-9a-f]+", line) for line in text), "routed calls are told too"
    assert any(re.search(r" = -1 E[A-Z]+ \([A-Z].*\)$", line) for line in text)


def test_lines_that_found_no_room_are_counted():
    script = 'echo "$$ +children" > /proc/lichen/trace; for i in $(seq 500); do ls -l /bin/*; done > /dev/null 2>&1 &\n' \
             "wait; echo 1 off > /proc/lichen/trace; cat /proc/lichen/strace | head -1"
    output, _ = guest.run(script)
    assert re.search(r"^--- \d+ lines dropped ---$", output, re.M), output[-200:]


def test_control_refuses_what_it_does_not_know():
    script = "for word in 99999 x '1 2' '1 +grandchildren' -5 0 ''; do echo \"$word\" 2>/dev/null > /proc/lichen/trace && echo took \"$word\"; done; echo end"
    output, _ = guest.run(script)
    assert output.splitlines()[-1] == "end" and "took" not in output, output
    denied, _ = guest.run("su -s /bin/sh nobody -c 'cat /proc/lichen/strace; echo 1 > /proc/lichen/trace; cat /proc/lichen/gaps'; true")
    assert denied.count("ermission denied") == 3, denied


def test_gaps():
    program = guest.program("asker", "asker.c")
    output, _ = guest.run("asker; asker; cat /proc/lichen/gaps", add=[(program, "/bin/")])
    rows = [line.split(None, 5) for line in output.splitlines()]
    assert rows[0] == ["call", "what", "value", "error", "count", "process"]
    found = {(row[0], row[1]): row[2:] for row in rows[1:]}
    assert found["userfaultfd", "call"] == ["0x0", "ENOSYS", "2", "asker"]
    assert found["setsockopt", "option"][1:] == ["ENOPROTOOPT", "2", "asker"]
    assert found["prctl", "option"] == ["0x35", "EINVAL", "2", "asker"]
    assert found["socket", "family"] == ["0x26", "EAFNOSUPPORT", "2", "asker"]
    assert found["ioctl", "ioctl"] == ["0x89ff", "ENOTTY", "2", "asker"]
    asked = {(row[0], row[2]) for row in rows[1:]}
    assert not asked & {("prctl", "0x270f"), ("prctl", "0x4"), ("socket", "0xc8")}, "what Linux refuses too is no gap"
    assert ("openat", "call") not in found and ("close", "call") not in found, "Linux's own errors are no gaps"
