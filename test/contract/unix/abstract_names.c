/* SPDX-License-Identifier: MIT
 *
 * Names of sockets that are in no file system: bytes of any value count, lengths too, autobind finds a free one, a name is free again
 * when its socket is closed.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "../contract.h"

static socklen_t fill(struct sockaddr_un *name, const char *bytes, size_t count)
{
	*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(name->sun_path, bytes, count);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count);
}

static int named(const char *bytes, size_t count)
{
	struct sockaddr_un name;
	socklen_t length = fill(&name, bytes, count);
	int fd = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	CALL(bind(fd, (struct sockaddr *)&name, length));
	return fd;
}

static long send_to(const char *bytes, size_t count)
{
	struct sockaddr_un name;
	socklen_t length = fill(&name, bytes, count);
	int fd = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	long result = CALL(sendto(fd, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&name, length));
	close(fd);
	return result;
}

int main(void)
{
	struct sockaddr_un own, other;
	socklen_t length = sizeof own, other_length = sizeof other;
	int one = named("\0contract\0a", 11), two = named("\0contract\0b", 11),
	    longer = named("\0contract\0a\0", 12);
	int again = named("\0contract\0a", 11), first, second;

	send_to("\0contract\0a", 11);
	send_to("\0contract", 9);
	SHOW(recv(one, &own, 1, MSG_DONTWAIT));
	CALL(recv(two, &own, 1, MSG_DONTWAIT));
	CALL(recv(longer, &own, 1, MSG_DONTWAIT));
	MUST(getsockname(longer, (struct sockaddr *)&own, &length));
	SHOW(length);
	show_bytes("name", own.sun_path, 12);
	close(one);
	send_to("\0contract\0a", 11);
	close(again);
	close(named("\0contract\0a", 11));

	first = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	second = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	own = other = (struct sockaddr_un){ .sun_family = AF_UNIX };
	CALL(bind(first, (struct sockaddr *)&own, sizeof(sa_family_t)));
	CALL(bind(second, (struct sockaddr *)&other, sizeof(sa_family_t)));
	CALL(bind(second, (struct sockaddr *)&other, sizeof(sa_family_t)));
	length = sizeof own;
	MUST(getsockname(first, (struct sockaddr *)&own, &length));
	MUST(getsockname(second, (struct sockaddr *)&other, &other_length));
	SHOW(length);
	IS(own.sun_path[0] == 0 && memcmp(&own, &other, length) != 0);
	return 0;
}
