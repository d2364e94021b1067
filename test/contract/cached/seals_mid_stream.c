/* SPDX-License-Identifier: MIT
 *
 * Seals on a memory file that is written all the time, and files opened for synchronous writing.
 */
#include "contract.h"

int main(void)
{
	char bytes[8];
	int fd = (int)MUST(memfd_create("sealed", MFD_ALLOW_SEALING));
	for (int i = 0; i < 4; i++)
		MUST(write(fd, "data", 4));
	CALL(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	CALL(pwrite(fd, "inside", 6, 2));
	CALL(pwrite(fd, "beyond", 6, 12));
	CALL(write(fd, "data", 4));
	CALL(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	CALL(pwrite(fd, "inside", 6, 2));
	CALL(pread(fd, bytes, 8, 0));
	show_bytes("sealed", bytes, 8);
	SHOW(lseek(fd, 0, SEEK_END));
	int durable = (int)MUST(open("file", O_RDWR | O_CREAT | O_SYNC, 0600));
	for (int i = 0; i < 3; i++)
		CALL(write(durable, "data", 4));
	CALL(pread(durable, bytes, 8, 8));
	return 0;
}
