# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What every command in scripts/ does before its real work, which is Python:
#   entry_packages PKG...   make sure these Debian packages are installed (apt-get when root or with sudo)
#   entry_exec FILE ARGS    go on as scripts/lib/FILE under Debian's own python3
# Sourced, never run. Prints one line and leaves with status 125 when something cannot be had.

set -u
entry_name=$(basename "$0")
entry_top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
export LICHEN_TOP="$entry_top"
export PATH="$PATH:/usr/sbin:/sbin"

# What building the root file system needs.
entry_packages_root="python3 dpkg-dev xz-utils bzip2 patch ca-certificates gcc make libc6-dev linux-libc-dev musl-tools"
# What building kernel and servers needs, and booting them.
entry_packages_build="cmake gcc g++ make lua5.4 python3"
entry_packages_qemu="qemu-system-x86 grub-pc-bin grub-common xorriso"
entry_packages_test="git clang-format libcmocka-dev clang python3-pexpect cpio e2fsprogs librsvg2-bin"

entry_fail() {
	echo "$entry_name: $*" >&2
	exit 125
}

entry_note() {
	if [ -t 2 ]; then echo "$entry_name: $*" >&2; fi
}

# The packages of "$@" that are not installed, one a line.
entry_missing() {
	local installed
	installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p')
	printf '%s\n' "$@" | grep -vxF "${installed:-none}"
}

# Root runs a command directly, a user through sudo that asks nothing.
entry_as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

entry_packages() {
	local missing log
	command -v dpkg-query >/dev/null || entry_fail "this needs Debian 12 (no dpkg found)"
	missing=$(entry_missing "$@" | tr '\n' ' ')
	missing=${missing% }
	if [ -z "$missing" ]; then return 0; fi
	if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
		entry_fail "missing Debian packages, install them as root: apt-get install $missing"
	fi
	entry_note "installing Debian packages: $missing"
	log=$(mktemp)
	# shellcheck disable=SC2086
	if ! entry_install $missing >"$log" 2>&1; then
		entry_fail "apt-get install failed ($(grep -m1 '^E:' "$log" || echo "no reason given")); packages: $missing"
	fi
	rm -f "$log"
}

entry_install() {
	local run=(env DEBIAN_FRONTEND=noninteractive apt-get -y -qq --no-install-recommends install "$@")
	entry_as_root "${run[@]}" || { entry_as_root apt-get -qq update; entry_as_root "${run[@]}"; }
}

entry_exec() {
	local file=$1
	shift
	if [ ! -x /usr/bin/python3 ]; then entry_packages python3; fi
	exec /usr/bin/python3 -B "$entry_top/scripts/lib/$file" "$@"
}

# --help must work before anything is installed; Python alone is enough for it.
entry_help() {
	local file=$1 word
	shift
	for word in "$@"; do
		case $word in
		--) return 0 ;;
		-h | --help) entry_exec "$file" --help ;;
		esac
	done
}
