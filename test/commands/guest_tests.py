# SPDX-License-Identifier: MIT
"""What scripts/run promises, seen from its caller, on Debian's kernel (each test is one boot or a refusal before it)."""
import os
import subprocess
import time

import tree

BOOTS = True


def run(*arguments, timeout=200):
    command = [str(tree.TOP / "scripts" / "run"), "--linux", *map(str, arguments)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)


def test_run_status_and_output(_scratch):
    done = run("--", "echo $((6*7)); exit 3")
    assert (done.returncode, done.stdout, done.stderr) == (3, b"42\n", b""), done


def test_run_separates_streams_byte_for_byte(scratch):
    data = bytes(range(256)) * 5000
    (scratch / "data").write_bytes(data)
    done = run("--add", f"{scratch}/data", "--", "cat /data; cat /data >&2; kill -TERM $$")
    assert done.returncode == 143 and done.stdout == data and done.stderr == data


def test_run_time_out_is_124(_scratch):
    started = time.monotonic()
    done = run("--timeout", 16, "--", "echo before; sleep 100")
    assert done.returncode == 124 and done.stdout == b"before\n", done
    assert time.monotonic() - started < 32 and done.stderr.count(b"\n") == 1


def test_run_panic_is_125_and_names_the_log(_scratch):
    done = run("--", "echo c > /proc/sysrq-trigger")
    assert done.returncode == 125 and done.stderr.count(b"\n") == 1, done
    log = done.stderr.decode().rsplit("boot log: ", 1)[1].strip().rstrip(")")
    with open(log, "rb") as file:
        assert b"Kernel panic" in file.read()


def test_run_power_off_before_the_end_is_125(_scratch):
    assert run("--", "poweroff -f; sleep 9").returncode == 125


def test_run_does_not_wait_for_background_processes(_scratch):
    done = run("--timeout", 60, "--", "sleep 1000 & echo started")
    assert (done.returncode, done.stdout) == (0, b"started\n"), done


def test_run_keeps_modes_and_links_of_additions(scratch):
    folder = scratch / "folder"
    folder.mkdir()
    (folder / "program").write_text("#!/bin/sh\necho ran\n")
    os.chmod(folder / "program", 0o750)
    os.symlink("program", folder / "link")
    done = run("--add", f"{folder}:/opt/new", "--", "/opt/new/link; stat -c %a /opt/new/program; readlink /opt/new/link")
    assert done.stdout == b"ran\n750\nprogram\n", done


def test_run_openrc_reaches_default_and_powers_off(_scratch):
    done = run("--init", "openrc", "--", "rc-status --servicelist | grep -v started | grep -v stopped; rc-status -r")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"default\n", b""), done


def test_run_disk_is_attached_and_left_clean(scratch):
    disk = scratch / "disk"
    subprocess.run(["truncate", "-s", "16M", disk], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", disk], check=True)
    assert run("--disk", disk, "--", "mount /dev/vda /mnt && echo kept > /mnt/file").returncode == 0
    kept = subprocess.run(["debugfs", "-R", "cat file", disk], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    assert kept == b"kept\n" and subprocess.run(["e2fsck", "-fn", disk], stdout=subprocess.DEVNULL,
                                                stderr=subprocess.DEVNULL).returncode == 0


def test_run_refuses_bad_options_in_one_line(_scratch):
    for arguments in (["--bad"], ["--disk", "/nonexistent", "--", "x"], ["--smp", "0", "--", "x"], ["--"],
                      ["--memory", "lots", "--", "x"], ["--forward", "80", "--", "x"], ["--add", "/nonexistent", "--", "x"]):
        done = run(*arguments)
        assert done.returncode == 125 and done.stderr.count(b"\n") == 1 and not done.stdout, (arguments, done)
