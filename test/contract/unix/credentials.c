/* SPDX-License-Identifier: MIT
 *
 * unix(7) SCM_CREDENTIALS: with SO_PASSCRED each message carries pid, uid and gid of its sender, stated by itself
 * (checked) or filled in; messages of different senders are not joined.
 */
#include "../contract.h"

#include <sys/socket.h>

static int pair[2];

static long send_as(pid_t pid, uid_t uid)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control = { .header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS } };
	control.header.cmsg_len = CMSG_LEN(sizeof(struct ucred));
	struct ucred stated = { pid, uid, getgid() };
	memcpy(CMSG_DATA(&control.header), &stated, sizeof(stated));
	struct iovec data = { "s", 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	return sendmsg(pair[0], &message, 0);
}

static void receive(pid_t expected)
{
	union {
		struct cmsghdr header;
		char bytes[256];
	} control;
	char text[16];
	struct iovec data = { text, sizeof(text) };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	long count = recvmsg(pair[1], &message, MSG_DONTWAIT);
	struct cmsghdr *header = count > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (!header || header->cmsg_type != SCM_CREDENTIALS) {
		say("received %ld, no credentials\n", count);
		return;
	}
	struct ucred *from = (struct ucred *)CMSG_DATA(header);
	say("received %.*s, its pid %d, uid %u, gid %u\n", (int)count, text, from->pid == expected, from->uid,
	    from->gid);
}

static int normal_user(void *unused)
{
	(void)unused;
	MUST(setgid(200));
	MUST(setuid(100));
	MUST(write(pair[0], "user", 4));
	CALL(send_as(getpid(), 100));
	CALL(send_as(getpid(), 0));
	CALL(send_as(getppid(), 100));
	return 0;
}

int main(void)
{
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(write(pair[0], "before", 6));
	CALL(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)));
	receive(0);
	MUST(write(pair[0], "root", 4));
	pid_t child = start(normal_user, NULL);
	reap("normal user", child);
	receive(getpid());
	receive(child);
	receive(child);
	CALL(send_as(1, 55));
	receive(1);
	CALL(send_as(4000000, 0));
	receive(0);
	return 0;
}
