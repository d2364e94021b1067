# SPDX-License-Identifier: MIT
"""lichenctl in the guest: its tables against the files that they come from, its errors, and Linux, where there is nothing to show."""
import json
import re
import subprocess

import tree

BOOTS = True


def _guest(script, *options):
    command = [str(tree.TOP / "scripts" / "run"), *options, "--timeout", "60", "--", script]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200, check=False)


def _rows(text):
    """What a table's text says, as the objects that --json must print."""
    heading, *rows = text.strip().splitlines()
    names = heading.split()
    cells = [row.split(None, len(names) - 1) for row in rows]
    return [dict(zip(names, (int(cell) if re.fullmatch("0|[1-9][0-9]*", cell) else cell for cell in row))) for row in cells]


def _same_table(file, text, data):
    assert text == file and json.loads(data) == _rows(file) and len(_rows(file)) > 1, (file, text, data)


def test_lichenctl_table(_scratch):
    _same_table(*_guest("cat /proc/lichen/domains; echo ====; lichenctl domains; echo ====; lichenctl --json domains").stdout.split("====\n"))


def test_lichenctl_rows_of_a_table(_scratch):
    """Of a driver that nothing happens to meanwhile."""
    done = _guest("grep -E '^(program|rtc) ' /proc/lichen/handles; echo ====; lichenctl handles rtc; echo ====; lichenctl --json handles rtc")
    _same_table(*done.stdout.split("====\n"))


def test_lichenctl_servers(_scratch):
    done = _guest("lichenctl --json servers; sleep 1; echo ====; lichenctl --json servers; echo ====; lichenctl --json domains")
    before, after, domains = (json.loads(text) for text in done.stdout.split("====\n"))
    assert [row["server"] for row in after] == [row["program"] for row in domains], done
    for old, new in zip(before, after):
        assert set(new) == {"server", "state", "uptime", "restarts", "memory_kb", "limit_kb", "messages", "cpu"}, new
        runs = new["state"] == "running"
        assert (1 <= new["uptime"] - old["uptime"] < 30 and new["memory_kb"] > 0) if runs else new["uptime"] == 0, (old, new)
        assert old["cpu"] <= new["cpu"] < new["uptime"] + 1 and (new["cpu"] > 0) == runs, (old, new)
    counts = [{row["server"]: row["messages"] for row in rows} for rows in (before, after)]
    assert counts[1]["supervisor"] == counts[0]["supervisor"] + 1 and counts[1]["vfs"] > 0, counts


def _calls_around(script, *options):
    """Routed and forwarded calls of the whole system that a script makes more, and the table after it."""
    done = _guest(f"lichenctl --json calls; echo ====; {script}; lichenctl --json calls", *options)
    before, after = (json.loads(text) for text in done.stdout.split("====\n"))
    assert before[0]["process"] == after[0]["process"] == "all", done
    return after[0]["routed"] - before[0]["routed"], after[0]["forwarded"] - before[0]["forwarded"], after


def test_lichenctl_calls(_scratch):
    """2 x 4000 calls of a process that has ended; and of each that lives, of which none made more than all."""
    script = "dd if=/dev/zero of=/dev/null bs=1 count=4000 2>/dev/null"
    routed, forwarded, table = _calls_around(script)
    assert 7900 < routed < 9000 and 10 < forwarded < 1000, (routed, forwarded)
    total, first, *rest = table
    assert (first["process"], first["name"]) == (1, "lichen-agent") and rest[-1]["name"] == "lichenctl", table
    for name in ("routed", "forwarded"):
        assert 0 < sum(row[name] for row in (first, *rest)) < total[name], table
    routed, forwarded, _ = _calls_around(script, "--append", "lichen.routes=off")
    assert routed == 0 and 8000 < forwarded < 9000, (routed, forwarded)


def test_lichenctl_routes(_scratch):
    """Each operation once; all rows are on, or all off."""
    for options, state in (((), "on"), (("--append", "lichen.routes=off"), "off")):
        rows = json.loads(_guest("lichenctl --json routes", *options).stdout)
        names = [row["operation"] for row in rows]
        assert {row["state"] for row in rows} == {state} and len(set(names)) == len(names) > 20, rows
        calls = {row["operation"]: row["calls"].split() for row in rows}
        assert calls["write-at"] == ["pwrite64"] and "gettid" in calls["value"], rows
        assert all(row["rows"] >= len(calls[row["operation"]]) > 0 for row in rows), rows


