/* SPDX-License-Identifier: MIT
 *
 * Making, removing and renaming names in /sys, /dev/pts and /proc, which nobody may: each says so in its own way.
 */
#include "contract.h"

static void try_in(const char *directory)
{
	char name[64], other[64];
	snprintf(name, sizeof(name), "%s/fresh", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	say("%s\n", directory);
	CALL(open(name, O_CREAT | O_WRONLY, 0600));
	CALL(open(name, O_CREAT | O_EXCL | O_WRONLY, 0600));
	CALL(open(name, O_WRONLY));
	CALL(mknod(name, S_IFREG | 0600, 0));
	CALL(mknod(name, S_IFIFO | 0600, 0));
	CALL(mkdir(name, 0700));
	CALL(symlink("target", name));
	CALL(unlink(name));
	CALL(rmdir(name));
	CALL(rename(name, other));
}

int main(void)
{
	try_in("/sys");
	try_in("/sys/kernel");
	try_in("/dev/pts");
	try_in("/proc");
	try_in("/proc/self");
	CALL(open("/sys/kernel", O_CREAT | O_EXCL | O_WRONLY, 0600));
	CALL(mkdir("/sys/kernel", 0700));
	MUST(setuid(1000));
	try_in("/sys");
	try_in("/dev/pts");
	return 0;
}
