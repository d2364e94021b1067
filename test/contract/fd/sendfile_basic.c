/* SPDX-License-Identifier: MIT
 *
 * sendfile(2): moves the file position without an offset, only the variable with one; to files, pipes and sockets;
 * short at the end of file; sources that cannot be mapped are EINVAL.
 */
#include "contract.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

int main(void)
{
	write_file("from", "0123456789");
	int in = (int)MUST(open("from", O_RDONLY)), out = (int)MUST(open("to", O_RDWR | O_CREAT, 0600));
	int ends[2], pair[2];
	char text[32];
	CALL(sendfile(out, in, NULL, 4));
	CALL(lseek(in, 0, SEEK_CUR));
	off_t offset = 7;
	CALL(sendfile(out, in, &offset, 100));
	SHOW(offset);
	CALL(lseek(in, 0, SEEK_CUR));
	show_bytes("to", text, pread(out, text, sizeof(text), 0));
	CALL(sendfile(out, in, &offset, 1));
	CALL(sendfile(out, in, NULL, 0));
	MUST(pipe(ends));
	CALL(sendfile(ends[1], in, NULL, 3));
	show_bytes("pipe", text, read(ends[0], text, sizeof(text)));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	offset = 0;
	CALL(sendfile(pair[0], in, &offset, 10));
	show_bytes("socket", text, read(pair[1], text, sizeof(text)));
	offset = 0;
	CALL(sendfile(out, ends[0], NULL, 1));
	CALL(sendfile(out, ends[0], &offset, 1));
	CALL(sendfile(out, pair[0], NULL, 1));
	CALL(sendfile(in, out, &offset, 1));
	CALL(sendfile((int)MUST(open("to", O_WRONLY | O_APPEND)), in, &offset, 1));
	CALL(sendfile(out, 99, NULL, 1));
	offset = -1;
	CALL(sendfile(out, in, &offset, 1));
	CALL(sendfile(out, in, (off_t *)8, 1));
	int zero = (int)MUST(open("/dev/zero", O_RDONLY));
	CALL(sendfile(out, zero, NULL, 3));
	return 0;
}