def test_lichenctl_trace(_scratch):
    """The shell is told from the first order to the last, its children not any more after the second."""
    done = _guest("lichenctl trace $$ +children; cat /nosuch1; lichenctl --json trace; lichenctl trace $$; cat /nosuch2; lichenctl --json trace;"
                  "lichenctl trace $$ off; lichenctl --json trace; echo $$; cat /proc/lichen/strace")
    tables = [json.loads(table) for table in re.findall(r"^\[(?:\n.*?\n)?\]$", done.stdout, re.M | re.S)]
    pid, *lines = done.stdout.rsplit("]\n", 1)[1].splitlines()
    first = {row["process"]: row["children"] for row in tables[0]}
    assert first.pop(int(pid)) == "yes" and set(first.values()) == {"yes"}, done.stdout
    assert tables[1:] == [[{"process": int(pid), "children": "no"}], []], done.stdout
    assert any("/nosuch1" in line for line in lines) and not any("/nosuch2" in line and "open" in line for line in lines), lines


def test_lichenctl_takes_options_anywhere(_scratch):
    done = _guest("lichenctl --json domains rtc; echo ====; lichenctl domains --json rtc; echo ====; lichenctl domains rtc --json")
    first, *others = done.stdout.split("====\n")
    assert json.loads(first) and others == [first, first], done


def test_lichenctl_follows_events(_scratch):
    """Two seconds of an idle system: rows numbered one after another, new ones while it runs, what the ring lost is said."""
    done = _guest("timeout 2 lichenctl events --follow --json; cat /proc/uptime")
    *rows, end = done.stdout.splitlines()
    events = [json.loads(row) for row in rows]
    numbers, times = [row["number"] for row in events], [row["time_ns"] for row in events]
    lost = sum(int(count) for count in re.findall(r"lichenctl: (\d+) rows were lost\n", done.stderr))
    assert numbers[-1] - numbers[0] + 1 == len(numbers) + lost and numbers == sorted(set(numbers)), (len(numbers), lost)
    assert times == sorted(times) and float(end.split()[0]) - 1 < times[-1] / 1e9 and times[-1] - times[0] > 1.5e9, (times[0], times[-1], end)


def test_lichenctl_follows_calls(_scratch):
    done = _guest("lichenctl trace $$ +children; (timeout 2 lichenctl strace --follow >/tmp/told &); sleep 0.5; cat /nosuch1; sleep 2.5; grep nosuch /tmp/told")
    assert "/nosuch1" in done.stdout and done.stdout.count("execve") >= 1, done


def test_lichenctl_reports(_scratch):
    done = _guest("sh -c 'kill -SEGV $$'; sh -c 'kill -ABRT $$'; lichenctl --json reports; echo ====; lichenctl --json reports 2; echo ====; lichenctl reports 2;"
                  "echo ====; dmesg | grep -F '|2| '")
    listed, lines, text, log = done.stdout.split("====\n")
    rows = json.loads(listed)
    assert [(row["number"], row["kind"], row["of"], row["state"], row["reason"]) for row in rows] == \
        [(1, "guest", "sh", "whole", "SIGSEGV"), (2, "guest", "sh", "whole", "SIGABRT")], listed
    own = [line.split("|2| ", 1)[1] for line in log.splitlines()]
    assert json.loads(lines) == text.splitlines() == own and len(own) == rows[1]["lines"], (text, log)


def test_lichenctl_row(_scratch):
    done = _guest("lichenctl --json domains vfs; lichenctl --json domains nothing; echo $?")
    data, rest = done.stdout.split("]\n", 1)
    assert [row["program"] for row in json.loads(data + "]")] == ["vfs"], done
    assert rest == "[]\n1\n" and done.stderr == "lichenctl: /proc/lichen/domains: nothing is called nothing\n", done


def test_lichenctl_colours_on_a_terminal_only(_scratch):
    done = _guest("script -qc 'lichenctl domains' /dev/null; echo ====; NO_COLOR=1 script -qc 'lichenctl domains' /dev/null")
    coloured, plain = done.stdout.split("====\n")
    assert "\033[32mrunning\033[0m" in coloured and "\033" not in plain and "running" in plain, done


def test_lichenctl_errors(_scratch):
    for words, status, error in (("", 2, "usage: lichenctl "), ("nosuch", 2, "lichenctl: nosuch: no such command"),
                                 ("--nosuch domains", 2, "lichenctl: --nosuch: no such option"),
                                 ("servers --follow", 2, "lichenctl: servers: --follow makes no sense"),
                                 ("reports 99", 1, "lichenctl: the log has no report 99\n"), ("reports x", 1, "lichenctl: the log has no report x\n"),
                                 ("domains a b", 2, "lichenctl: domains: too many arguments"),
                                 ("domains >/dev/full", 1, "lichenctl: standard output: No space left")):
        done = _guest(f"lichenctl {words}")
        assert done.returncode == status and done.stderr.startswith(error), (words, done)
    done = _guest("su user -c 'lichenctl handles'")
    assert done.returncode == 1 and done.stderr == "lichenctl: /proc/lichen/handles: Permission denied\n", done


def test_lichenctl_on_linux(_scratch):
    done = _guest("lichenctl domains", "--linux")
    assert done.returncode == 1 and done.stderr == "lichenctl: /proc/lichen/domains: this is no Lichen system\n", done
