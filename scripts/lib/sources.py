# SPDX-License-Identifier: MIT
"""scripts/fetch-source: third-party sources as pinned Debian source packages.

scripts/sources.lock lists what may be fetched. The sha256 of the upstream tarball decides whether a download is taken;
verified tarballs are kept in the cache, so a second fetch needs no network. Debian's patches are applied where the
lock file says so. A directory that already holds the same source is left alone.
"""
import fnmatch
import re
import tarfile
import tempfile
from pathlib import Path

import apt
import tree

STAMP = ".lichen-source"


class Pin:
    def __init__(self, name, versions, sha256, patched):
        self.name, self.versions, self.sha256, self.patched = name, versions, sha256, patched == "yes"

    def accepts(self, version):
        return fnmatch.fnmatch(version, self.versions)


def read_lock():
    pins = {}
    for line in (tree.TOP / "scripts" / "sources.lock").read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            pins[words[0]] = Pin(*words)
    return pins


def _orig_in(directory, pin):
    """The verified upstream tarball in a directory, or None."""
    for path in sorted(Path(directory).glob(f"{pin.name}_*.orig.tar.*")):
        if not path.name.endswith(".asc") and tree.sha256_file(path) == pin.sha256:
            return path
    return None


def _debian_in(directory, pin):
    """Debian's tarball, checked against the .dsc that apt authenticated."""
    for dsc in Path(directory).glob(f"{pin.name}_*.dsc"):
        section = re.search(r"^Checksums-Sha256:\n((?: .*\n)+)", dsc.read_text(), re.M)
        for line in section.group(1).splitlines() if section else []:
            digest, _, name = line.split()
            path = Path(directory) / name
            if ".debian.tar." in name and path.exists() and tree.sha256_file(path) == digest:
                return path
    return None


def _complete(directory, pin):
    return _orig_in(directory, pin) and (not pin.patched or _debian_in(directory, pin))


def download(pin):
    """Make sure that the verified tarballs are in the cache; returns their directory."""
    home = tree.cache_dir("sources", pin.name)
    with tree.locked(home.parent / f"{pin.name}.lock"):
        if _complete(home, pin):
            return home
        tree.progress(f"downloading the source of {pin.name}")
        with tempfile.TemporaryDirectory(dir=home.parent) as fresh:
            version = apt.PrivateApt().download_source(pin.name, pin.accepts, fresh)
            if not _orig_in(fresh, pin):
                raise tree.Failure(f"source of {pin.name} {version} does not have the pinned sha256; not used")
            if pin.patched and not _debian_in(fresh, pin):
                raise tree.Failure(f"Debian's patches for {pin.name} {version} did not come or are damaged")
            for path in Path(fresh).iterdir():
                path.replace(home / path.name)
    return home


def _unpack(tarball, directory, strip):
    with tarfile.open(tarball) as archive:
        for member in archive:
            parts = Path(member.name).parts[strip:]
            if parts and ".." not in parts:
                member.name = str(Path(*parts))
                if member.islnk():
                    member.linkname = str(Path(*Path(member.linkname).parts[strip:]))
                archive.extract(member, directory, set_attrs=not member.issym())


def _apply_patches(directory):
    series = directory / "debian" / "patches" / "series"
    for line in series.read_text().splitlines() if series.exists() else []:
        name = line.split("#")[0].split()
        if name:
            with open(series.parent / name[0], "rb") as text:
                tree.tool(["patch", "-p1", "-s", "-f"], f"patch {name[0]}", cwd=directory, stdin=text)


def fetch(name, target):
    """Put the named source into a directory; nothing happens when it is there already."""
    pins = read_lock()
    if name not in pins:
        raise tree.Failure(f"unknown source {name}; known: {' '.join(pins)}")
    pin, target = pins[name], Path(target)
    identity = f"{pin.name} {pin.sha256} patched={pin.patched}\n"
    stamp = target / STAMP
    if stamp.exists() and stamp.read_text() == identity:
        return target
    if target.exists() and any(target.iterdir()) and not stamp.exists():
        raise tree.Failure(f"{target} exists and was not made by fetch-source")
    home = download(pin)
    with tree.new_directory(target) as fresh:
        _unpack(_orig_in(home, pin), fresh, 1)
        if pin.patched:
            _unpack(_debian_in(home, pin), fresh, 0)
            _apply_patches(fresh)
        (fresh / STAMP).write_text(identity)
    return target


def command(arguments):
    parser = tree.Parser(
        prog="fetch-source", description="Fetch a third-party source, pinned in scripts/sources.lock, into DIR.",
        epilog=f"Names: {' '.join(read_lock())}. Downloads are cached in LICHEN_CACHE (default ~/.cache/lichen).")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("directory", metavar="DIR")
    options = parser.parse_args(arguments)
    fetch(options.name, options.directory)
    return 0


if __name__ == "__main__":
    tree.main(command, "fetch-source")
