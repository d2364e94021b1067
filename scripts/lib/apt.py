# SPDX-License-Identifier: MIT
"""A private apt: the machine's own configured Debian mirrors and keys, but state and caches of our own.

Works as root and as a plain user and leaves the system's apt untouched: a configuration of our own keeps only the
system's Acquire settings (proxies and the like), so no hook of the system runs. Source packages are
switched on for every entry, whichever of the two formats it is written in. apt's signatures are what binary
packages are trusted by; its exit status proves nothing (an absent detached signature fails a good download), so callers
look at the files that came.
"""
import contextlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import tree

LISTS_MAX_AGE_S = 24 * 3600
# Free space that a step needs in the cache: the lists of a release with room to replace them, and a load of packages.
LISTS_MB = 250
PACKAGES_MB = 100
# apt-get and its methods wait for ever on a full disk, so they are watched and bounded.
RUN_SECONDS = 1800
WATCH_SECONDS = 1
FULL_BYTES = 1 << 20


def _system_setting(key):
    text = subprocess.run(["apt-config", "shell", "VALUE", key], stdout=subprocess.PIPE, text=True).stdout
    match = re.search(r"VALUE='(.*)'", text)
    return match.group(1) if match else ""


def _codename():
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.split("=", 1)[1].strip('"')
    raise tree.Failure("/etc/os-release names no Debian release")


def _stanza_from_line(line):
    """A one-line source entry as the fields of a deb822 stanza, or None."""
    match = re.match(r"deb(?:-src)?\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s*(.*)$", line.strip())
    if not match:
        return None
    options, uri, suite, components = match.groups()
    names = {"signed-by": "Signed-By", "trusted": "Trusted", "arch": "Architectures",
             "allow-insecure": "Allow-Insecure", "check-valid-until": "Check-Valid-Until"}
    fields = {"URIs": uri, "Suites": suite, "Components": components}
    for option in (options or "").split():
        key, _, value = option.partition("=")
        if key in names:
            fields[names[key]] = value.replace(",", " ")
    return fields


def _stanzas_from_deb822(text):
    for block in re.split(r"\n\s*\n", text):
        fields, key = {}, None
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace() and key:
                fields[key] += "\n" + line
            elif ":" in line:
                key, value = line.split(":", 1)
                fields[key] = value.strip()
        if fields.get("Enabled", "yes").lower() not in ("no", "false", "0") and "URIs" in fields:
            yield fields


def _source_files():
    main = Path(_system_setting("Dir::Etc::sourcelist/f"))
    parts = Path(_system_setting("Dir::Etc::sourceparts/d"))
    if main.is_file():
        yield main
    if parts.is_dir():
        yield from sorted(path for path in parts.iterdir() if path.suffix in (".list", ".sources"))


def _debian_stanzas(codename):
    """Each configured entry of this release as deb822 fields, binary and source; other vendors' are left out."""
    seen = set()
    for path in _source_files():
        text = path.read_text()
        if path.suffix == ".sources":
            entries = _stanzas_from_deb822(text)
        else:
            entries = filter(None, (_stanza_from_line(line) for line in text.splitlines()))
        for fields in entries:
            suites = [s for s in fields["Suites"].split() if re.match(rf"({codename}|stable)(-|/|$)", s)]
            if not suites or "main" not in fields.get("Components", ""):
                continue
            fields = {**fields, "Types": "deb deb-src", "Suites": " ".join(suites), "Components": "main"}
            fields.pop("Architectures", None)
            stanza = "\n".join(f"{key}: {value}" for key, value in sorted(fields.items()))
            if stanza not in seen:
                seen.add(stanza)
                yield stanza


def _output(process, directory):
    """What an apt command wrote (output, errors), unless the disk fills up or time runs out first."""
    limit = time.monotonic() + RUN_SECONDS
    while True:
        try:
            return process.communicate(timeout=WATCH_SECONDS)
        except subprocess.TimeoutExpired:
            tree.need_space(directory, FULL_BYTES)
            if time.monotonic() >= limit:
                raise tree.Failure(f"{process.args[0]} did not end within {RUN_SECONDS} s") from None


