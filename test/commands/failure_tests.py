# SPDX-License-Identifier: MIT
"""What goes wrong before a guest runs: a bad option, a missing tool, a full disk, a failed download.

One line says so, the status is 125, and nothing half-written stays behind. A full disk is a small tmpfs in a mount namespace of its own.
"""
import os
import shutil
import subprocess
import sys

import tree

COMMANDS = sorted(path.name for path in (tree.TOP / "scripts").iterdir() if os.access(path, os.X_OK) and path.is_file())
NOWHERE = "http://127.0.0.1:9"


def _script(name, *arguments, prefix=(), **environment):
    return subprocess.run([*prefix, str(tree.TOP / "scripts" / name), *map(str, arguments)], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, env={**os.environ, "LICHEN_BUILT": "1", **environment}, timeout=100, check=False)


def _one_line(done, words, status=125, output=""):
    """Progress aside, standard error has one line, with these words; standard output has `output`."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("-- ")]
    assert done.returncode == status and len(lines) == 1 and words in lines[0] and done.stdout == output, done


def test_every_command_has_help(_scratch):
    assert {"run", "iso", "test", "bench", "debug"} <= set(COMMANDS), COMMANDS
    for name in COMMANDS:
        done = _script(name, "--help")
        assert done.returncode == 0 and done.stdout.startswith(f"usage: {name}") and not done.stderr, done


def test_every_command_refuses_an_unknown_option(_scratch):
    for name in COMMANDS:
        done = _script(name, "--no-such-option")
        _one_line(done, f"{name}: ")


def test_unknown_test_runs_nothing(_scratch):
    for word in ("nosuchtest", "contract/nosuchtest", "static/nosuchtest"):
        _one_line(_script("test", word), f"test: no test or layer is called {word} (see --help)")


def test_file_to_write_is_looked_at_first(scratch):
    """Nothing is built or booted (LICHEN_BUILD could not even be made), no folder appears."""
    for name, option, rest in (("iso", "--output", ()), ("run", "--log", ("--", "true")), ("bench", "--json", ()), ("test", "--json", ())):
        for path, words in ((scratch / "none" / "file", f"no such folder: {scratch}/none"), (scratch, "is a folder, not a file")):
            _one_line(_script(name, option, path, *rest, LICHEN_BUILD="/dev/null/build"), f"{name}: {path}: {words}")
    assert not os.listdir(scratch)


def test_additions_are_looked_at_first(scratch):
    _one_line(_script("run", "--add", scratch / "none", "--", "true", LICHEN_BUILD="/dev/null/build"), "none: no such file or folder")


def test_build_folder_that_cannot_be_made(_scratch):
    _one_line(_script("run", "--", "true", LICHEN_BUILD="/dev/null/build"), "run: /dev/null/build/log: cannot make this folder: ")


def test_failure_before_the_boot_names_no_boot_log(_scratch):
    done = _script("run", "--memory", "1", "--", "true")
    _one_line(done, "too little for this boot archive")
    assert "boot log" not in done.stderr, done


def test_missing_tool_is_named(scratch):
    tools = scratch / "tools"
    tools.mkdir()
    for name in ("bash", "env", "dirname", "readlink", "basename", "sed", "grep", "tr", "cat", "dpkg-query"):
        (tools / name).symlink_to(shutil.which(name))
    # entry.sh looks into /usr/sbin and /sbin too, where grub-mkimage is not.
    _one_line(_script("iso", "--output", scratch / "x.iso", PATH=str(tools)), "grub-mkimage is not installed")
    assert os.listdir(scratch) == ["tools"]


def _with_full_disk(place):
    """A command's prefix: it runs with a full disk at `place`, and what is left there afterwards goes to standard output."""
    script = 'mount -t tmpfs -o size=1m none "$0" || exit 99; "$@"; status=$?; ls -A "$0"; exit $status'
    return ["unshare", *(["-m"] if os.getuid() == 0 else ["-rm"]), "sh", "-c", script, str(place)]


def test_full_disk_leaves_no_half_iso(scratch):
    _one_line(_script("iso", "--output", scratch / "x.iso", prefix=_with_full_disk(scratch)), "no space left on the disk")


def test_full_disk_ends_a_run_before_its_boot(scratch):
    done = _script("run", "--add", f"{sys.executable}:/python", "--", "true", prefix=_with_full_disk(scratch), TMPDIR=str(scratch))
    _one_line(done, "no space left on the disk")


def test_full_disk_ends_a_download(scratch):
    done = _script("fetch-source", "busybox", scratch / "target", prefix=_with_full_disk(scratch), LICHEN_CACHE=str(scratch / "cache"))
    _one_line(done, "no space left on the disk: ", output="cache\n")


def test_failed_download_says_so(scratch):
    proxies = {"http_proxy": NOWHERE, "https_proxy": NOWHERE, "LICHEN_CACHE": str(scratch / "cache")}
    for name, what in (("fetch-source", "libvterm"), ("fetch-package", "busybox-static")):
        _one_line(_script(name, what, scratch / "target", **proxies), f"{name}: cannot read Debian's package lists: ")
        assert not (scratch / "target").exists()
        assert not list((scratch / "cache").rglob("*.deb")) + list((scratch / "cache").rglob("*.tar*"))


def test_folder_to_make_is_looked_at_first(scratch):
    _one_line(_script("mkroot", scratch / "none" / "folder"), f"mkroot: {scratch}/none/folder: no such folder: {scratch}/none")
    assert not os.listdir(scratch)


def test_unknown_accelerator_is_refused(_scratch):
    _one_line(_script("run", "--", "true", LICHEN_ACCEL="nosuch"), "run: LICHEN_ACCEL=nosuch: expected tcg or kvm")
