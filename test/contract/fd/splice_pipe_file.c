/* SPDX-License-Identifier: MIT
 *
 * splice(2), vmsplice(2): file to pipe, pipe to file, pipe to pipe, with positions and offsets; needs a pipe on one
 * side; non-blocking on an empty pipe; vmsplice of user memory.
 */
#include "contract.h"

#include <sys/uio.h>

int main(void)
{
	write_file("from", "0123456789");
	int in = (int)MUST(open("from", O_RDONLY)), out = (int)MUST(open("to", O_RDWR | O_CREAT, 0600));
	int one[2], two[2];
	char text[32];
	loff_t offset = 5;
	MUST(pipe(one));
	MUST(pipe(two));
	CALL(splice(in, NULL, one[1], NULL, 4, 0));
	CALL(lseek(in, 0, SEEK_CUR));
	CALL(splice(in, &offset, one[1], NULL, 100, 0));
	SHOW(offset);
	CALL(splice(in, &offset, one[1], NULL, 100, 0));
	CALL(splice(one[0], NULL, two[1], NULL, 6, 0));
	offset = 2;
	CALL(splice(two[0], NULL, out, &offset, 100, 0));
	show_bytes("to", text, pread(out, text, sizeof(text), 0));
	SHOW(offset);
	CALL(splice(one[0], NULL, out, NULL, 2, SPLICE_F_MOVE | SPLICE_F_MORE));
	CALL(lseek(out, 0, SEEK_CUR));
	show_bytes("left", text, read(one[0], text, sizeof(text)));
	CALL(splice(two[0], NULL, out, NULL, 1, SPLICE_F_NONBLOCK));
	CALL(splice(in, NULL, out, NULL, 1, 0));
	CALL(splice(one[0], &offset, out, NULL, 1, 0));
	CALL(splice(one[0], NULL, one[1], NULL, 1, 0));
	CALL(splice(in, NULL, one[1], NULL, 0, 0));
	CALL(splice(in, NULL, one[1], NULL, 1, 0x100));
	CALL(splice(99, NULL, one[1], NULL, 1, 0));
	CALL(splice(in, NULL, one[0], NULL, 1, 0));
	CALL(splice(one[0], NULL, in, NULL, 1, 0));
	struct iovec vector[2] = { { "user", 4 }, { "memory", 6 } };
	CALL(vmsplice(one[1], vector, 2, 0));
	show_bytes("pipe", text, read(one[0], text, sizeof(text)));
	CALL(vmsplice(out, vector, 1, 0));
	MUST(close(one[1]));
	CALL(splice(one[0], NULL, out, NULL, 1, 0));
	return 0;
}
