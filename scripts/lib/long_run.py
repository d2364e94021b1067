# SPDX-License-Identifier: MIT
"""Long test runs: which commit is tested, what it has shown already, and the page that keeps the results."""
import collections
import json
import subprocess
import time

import tree

PAGE = "docs/results.md"
RESULTS_HEAD = """# Results of long test runs

`scripts/test --long` adds a line for each layer; run again at the same commit, it goes on behind what passed.

| date | commit | layer | passed | failed | minutes | counts, failures |
|---|---|---|---|---|---|---|
"""
# counts: what a test that passed has to say of itself.
Result = collections.namedtuple("Result", "passed failed counts seconds")


def commit():
    """The commit of the tree, with -dirty when it differs from it anywhere but on the page of results."""
    def git(*words):
        return subprocess.run(["git", "-C", str(tree.TOP), *words], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    changed = git("status", "--porcelain", "--", ".", f":!{PAGE}")
    return git("describe", "--always") + ("-dirty" if changed else "")


class LongRun:
    """What long runs have shown at this commit: layers that passed are not run again, results go into docs/results.md."""

    def __init__(self):
        self.commit = commit()
        self.path = tree.build_dir() / "long-results.json"
        kept = json.loads(self.path.read_text()) if self.path.exists() else {}
        self.done = kept.get(self.commit, {}) if not self.commit.endswith("-dirty") else {}

    def result(self, name, names):
        """What is known of a whole layer."""
        known = self.done.get(name) if not names else None
        return Result(*known) if known and not known[1] else None

    def record(self, name, names, result):
        if not names:
            self.done[name] = list(result)
        with tree.new_file(self.path, "w") as file:
            json.dump({self.commit: self.done}, file)
        page = tree.TOP / PAGE
        text = page.read_text() if page.exists() else RESULTS_HEAD
        what = f"{name} ({' '.join(names)})" if names else name
        text += (f"| {time.strftime('%Y-%m-%d', time.gmtime())} | {self.commit} | {what} | {result.passed} | {len(result.failed)} "
                 f"| {result.seconds / 60:.1f} | {'; '.join(result.counts + result.failed)} |\n")
        with tree.new_file(page, "w") as file:
            file.write(text)
