/* SPDX-License-Identifier: MIT
 *
 * mount(2) with MS_MOVE: a mount cannot be moved below itself, ELOOP, neither within its own file system nor into one that
 * is mounted in it; elsewhere it goes with all that is mounted in it.
 */
#include "contract.h"

#include <sys/mount.h>

int main(void)
{
	MUST(mkdir("outer", 0755));
	MUST(mkdir("other", 0755));
	MUST(mount("none", "outer", "tmpfs", 0, NULL));
	MUST(mkdir("outer/inner", 0755));
	MUST(mkdir("outer/own", 0755));
	MUST(mount("none", "outer/inner", "tmpfs", 0, NULL));
	MUST(mkdir("outer/inner/deep", 0755));
	CALL(mount("outer", "outer/own", NULL, MS_MOVE, NULL));
	CALL(mount("outer", "outer/inner/deep", NULL, MS_MOVE, NULL));
	CALL(mount("outer", "other", NULL, MS_MOVE, NULL));
	CALL(access("other/inner/deep", F_OK));
	CALL(umount("other/inner"));
	CALL(umount("other"));
	return 0;
}
