/* SPDX-License-Identifier: MIT
 *
 * posix_fadvise(2), readahead(2): advice never changes what is read, unknown advice is EINVAL, pipes ESPIPE.
 */
#include "contract.h"

static int sum_of_file(int fd)
{
	static unsigned char bytes[65536];
	int sum = 0;
	MUST(pread(fd, bytes, sizeof(bytes), 0));
	for (size_t i = 0; i < sizeof(bytes); i++)
		sum += bytes[i];
	return sum;
}

int main(void)
{
	static char bytes[65536];
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), ends[2];
	memset(bytes, 3, sizeof(bytes));
	MUST(write(fd, bytes, sizeof(bytes)));
	for (int advice = 0; advice < 8; advice++) {
		int result = posix_fadvise(fd, 0, 0, advice);
		say("advice %d: %s, sum %d\n", advice, result ? errno_name(result) : "done", sum_of_file(fd));
	}
	CALL(syscall(SYS_fadvise64, fd, 100L, 100L, POSIX_FADV_DONTNEED));
	CALL(syscall(SYS_fadvise64, fd, 0L, -1L, POSIX_FADV_DONTNEED));
	CALL(syscall(SYS_fadvise64, 99, 0L, 0L, POSIX_FADV_NORMAL));
	MUST(pipe(ends));
	CALL(syscall(SYS_fadvise64, ends[0], 0L, 0L, POSIX_FADV_NORMAL));
	CALL(syscall(SYS_readahead, fd, 0L, 4096L));
	CALL(syscall(SYS_readahead, ends[0], 0L, 4096L));
	CALL(syscall(SYS_readahead, 99, 0L, 4096L));
	SHOW(sum_of_file(fd));
	return 0;
}
