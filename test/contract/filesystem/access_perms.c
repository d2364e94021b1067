/* SPDX-License-Identifier: MIT
 *
 * access(2), faccessat(2), faccessat2(2): existence and rights by the real ids, AT_EACCESS by the effective ones;
 * root may all but execute what nobody may execute; errors of path and mode.
 */
#include "contract.h"

enum { FACCESSAT2 = 439 };

static int normal_user(void *unused)
{
	(void)unused;
	MUST(setresuid(1000, 0, 0));
	CALL(access("private", R_OK));
	CALL(syscall(FACCESSAT2, AT_FDCWD, "private", R_OK, AT_EACCESS));
	CALL(access("public", R_OK));
	CALL(access("public", W_OK));
	CALL(access("public", R_OK | W_OK));
	CALL(access("closed/file", F_OK));
	CALL(open("closed/file", O_RDONLY));
	return 0;
}

int main(void)
{
	MUST(chmod(".", 0755));
	write_file("private", "x");
	write_file("public", "x");
	MUST(chmod("private", 0600));
	MUST(chmod("public", 0644));
	MUST(mkdir("closed", 0700));
	write_file("closed/file", "x");
	CALL(access("private", F_OK));
	CALL(access("private", R_OK | W_OK));
	CALL(access("private", X_OK));
	MUST(chmod("private", 0601));
	CALL(access("private", X_OK));
	MUST(chmod("private", 0));
	CALL(access("private", R_OK | W_OK));
	CALL(access("closed", X_OK));
	CALL(access("/dev/null", R_OK | W_OK));
	CALL(access("none", F_OK));
	CALL(access("public/x", F_OK));
	CALL(access("", F_OK));
	CALL(access("public", 8));
	CALL(access((char *)8, F_OK));
	int directory = (int)MUST(open("closed", O_RDONLY));
	CALL(faccessat(directory, "file", R_OK, 0));
	CALL(faccessat(directory, "none", R_OK, 0));
	CALL(faccessat(99, "file", R_OK, 0));
	CALL(faccessat(99, "/dev/null", R_OK, 0));
	MUST(symlink("none", "dangling"));
	CALL(access("dangling", F_OK));
	CALL(syscall(FACCESSAT2, AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
	CALL(syscall(FACCESSAT2, directory, "", F_OK, AT_EMPTY_PATH));
	CALL(syscall(FACCESSAT2, AT_FDCWD, "public", F_OK, 1));
	run_child("normal user", normal_user, NULL);
	return 0;
}
