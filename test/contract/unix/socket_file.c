/* SPDX-License-Identifier: MIT
 *
 * unix(7), stat(2): what a socket file and a socket descriptor look like: type, fstat, /proc/self/fd, opening,
 * renaming while in use, relative paths, a path of 108 bytes without final 0, binding over what exists.
 */
#include "../contract.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
	struct stat status;
	char link[64] = { 0 }, path[64];
	int listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)),
	    client = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	umask(027);
	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(stat("socket", &status));
	say("file mode 0%o size %ld\n", status.st_mode, (long)status.st_size);
	MUST(fstat(listener, &status));
	say("descriptor mode 0%o size %ld links %ld\n", status.st_mode, (long)status.st_size,
	    (long)status.st_nlink);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", listener);
	MUST(readlink(path, link, sizeof(link) - 1));
	IS(strncmp(link, "socket:[", 8) == 0);
	CALL(open(path, O_RDWR));
	CALL(open("socket", O_RDWR));
	CALL(open("socket", O_PATH));
	CALL(truncate("socket", 0));
	MUST(listen(listener, 1));
	MUST(rename("socket", "renamed"));
	CALL(connect(client, (struct sockaddr *)&address, sizeof(address)));
	strcpy(address.sun_path, "./renamed");
	CALL(connect(client, (struct sockaddr *)&address, sizeof(address)));
	int server = (int)MUST(accept(listener, NULL, NULL)), count = -1;
	MUST(write(client, "12345", 5));
	CALL(ioctl(server, FIONREAD, &count));
	SHOW(count);
	CALL(ioctl(client, TIOCOUTQ, &count));
	IS(count > 0);
	CALL(fcntl(server, F_GETFL));
	CALL(ftruncate(server, 0));
	CALL(fsync(server));
	int longest = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	memset(address.sun_path, 'p', sizeof(address.sun_path));
	CALL(bind(longest, (struct sockaddr *)&address, sizeof(address)));
	char name[109] = { 0 };
	memset(name, 'p', 108);
	CALL(access(name, F_OK));
	write_file("plain", "x");
	strcpy(address.sun_path, "plain");
	CALL(bind((int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0)), (struct sockaddr *)&address, sizeof(address)));
	return 0;
}
