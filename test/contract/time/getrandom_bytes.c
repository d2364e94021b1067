/* SPDX-License-Identifier: MIT
 *
 * getrandom(2), random(4): bytes differ from call to call, between parent and child, look balanced, lengths are
 * given in full, flags are checked; /dev/urandom and /dev/random read and accept writes.
 */
#include "contract.h"

static int ones(const unsigned char *bytes, int length)
{
	int count = 0;
	for (int i = 0; i < length; i++)
		count += __builtin_popcount(bytes[i]);
	return count;
}

static void device(const char *path)
{
	unsigned char bytes[64] = { 0 }, again[64] = { 0 };
	struct stat status;
	int fd = (int)MUST(open(path, O_RDWR));
	MUST(fstat(fd, &status));
	say("%s: character device %d, %d:%d\n", path, S_ISCHR(status.st_mode), (int)(status.st_rdev >> 8),
	    (int)(status.st_rdev & 255));
	CALL(read(fd, bytes, sizeof(bytes)));
	CALL(read(fd, again, sizeof(again)));
	IS(memcmp(bytes, again, sizeof(bytes)) != 0);
	CALL(write(fd, "seed", 4));
	MUST(close(fd));
}

int main(void)
{
	static unsigned char first[4096], second[4096];
	unsigned char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CALL(syscall(SYS_getrandom, first, 32L, 0));
	CALL(syscall(SYS_getrandom, second, 32L, 0));
	IS(memcmp(first, second, 32) != 0);
	CALL(syscall(SYS_getrandom, first, 32L, 1));
	CALL(syscall(SYS_getrandom, first, 4096L, 2));
	CALL(syscall(SYS_getrandom, second, 4096L, 4));
	IS(ones(first, 4096) > 15800 && ones(first, 4096) < 16968);
	CALL(syscall(SYS_getrandom, first, 0L, 0));
	CALL(syscall(SYS_getrandom, first, 8L, 8));
	CALL(syscall(SYS_getrandom, first, 8L, 6));
	CALL(syscall(SYS_getrandom, 8L, 8L, 0));
	CALL(getentropy(first, 256));
	CALL(getentropy(first, 257));
	pid_t child = fork();
	if (child == 0)
		_exit(syscall(SYS_getrandom, shared, 32L, 0) == 32 ? 0 : 1);
	reap("child", child);
	MUST(syscall(SYS_getrandom, first, 32L, 0));
	IS(memcmp(first, shared, 32) != 0);
	device("/dev/urandom");
	device("/dev/random");
	return 0;
}