class PrivateApt:
    def __init__(self):
        self.home = tree.cache_dir("apt")
        self.config = self.home / "apt.conf"
        self._write_configuration()

    def _write_configuration(self):
        for part in ("state/lists/partial", "cache/archives/partial"):
            (self.home / part).mkdir(parents=True, exist_ok=True)
        (self.home / "state" / "status").touch()
        stanzas = list(_debian_stanzas(_codename()))
        if not stanzas:
            raise tree.Failure("no Debian mirror is configured in the machine's apt sources")
        dump = subprocess.run(["apt-config", "dump"], stdout=subprocess.PIPE, text=True).stdout
        kept = [line for line in dump.splitlines() if line.startswith("Acquire::") and "Acquire::Gzip" not in line]
        own = {"Dir::Etc::parts": "/dev/null", "Dir::Etc::main": "/dev/null", "Dir::Etc::sourceparts": "/dev/null",
               "Dir::Etc::sourcelist": self.home / "lichen.sources", "Dir::State": self.home / "state",
               "Dir::State::status": self.home / "state/status", "Dir::State::lists": self.home / "state/lists",
               "Dir::Cache": self.home / "cache", "Dir::Log": self.home, "APT::Sandbox::User": "",
               "APT::Architecture": "amd64", "APT::Architectures": "amd64", "Acquire::Languages": "none"}
        lines = kept + [f'{key} "{value}";' for key, value in own.items()]
        for path, text in ((self.home / "lichen.sources", "\n\n".join(stanzas)), (self.config, "\n".join(lines))):
            if not path.exists() or path.read_text() != text + "\n":
                with tree.new_file(path, "w") as file:
                    file.write(text + "\n")

    def _run(self, command, directory=None):
        environment = {**os.environ, "APT_CONFIG": str(self.config), "LC_ALL": "C"}
        directory = directory or self.home
        with subprocess.Popen(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
            try:
                return _output(process, directory)
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise

    def update(self, force=False):
        stamp = self.home / "updated"
        if not force and stamp.exists() and time.time() - stamp.stat().st_mtime < LISTS_MAX_AGE_S:
            return
        tree.need_space(self.home, LISTS_MB << 20)
        tree.progress("reading Debian's package lists")
        _, errors = self._run(["apt-get", "-q", "update"])
        if not any((self.home / "state/lists").glob("*Packages*")):
            reason = [line for line in errors.splitlines() if line.startswith(("E:", "W:"))]
            raise tree.Failure(f"cannot read Debian's package lists: {reason[0] if reason else 'no reason given'}")
        stamp.touch()

    def show(self, command, name):
        """The deb822 stanzas that apt-cache show or showsrc prints for a package, as dictionaries."""
        text, _ = self._run(["apt-cache", command, name])
        return [dict(re.findall(r"^([A-Za-z0-9-]+): ?(.*)$", block, re.M)) for block in text.split("\n\n") if block]

    def candidate(self, name):
        """Version of the binary package that apt would install."""
        text, _ = self._run(["apt-cache", "policy", name])
        match = re.search(r"Candidate: (\S+)", text)
        if not match or match.group(1) == "(none)":
            raise tree.Failure(f"Debian's package lists do not know {name}")
        return match.group(1)

    def download_binaries(self, names):
        """Fetch binary packages; returns {name: (version, file)}. Files are kept in the cache."""
        with tree.locked(self.home / "lock"):
            self.update()
            found, missing = self._binaries_present(names)
            if missing:
                tree.progress(f"downloading {len(missing)} Debian packages")
                _, errors = self._fetch(missing)
                found, missing = self._binaries_present(names)
            if missing:
                self.update(force=True)
                _, errors = self._fetch(missing)
                found, missing = self._binaries_present(names)
            if missing:
                reason = [line for line in errors.splitlines() if line.startswith("E:")]
                raise tree.Failure(f"cannot download {' '.join(missing)}: {reason[0] if reason else 'no reason given'}")
            return found

    def _fetch(self, names):
        tree.need_space(self.home, PACKAGES_MB << 20)
        return self._run(["apt-get", "-q", "download", *names], tree.cache_dir("apt", "debs"))

    def _binaries_present(self, names):
        found, missing = {}, []
        debs = tree.cache_dir("apt", "debs")
        for name in names:
            version = self.candidate(name)
            matches = list(debs.glob(f"{name}_{version.replace(':', '%3a')}_*.deb"))
            if matches:
                found[name] = (version, matches[0])
            else:
                missing.append(name)
        return found, missing

    def download_source(self, name, version_matches, directory):
        """Fetch the newest source version that the predicate accepts into a directory; returns the version."""
        with tree.locked(self.home / "lock"):
            self.update()
            for attempt in range(2):
                known = [stanza["Version"] for stanza in self.show("showsrc", name) if stanza.get("Package") == name]
                good = [version for version in dict.fromkeys(known) if version_matches(version)]
                tree.need_space(self.home, PACKAGES_MB << 20)
                for version in good:
                    self._run(["apt-get", "-q", "source", "--download-only", "--only-source",
                               f"{name}={version}"], directory)
                    if list(Path(directory).glob(f"{name}_*.orig.tar.*")):
                        return version
                if attempt == 0:
                    self.update(force=True)
        known = " ".join(dict.fromkeys(known)) or "none"
        raise tree.Failure(f"Debian's source package {name} could not be downloaded (versions offered: {known})")
