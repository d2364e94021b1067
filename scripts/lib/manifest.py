# SPDX-License-Identifier: MIT
"""A guest file tree as data: path -> Entry. What the archive writer reads and the root builder makes.

Owners, modes and device nodes live here and not in the host's file system, so no root rights are needed. Paths are relative,
without a leading slash, with every parent present as a directory. `resolve` follows links of the tree itself
(bin -> usr/bin), so that an addition lands where the guest will look for it.

On disk a tree is a directory with the file contents and beside it DIRECTORY.manifest: one line per entry,
tab-separated: type mode uid gid path argument (the link's target, a device's major:minor).
"""
import os
import stat
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

import tree

KINDS = {"d": stat.S_IFDIR, "f": stat.S_IFREG, "l": stat.S_IFLNK, "c": stat.S_IFCHR, "b": stat.S_IFBLK, "p": stat.S_IFIFO}


class Entry:
    """kind: a key of KINDS; source: host file with the content of an f; target: of an l; device: (major, minor).

    identity: equal for entries that are hard links of one file, None for all others.
    """
    __slots__ = ("kind", "mode", "uid", "gid", "source", "target", "device", "identity")

    def __init__(self, kind, mode, uid=0, gid=0, source=None, target=None, device=(0, 0), identity=None):
        self.kind, self.mode, self.uid, self.gid = kind, mode, uid, gid
        self.source, self.target, self.device, self.identity = source, target, device, identity


class Manifest:
    def __init__(self):
        self.entries = {}

    def resolve(self, path):
        """The path with every parent link of the tree followed; the last name itself is not followed."""
        done, left, hops = [], [p for p in PurePosixPath(path.lstrip("/")).parts if p != "."], 0
        while left:
            name = left.pop(0)
            if name == "..":
                done = done[:-1]
                continue
            done.append(name)
            entry = self.entries.get("/".join(done))
            if left and entry and entry.kind == "l":
                hops += 1
                if hops > 40:
                    raise tree.Failure(f"too many symbolic links in {path}")
                done = [] if entry.target.startswith("/") else done[:-1]
                left = [p for p in PurePosixPath(entry.target.lstrip("/")).parts if p != "."] + left
        return "/".join(done)

    def file(self, path):
        """The regular file at a path, links followed; None: there is none."""
        path = self.resolve(path)
        for _ in range(40):
            entry = self.entries.get(path)
            if not entry or entry.kind != "l":
                return entry if entry and entry.kind == "f" else None
            target = entry.target if entry.target.startswith("/") else f"{path.rpartition('/')[0]}/{entry.target}"
            path = self.resolve(target)
        return None

    def add(self, path, entry):
        """Put an entry at a path; parents are made as needed. A directory over a directory keeps its children."""
        path = self.resolve(path)
        if not path:
            return
        parent = path.rpartition("/")[0]
        if parent and parent not in self.entries:
            self.add(parent, Entry("d", 0o755))
        elif parent and self.entries[parent].kind != "d":
            raise tree.Failure(f"/{parent} in the guest is not a directory, cannot add /{path}")
        old = self.entries.get(path)
        if old and old.kind == "d" and entry.kind != "d":
            if any(name.startswith(path + "/") for name in self.entries):
                raise tree.Failure(f"/{path} in the guest is a directory, cannot replace it")
        if old and old.kind == "l" and entry.kind == "d":
            return
        self.entries[path] = entry

    def add_host(self, host, guest, owner=(0, 0), keep_owner=False):
        """Add a file or folder of the host, with its modes, symbolic and hard links."""
        host = Path(host)
        state = os.lstat(host)
        uid, gid = (state.st_uid, state.st_gid) if keep_owner else owner
        mode = stat.S_IMODE(state.st_mode)
        if stat.S_ISDIR(state.st_mode):
            self.add(guest, Entry("d", mode, uid, gid))
            for name in sorted(os.listdir(host)):
                self.add_host(host / name, f"{guest.rstrip('/')}/{name}", owner, keep_owner)
        elif stat.S_ISLNK(state.st_mode):
            self.add(guest, Entry("l", 0o777, uid, gid, target=os.readlink(host)))
        elif stat.S_ISREG(state.st_mode):
            identity = (state.st_dev, state.st_ino) if state.st_nlink > 1 else None
            self.add(guest, Entry("f", mode, uid, gid, source=host, identity=identity))
        elif stat.S_ISFIFO(state.st_mode):
            self.add(guest, Entry("p", mode, uid, gid))
        elif stat.S_ISCHR(state.st_mode) or stat.S_ISBLK(state.st_mode):
            device = (os.major(state.st_rdev), os.minor(state.st_rdev))
            self.add(guest, Entry("c" if stat.S_ISCHR(state.st_mode) else "b", mode, uid, gid, device=device))
        else:
            raise tree.Failure(f"{host} is a socket; only files, folders, links, fifos and devices can be added")

    def copy(self):
        other = Manifest()
        other.entries = dict(self.entries)
        return other


def save(manifest, path):
    with tree.new_file(path, "w") as file:
        for name, entry in sorted(manifest.entries.items()):
            argument = entry.target if entry.kind == "l" else "%d:%d" % entry.device if entry.kind in "cb" else "-"
            file.write(f"{entry.kind}\t{entry.mode:04o}\t{entry.uid}\t{entry.gid}\t{quote(name)}\t{quote(argument)}\n")


def load(directory):
    """The tree that was saved beside a directory."""
    manifest = Manifest()
    for line in Path(f"{directory}.manifest").read_text().splitlines():
        kind, mode, uid, gid, name, argument = line.split("\t")
        name, argument = unquote(name), unquote(argument)
        entry = Entry(kind, int(mode, 8), int(uid), int(gid))
        if kind == "f":
            entry.source = Path(directory) / name
        elif kind == "l":
            entry.target = argument
        elif kind in "cb":
            entry.device = tuple(int(part) for part in argument.split(":"))
        manifest.entries[name] = entry
    return manifest


def from_host_directory(directory):
    """A host directory as it stands as a guest tree (scripts/run --root DIR); owners are kept when root asks."""
    manifest = Manifest()
    for name in sorted(os.listdir(directory)):
        manifest.add_host(Path(directory) / name, name, keep_owner=os.geteuid() == 0)
    return manifest
