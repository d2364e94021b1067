# SPDX-License-Identifier: MIT
"""The boot archive of a run: the root file system, Lichen's own files under /lichen, and what --add brings."""
import os
from pathlib import Path

import cpio
import manifest
import mkroot
import tree


def staging_dir():
    """Where the build puts what goes into the archive as it stands: servers and policies under lichen/."""
    return tree.build_dir() / "root-lichen"


def parse_addition(text):
    """HOSTPATH[:GUESTPATH] -> (host, guest). A guest path that ends in / is the folder to put it in."""
    host, colon, guest = text.rpartition(":")
    if not colon or (not os.path.lexists(host) and os.path.lexists(text)):
        host, guest = text, "/"
    if not os.path.lexists(host):
        raise tree.Failure(f"--add {text}: no such file or folder")
    name = os.path.basename(os.path.abspath(host))
    if guest.endswith("/") and not (guest == "/" and colon and os.path.isdir(host)):
        guest += name
    return Path(host), guest.lstrip("/")


def guest_tree(root_directory=None):
    """The Manifest of our root, or of a directory of the user's with what our tools need in it."""
    if root_directory is None:
        base = mkroot.make(tree.build_dir() / "rootfs")
        guest = manifest.load(base)
    else:
        guest = manifest.from_host_directory(root_directory)
        _complete_foreign_root(guest)
    if staging_dir().is_dir():
        for name in sorted(os.listdir(staging_dir())):
            guest.add_host(staging_dir() / name, name)
    return guest


def _complete_foreign_root(guest):
    for path in ("dev", "proc", "sys", "run", "tmp", "sbin", "lichen"):
        if guest.resolve(path) not in guest.entries:
            guest.add(path, manifest.Entry("d", 0o1777 if path == "tmp" else 0o755))
    for path, device in (("dev/console", (5, 1)), ("dev/null", (1, 3))):
        guest.add(path, manifest.Entry("c", 0o600 if path == "dev/console" else 0o666, device=device))
    agent = mkroot.static_program("boot/agent", "lichen-agent")
    guest.add("sbin/lichen-agent", manifest.Entry("f", 0o755, source=agent))


def write_minimal(path):
    """Only what the start of a system needs whose root is elsewhere."""
    guest = manifest.Manifest()
    _complete_foreign_root(guest)
    cpio.write_file(guest, path)


def add(guest, additions):
    """What --add brings, into the tree; `additions`: pairs of parse_addition."""
    for host, target in additions:
        if target:
            guest.add_host(host, target)
            continue
        for name in sorted(os.listdir(host)):
            guest.add_host(host / name, name)
    return guest


def write(guest, additions, path):
    cpio.write_file(add(guest, additions), path)
