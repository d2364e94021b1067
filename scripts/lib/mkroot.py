# SPDX-License-Identifier: MIT
"""scripts/mkroot: the guest's root file system from boot/rootfs/.

Debian's binary packages (boot/rootfs/packages, less boot/rootfs/exclude), our BusyBox, our overlay, the runlevels' links and
the command channel's agent become a directory with the contents and beside it a manifest with owners, modes and
devices (manifest.py), so no root rights are needed. DIR.versions records the package versions. Links that move folders (bin -> usr/bin)
are made first, so what packages ship under /bin lands in /usr/bin.
"""
import fnmatch
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import apt
import busybox
import manifest
import tree

RECIPE = tree.TOP / "boot" / "rootfs"
TAR_KINDS = {tarfile.DIRTYPE: "d", tarfile.REGTYPE: "f", tarfile.AREGTYPE: "f", tarfile.SYMTYPE: "l", tarfile.LNKTYPE: "h"}


def _lines(name):
    for line in (RECIPE / name).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


class Root:
    """The root being made: contents go to `directory`, everything else into `guest`."""

    def __init__(self, directory):
        self.directory, self.guest = directory, manifest.Manifest()

    def put(self, path, kind, mode, uid=0, gid=0, data=None, target=None, device=(0, 0)):
        entry = manifest.Entry(kind, mode, uid, gid, target=target, device=device)
        path = self.guest.resolve(path)
        self.guest.add(path, entry)
        if kind == "f":
            entry.source = self.directory / path
            entry.source.parent.mkdir(parents=True, exist_ok=True)
            entry.source.write_bytes(data)

    def package(self, deb, excluded):
        done = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if done.returncode:
            raise tree.Failure(f"{deb} is damaged; delete it and try again")
        archive = done.stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as members:
            for member in members:
                path = member.name.removeprefix("./").rstrip("/")
                if path and path != "." and not excluded(self.guest.resolve(path)):
                    self._member(members, member, path)

    def _member(self, members, member, path):
        kind = TAR_KINDS.get(member.type)
        if kind is None:
            raise tree.Failure(f"a package holds {path}, which is of an unexpected type")
        if kind == "d" and self.guest.resolve(path) in self.guest.entries:
            return
        data = members.extractfile(member).read() if kind in "fh" else None
        target = member.linkname if kind == "l" else None
        self.put(path, "f" if kind == "h" else kind, member.mode, member.uid, member.gid, data, target)


def _exclusion():
    rules = [(line.lstrip("!"), not line.startswith("!")) for line in _lines("exclude")]

    def excluded(path):
        return next((drop for pattern, drop in rules if fnmatch.fnmatch(path, pattern)), False)
    return excluded


def _ids(name):
    table = (RECIPE / "overlay" / "etc" / name).read_text().splitlines()
    return {line.split(":")[0]: int(line.split(":")[2]) for line in table}


def _apply_layout(root, changes):
    """The recipe's layout: with changes=False what must be there first, with True the mode changes at the end."""
    users, groups = _ids("passwd"), _ids("group")
    for line in _lines("layout"):
        kind, mode, owner, group, path, *rest = line.split()
        uid, gid, mode = users[owner], groups[group], int(mode, 8)
        if (kind == "m") != changes:
            continue
        if kind == "m":
            entry = root.guest.entries[root.guest.resolve(path)]
            entry.mode, entry.uid, entry.gid = mode, uid, gid
        elif kind == "c":
            root.put(path, kind, mode, uid, gid, device=tuple(int(part) for part in rest[0].split(":")))
        else:
            root.put(path, kind, mode, uid, gid, target=rest[0] if rest else None)


def _add_busybox(root):
    for variant in ("busybox", "busybox-suid"):
        home = busybox.build(variant)
        root.put(f"bin/{variant}", "f", 0o755, data=(home / "busybox").read_bytes())
        for applet in (home / "busybox.links").read_text().split():
            path = root.guest.resolve(applet)
            if path not in root.guest.entries:
                root.put(path, "l", 0o777, target=f"/bin/{variant}")


