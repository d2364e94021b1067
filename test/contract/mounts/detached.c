/* SPDX-License-Identifier: MIT
 *
 * umount2(MNT_DETACH): who is inside goes on with the file system, cannot mount there, and has no way up; what was mounted
 * below is detached as well, each from the other.
 */
#include "contract.h"

#include <sys/mount.h>

static int kept;

static void inside(void)
{
	char text[300];
	CALL(chdir("outer"));
	CALL(umount2("../outer", MNT_DETACH));
	show_bytes("cwd", text, syscall(SYS_getcwd, text, sizeof(text)));
	CALL(mkdir("fresh", 0755));
	CALL(mount("none", "fresh", "tmpfs", 0, NULL));
	CALL(mount("none", ".", "tmpfs", 0, NULL));
	CALL(mount("fresh", "inner", NULL, MS_BIND, NULL));
	CALL(umount("inner"));
	CALL(umount2(".", MNT_DETACH));
	CALL(access("inner/deep", F_OK));
	CALL(access("inner", F_OK));
	CALL(access("../fresh", F_OK));
	CALL(chdir("fresh"));
	show_bytes("cwd", text, syscall(SYS_getcwd, text, sizeof(text)));
	CALL(rmdir("../fresh"));
	DOES(syscall(SYS_getcwd, text, sizeof(text)));
}

static int leave_one_inside(void *unused)
{
	(void)unused;
	inside();
	write_file("../file", "still there");
	read_file("../file", (char[20]){ 0 }, 20);
	return 0;
}

static void by_descriptor(void)
{
	char text[20] = "";
	CALL(access("outer/inner", F_OK));
	SHOW(openat(kept, "deep", O_PATH) >= 0);
	CALL(mkdirat(kept, "more", 0755));
	CALL(openat(kept, "../inner", O_PATH));
	CALL(faccessat(kept, "..", F_OK, 0));
	CALL(fchdir(kept));
	show_bytes("cwd", text, syscall(SYS_getcwd, text, sizeof(text)));
}

int main(void)
{
	MUST(mkdir("outer", 0755));
	MUST(mount("none", "outer", "tmpfs", 0, NULL));
	MUST(mkdir("outer/inner", 0755));
	MUST(mount("none", "outer/inner", "tmpfs", 0, NULL));
	MUST(mkdir("outer/inner/deep", 0755));
	kept = (int)MUST(open("outer/inner", O_PATH));
	CALL(umount("outer"));
	run_child("inside", leave_one_inside, NULL);
	CALL(umount("outer"));
	by_descriptor();
	return 0;
}
