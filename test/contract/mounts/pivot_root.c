/* SPDX-License-Identifier: MIT
 *
 * pivot_root(2): the errors of each rule, the exchange itself, and who follows: processes whose root or working directory was
 * the old root, not those who are elsewhere.
 */
#include "contract.h"

#include <sys/mount.h>

static int pivot(const char *new_root, const char *put_old)
{
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}

static void build(void)
{
	MUST(unshare(CLONE_NEWNS));
	MUST(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mkdir("base", 0755));
	MUST(mount("none", "base", "tmpfs", 0, NULL));
	MUST(chdir("base"));
	MUST(mkdir("next", 0755));
	MUST(mkdir("plain", 0755));
	MUST(mount("none", "next", "tmpfs", 0, NULL));
	MUST(mkdir("next/old", 0755));
	MUST(mkdir("next/other", 0755));
	MUST(chroot("."));
	write_file("/where", "base");
	write_file("/next/where", "next");
}

static void errors(void)
{
	CALL(pivot("/absent", "/next/old"));
	CALL(pivot("/where", "/next/old"));
	CALL(pivot("/next", "/where"));
	CALL(pivot("/", "/next/old"));
	CALL(pivot("/plain", "/plain"));
	CALL(pivot("/next", "/plain"));
	CALL(pivot("/next/old", "/next/old"));
	CALL(pivot("/next/other", "/next/old"));
	MUST(mount("none", "/next", NULL, MS_SHARED, NULL));
	CALL(pivot("/next", "/next/old"));
	MUST(mount("none", "/next", NULL, MS_PRIVATE, NULL));
}

static int unprivileged(void *unused)
{
	(void)unused;
	MUST(setuid(1000));
	CALL(pivot("/next", "/next/old"));
	return 0;
}

static int from_below(void *unused)
{
	(void)unused;
	MUST(chroot("/plain"));
	CALL(pivot("/", "/"));
	return 0;
}

/* One at the root and one elsewhere; each says where it is, when told. */
static int watcher(void *argument)
{
	int *ends = argument;
	char text[64] = "", byte;
	MUST(read(ends[0], &byte, 1));
	show_bytes("cwd", text, syscall(SYS_getcwd, text, sizeof(text)));
	read_file("/where", text, sizeof(text));
	TEXT(text);
	return 0;
}

static void pivot_with_watchers(void)
{
	int at_root[2], elsewhere[2];
	pid_t one, two;
	MUST(pipe(at_root));
	MUST(pipe(elsewhere));
	one = start(watcher, at_root);
	MUST(chdir("/plain"));
	two = start(watcher, elsewhere);
	MUST(chdir("/"));
	CALL(pivot("/next", "/next/old"));
	MUST(write(at_root[1], "", 1));
	reap("at the root", one);
	MUST(write(elsewhere[1], "", 1));
	reap("elsewhere", two);
}

int main(void)
{
	char text[64] = "";
	CALL(pivot("/", "/"));
	build();
	errors();
	run_child("unprivileged", unprivileged, NULL);
	run_child("from below", from_below, NULL);
	pivot_with_watchers();
	show_bytes("cwd", text, syscall(SYS_getcwd, text, sizeof(text)));
	read_file("/where", text, sizeof(text));
	TEXT(text);
	read_file("/old/where", text, sizeof(text));
	TEXT(text);
	CALL(access("/old/plain", F_OK));
	CALL(access("/old/next/old", F_OK));
	CALL(umount2("/old", MNT_DETACH));
	CALL(access("/old/plain", F_OK));
	CALL(access("/old", F_OK));
	return 0;
}