def _add_overlay(root):
    overlay = RECIPE / "overlay"
    for path in sorted(overlay.rglob("*")):
        if path.is_file():
            mode = 0o755 if os.access(path, os.X_OK) else 0o644
            root.put(str(path.relative_to(overlay)), "f", mode, data=path.read_bytes())


def _add_runlevels(root):
    for line in _lines("runlevels"):
        level, *services = line.split()
        for service in services:
            if f"etc/init.d/{service}" not in root.guest.entries:
                raise tree.Failure(f"boot/rootfs/runlevels names {service}, which has no script in etc/init.d")
            root.put(f"etc/runlevels/{level}/{service}", "l", 0o777, target=f"/etc/init.d/{service}")


def static_program(folder, name):
    """Compile the small static guest program in a folder of boot/, cached by its text; returns the file."""
    folder = tree.TOP / folder
    texts = [path.read_text() for path in sorted(folder.glob("*.[ch]"))]
    out = tree.cache_dir("programs") / f"{name}-{tree.sha256_text(*texts, 'v2')[:16]}"
    if not out.exists():
        with tree.new_path(out) as name_new:
            tree.tool(["musl-gcc", "-static", "-Os", "-s", "-Wall", "-Wextra", "-Werror", "-std=gnu17",
                       f"-ffile-prefix-map={tree.TOP}=.", "-Wl,--build-id=none", "-o", name_new, *map(str, sorted(folder.glob("*.c")))],
                      f"compiling {name}")
    return out


PROGRAMS = {"sbin/lichen-agent": "boot/agent", "usr/sbin/lichenctl": "boot/lichenctl"}


def _add_programs(root):
    for path, folder in PROGRAMS.items():
        root.put(path, "f", 0o755, data=static_program(folder, Path(path).name).read_bytes())


def _identity(versions):
    """Changes whenever anything changes that the root is made of."""
    parts = [f"{name} {version}" for name, (version, _) in sorted(versions.items())]
    parts += [busybox.build("busybox").name, busybox.build("busybox-suid").name, Path(__file__).read_text()]
    sources = [path for folder in PROGRAMS.values() for path in (tree.TOP / folder).glob("*.[ch]")]
    for path in sorted([*RECIPE.rglob("*"), *sources]):
        if path.is_file():
            parts += [str(path.relative_to(tree.TOP)), str(os.access(path, os.X_OK)), tree.sha256_file(path)]
    return tree.sha256_text(*parts)


def make(target):
    """Make the root at a directory, unless it is there already and nothing changed. Returns the directory."""
    target = Path(target)
    if os.environ.get("LICHEN_BUILT") and Path(f"{target}.stamp").exists():
        return target
    versions = apt.PrivateApt().download_binaries(list(_lines("packages")))
    identity, stamp = _identity(versions), Path(f"{target}.stamp")
    with tree.locked(f"{target}.lock"):
        if stamp.exists() and stamp.read_text() == identity and target.is_dir():
            return target
        tree.progress("making the guest's root file system")
        stamp.unlink(missing_ok=True)
        with tree.new_directory(target) as fresh:
            root = Root(fresh)
            _apply_layout(root, changes=False)
            excluded = _exclusion()
            for name, (_, deb) in sorted(versions.items()):
                root.package(deb, excluded)
            _add_overlay(root)
            _add_busybox(root)
            _add_runlevels(root)
            _add_programs(root)
            _apply_layout(root, changes=True)
        manifest.save(root.guest, f"{target}.manifest")
        with tree.new_file(f"{target}.versions", "w") as file:
            file.writelines(f"{name} {version}\n" for name, (version, _) in sorted(versions.items()))
        stamp.write_text(identity)
    return target


def command(arguments):
    parser = tree.Parser(
        prog="mkroot", description="Make the guest's root file system (contents in DIR, owners and modes in DIR.manifest).")
    parser.add_argument("directory", type=tree.output_folder, metavar="DIR", nargs="?", help="default: build/rootfs")
    options = parser.parse_args(arguments)
    target = make(options.directory or tree.build_dir() / "rootfs")
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"{target}: {size / 1e6:.1f} MB", file=sys.stdout)
    return 0


if __name__ == "__main__":
    tree.main(command, "mkroot")
