/* SPDX-License-Identifier: MIT
 *
 * memfd_create(2), fcntl(2) file sealing: an unlinked file with a name to show, grown and mapped like any other;
 * seals forbid what they say, EPERM without MFD_ALLOW_SEALING.
 */
#include "contract.h"

#include <sys/mount.h>

enum { ADD_SEALS = 1033, GET_SEALS = 1034, SEAL = 1, SHRINK = 2, GROW = 4, WRITE = 8 };

int main(void)
{
	char text[16], link[128] = { 0 };
	struct stat status;
	int fd = (int)CALL(memfd_create("a name", MFD_CLOEXEC));
	SHOW(fcntl(fd, F_GETFD));
	CALL(write(fd, "0123456789", 10));
	CALL(lseek(fd, 2, SEEK_SET));
	show_bytes("read", text, read(fd, text, 4));
	MUST(fstat(fd, &status));
	say("mode 0%o, size %ld, links %ld\n", status.st_mode, (long)status.st_size, (long)status.st_nlink);
	CALL(ftruncate(fd, 4));
	show_bytes("all", text, pread(fd, text, sizeof(text), 0));
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	MUST(readlink(path, link, sizeof(link) - 1));
	TEXT(link);
	int again = (int)CALL(open(path, O_RDONLY));
	show_bytes("reopened", text, read(again, text, sizeof(text)));
	CALL(access(path, W_OK));
	CALL(access(path, X_OK));
	CALL(truncate(path, 3));
	CALL(open(path, O_RDWR));
	CALL(chmod(path, 0700));
	CALL(mount("tmpfs", path, "tmpfs", 0, NULL));
	CALL(umount(path));
	CALL(fcntl(fd, GET_SEALS));
	CALL(fcntl(fd, ADD_SEALS, GROW));
	int sealed = (int)CALL(memfd_create("sealed", MFD_ALLOW_SEALING));
	MUST(ftruncate(sealed, 4096));
	CALL(fcntl(sealed, GET_SEALS));
	CALL(fcntl(sealed, ADD_SEALS, GROW));
	CALL(ftruncate(sealed, 8192));
	CALL(pwrite(sealed, "x", 1, 4096));
	CALL(fcntl(sealed, ADD_SEALS, SHRINK));
	CALL(ftruncate(sealed, 100));
	char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, sealed, 0);
	CALL(fcntl(sealed, ADD_SEALS, WRITE));
	MUST(munmap(map, 4096));
	CALL(fcntl(sealed, ADD_SEALS, WRITE | SEAL));
	CALL(write(sealed, "x", 1));
	DOES(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, sealed, 0));
	DOES(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, sealed, 0));
	CALL(fcntl(sealed, ADD_SEALS, GROW));
	CALL(fcntl(sealed, GET_SEALS));
	CALL(memfd_create("x", 0x100));
	CALL(memfd_create((char *)8, 0));
	return 0;
}
