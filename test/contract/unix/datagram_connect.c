/* SPDX-License-Identifier: MIT
 *
 * unix(7) datagrams: a connected receiver takes messages of its peer only, connect moves to another peer or to none
 * (AF_UNSPEC), a full receiver blocks the sender until read, several senders keep their order.
 */
#include "../contract.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un named(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	strcpy(address.sun_path, name);
	return address;
}

static int bound(const char *name)
{
	struct sockaddr_un address = named(name);
	int fd = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	MUST(bind(fd, (struct sockaddr *)&address, sizeof(address)));
	return fd;
}

static long connect_to(int fd, const char *name)
{
	struct sockaddr_un address = named(name);
	return connect(fd, (struct sockaddr *)&address, sizeof(address));
}

static int floods(void *fd)
{
	for (int i = 0; i < 100; i++)
		MUST(send(*(int *)fd, &i, sizeof(i), 0));
	return 0;
}

int main(void)
{
	char text[16];
	int a = bound("a"), b = bound("b"), c = bound("c"), value, wrong = 0;
	CALL(connect_to(a, "b"));
	CALL(connect_to(b, "a"));
	CALL(connect_to(c, "a"));
	CALL(send(a, "to b", 4, 0));
	show_bytes("b", text, recv(b, text, sizeof(text), 0));
	CALL(send(b, "to a", 4, 0));
	show_bytes("a", text, recv(a, text, sizeof(text), 0));
	CALL(connect_to(b, "c"));
	CALL(send(a, "x", 1, 0));
	CALL(connect(b, &(struct sockaddr){ .sa_family = AF_UNSPEC }, sizeof(struct sockaddr)));
	CALL(send(b, "x", 1, 0));
	CALL(send(a, "open", 4, 0));
	show_bytes("b", text, recv(b, text, sizeof(text), MSG_DONTWAIT));
	pid_t child = start(floods, &a);
	wait_until_asleep(child);
	for (int i = 0; i < 100; i++) {
		MUST(recv(b, &value, sizeof(value), 0));
		wrong += value != i;
	}
	reap("flooder", child);
	SHOW(wrong);
	CALL(recv(b, text, 1, MSG_DONTWAIT));
	MUST(shutdown(b, SHUT_RD));
	CALL(recv(b, text, 1, 0));
	signal(SIGPIPE, SIG_IGN);
	CALL(send(a, "x", 1, 0));
	return 0;
}
