/* SPDX-License-Identifier: MIT
 *
 * fsync(2), fdatasync(2), sync_file_range(2), syncfs(2): fine on files and directories, EINVAL on pipes and on
 * devices without it, EBADF.
 */
#include "contract.h"

int main(void)
{
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), ends[2];
	CALL(fsync(fd));
	MUST(write(fd, "hello", 5));
	CALL(fsync(fd));
	CALL(fdatasync(fd));
	char text[8];
	show_bytes("contents", text, pread(fd, text, sizeof(text), 0));
	CALL(fsync((int)MUST(open("file", O_RDONLY))));
	int directory = (int)MUST(open(".", O_RDONLY));
	CALL(fsync(directory));
	CALL(fdatasync(directory));
	CALL(syncfs(directory));
	CALL(syncfs(99));
	MUST(pipe(ends));
	CALL(fsync(ends[1]));
	CALL(fdatasync(ends[0]));
	CALL(fsync((int)MUST(open("/dev/null", O_RDWR))));
	CALL(fsync(99));
	CALL(fdatasync(-1));
	CALL(sync_file_range(fd, 0, 0, 7));
	CALL(sync_file_range(fd, 0, 0, 8));
	CALL(sync_file_range(ends[0], 0, 0, 1));
	sync();
	return 0;
}
