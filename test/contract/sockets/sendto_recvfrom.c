/* SPDX-License-Identifier: MIT
 *
 * sendto(2), recvfrom(2): datagrams keep their boundaries and sender's name; to paths and abstract names, connected
 * or not; refused when nobody is there; a full queue blocks or is EAGAIN.
 */
#include "contract.h"

#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un one = { .sun_family = AF_UNIX, .sun_path = "one" };
static struct sockaddr_un two = { .sun_family = AF_UNIX, .sun_path = "two" };

static void receive(int fd)
{
	char text[16];
	struct sockaddr_un from = { 0 };
	socklen_t length = sizeof(from);
	long count = recvfrom(fd, text, sizeof(text), MSG_DONTWAIT, (struct sockaddr *)&from, &length);
	if (count == -1)
		say("receive: %s\n", errno_name(errno));
	else
		say("receive: %.*s from \"%s\", length %u\n", (int)count, text, from.sun_path, length);
}

int main(void)
{
	int pair[2];
	char text[16];
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	CALL(send(pair[0], "first", 5, 0));
	CALL(send(pair[0], "second", 6, 0));
	show_bytes("first", text, recv(pair[1], text, sizeof(text), 0));
	show_bytes("second", text, recv(pair[1], text, 3, 0));
	CALL(recv(pair[1], text, sizeof(text), MSG_DONTWAIT));
	int a = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0)), b = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	CALL(sendto(a, "x", 1, 0, (struct sockaddr *)&two, sizeof(two)));
	MUST(bind(b, (struct sockaddr *)&two, sizeof(two)));
	CALL(sendto(a, "nameless", 8, 0, (struct sockaddr *)&two, sizeof(two)));
	receive(b);
	MUST(bind(a, (struct sockaddr *)&one, sizeof(one)));
	CALL(sendto(a, "named", 5, 0, (struct sockaddr *)&two, sizeof(two)));
	receive(b);
	receive(b);
	CALL(send(a, "x", 1, 0));
	CALL(connect(a, (struct sockaddr *)&two, sizeof(two)));
	CALL(send(a, "connected", 9, 0));
	receive(b);
	CALL(connect(b, (struct sockaddr *)&two, sizeof(two)));
	int stranger = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	CALL(sendto(stranger, "x", 1, 0, (struct sockaddr *)&two, sizeof(two)));
	MUST(fcntl(pair[0], F_SETFL, O_NONBLOCK));
	int queued = 0;
	while (send(pair[0], "q", 1, 0) == 1)
		queued++;
	say("then %s\n", errno_name(errno));
	IS(queued > 10);
	static char big[400000];
	CALL(send(pair[1], big, sizeof(big), 0));
	MUST(close(b));
	CALL(send(a, "x", 1, 0));
	MUST(unlink("two"));
	CALL(sendto(stranger, "x", 1, 0, (struct sockaddr *)&two, sizeof(two)));
	CALL(sendto(stranger, "x", 1, 0, (struct sockaddr *)&two, 1));
	CALL(sendto(stranger, "x", 1, 0, (struct sockaddr *)&(struct sockaddr){ .sa_family = 77 },
		    sizeof(two)));
	return 0;
}
