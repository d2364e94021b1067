# SPDX-License-Identifier: MIT
"""What a boot says on its console: every service ok, and no line that Linux's boot of the same archive lacks."""
import re

import console


def boot_lines(which):
    """The console from OpenRC's first line to the login, without times, versions and empty lines."""
    with console.Console(which) as guest:
        text = guest.wait("login: ", console.BOOT_SECONDS)
    start = re.search(r"OpenRC [\d.]+ is starting up", text)
    assert start, f"OpenRC did not start: {text[-300:]}"
    lines = []
    for line in text[start.start():].splitlines():
        line = re.sub(r"starting up .*", "starting up", line)
        line = re.sub(r"^\[ *\d+\.\d+\] ", "", line).strip()
        if line:
            lines.append(line)
    return lines


def test_boot_every_service_is_ok(which):
    lines = boot_lines(which)
    started = [line for line in lines if line.startswith("* ") and "..." in line]
    assert len(started) >= 12, f"only {len(started)} services said something"
    bad = [line for line in lines if re.search(r"\[ !! \]|ERROR|WARNING|not found|rror:", line)]
    assert not bad, "; ".join(bad)
    not_ok = [line for line in started if "[ ok ]" not in line and "Mounting /run" not in line]
    assert not not_ok, "; ".join(not_ok)


def test_boot_says_nothing_that_linux_does_not(which):
    lines, linux = boot_lines(which), set(boot_lines("linux"))
    extra = [line for line in lines if line not in linux]
    assert not extra, "; ".join(extra)


def test_boot_leaves_an_idle_system(which):
    """With all services started and nobody at work the processor rests: idle seconds of five."""
    with console.Console(which) as guest:
        guest.login("root", "lichen")
        text, status = guest.run("sleep 3; cut -d' ' -f2 /proc/uptime; sleep 5; cut -d' ' -f2 /proc/uptime")
        assert status == 0, text
        before, after = (float(line) for line in text.split()[-2:])
        assert after - before > 4.5, f"idle for {after - before:.2f} of 5 s; {guest.run('top -b -n1 | head -12')[0]}"
