/* SPDX-License-Identifier: MIT
 *
 * A small server over epoll: many clients connect to one listening unix socket, send, get their answers and leave;
 * every client is answered, every hang-up seen, nothing is left in the set.
 */
#include "../contract.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { CLIENTS = 20 };

static struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };

static int client(void *number)
{
	char answer[16];
	int mark = (int)(long)number, fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	MUST(connect(fd, (struct sockaddr *)&address, sizeof(address)));
	for (int i = 0; i < 5; i++) {
		char byte = (char)(mark + i);
		MUST(write(fd, &byte, 1));
		if (read(fd, answer, sizeof(answer)) != 1 || answer[0] != (char)(byte + 1))
			return 1;
	}
	return 0;
}

static void add(int poller, int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.fd = fd };
	MUST(epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event));
}

static bool answer(int fd)
{
	char byte;
	if (read(fd, &byte, 1) != 1) {
		MUST(close(fd));
		return false;
	}
	byte++;
	MUST(write(fd, &byte, 1));
	return true;
}

int main(void)
{
	struct epoll_event events[8];
	pid_t children[CLIENTS];
	int poller = (int)MUST(epoll_create1(0)),
	    listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
	int accepted = 0, left = 0, answers = 0;
	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(listener, 3));
	add(poller, listener);
	for (long i = 0; i < CLIENTS; i++)
		children[i] = start(client, (void *)i);
	while (left < CLIENTS) {
		int count = (int)MUST(epoll_wait(poller, events, 8, 10000));
		if (count == 0)
			break;
		for (int i = 0; i < count; i++) {
			int fd = events[i].data.fd;
			if (fd != listener) {
				bool more = answer(fd);
				answers += more;
				left += !more;
			} else if ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
				accepted++;
				add(poller, fd);
			}
		}
	}
	say("accepted %d, answered %d, left %d\n", accepted, answers, left);
	int failed = 0, status;
	for (int i = 0; i < CLIENTS; i++) {
		MUST(waitpid(children[i], &status, 0));
		failed += status != 0;
	}
	SHOW(failed);
	CALL(epoll_wait(poller, events, 8, 0));
	return 0;
}
