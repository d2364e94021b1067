/* SPDX-License-Identifier: MIT
 *
 * sendmsg(2), recvmsg(2): gathering and scattering over streams, datagrams and packets, MSG_PEEK, MSG_TRUNC,
 * MSG_DONTWAIT, MSG_WAITALL, credentials, vector errors.
 */
#include "contract.h"

#include <sys/socket.h>

static void receive(const char *name, int fd, size_t one, size_t two, int flags)
{
	char first[16], second[16];
	struct iovec vector[2] = { { first, one }, { second, two } };
	struct msghdr message = { .msg_iov = vector, .msg_iovlen = two ? 2 : 1 };
	long count = recvmsg(fd, &message, flags);
	if (count == -1) {
		say("%s: %s\n", name, errno_name(errno));
		return;
	}
	long in_first = count < (long)one ? count : (long)one;
	say("%s: %ld, flags 0x%x ", name, count, (unsigned)message.msg_flags);
	show_bytes("first", first, in_first);
	if (count > in_first && count - in_first <= 16)
		show_bytes("  second", second, count - in_first < (long)two ? count - in_first : (long)two);
}

static void send_two(int fd)
{
	struct iovec vector[2] = { { "hello ", 6 }, { "world", 5 } };
	struct msghdr message = { .msg_iov = vector, .msg_iovlen = 2 };
	CALL(sendmsg(fd, &message, 0));
}

int main(void)
{
	int stream[2], datagram[2], packet[2];
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, stream));
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, datagram));
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, packet));
	send_two(stream[0]);
	receive("stream peek", stream[1], 4, 0, MSG_PEEK);
	receive("stream", stream[1], 4, 4, 0);
	receive("stream rest", stream[1], 4, 4, 0);
	receive("stream empty", stream[1], 4, 4, MSG_DONTWAIT);
	send_two(stream[0]);
	send_two(stream[0]);
	receive("stream wait all", stream[1], 10, 10, MSG_WAITALL);
	send_two(datagram[0]);
	receive("datagram peek", datagram[1], 4, 0, MSG_PEEK);
	receive("datagram peek truncated", datagram[1], 4, 0, MSG_PEEK | MSG_TRUNC);
	receive("datagram short", datagram[1], 4, 4, 0);
	receive("datagram empty", datagram[1], 4, 4, MSG_DONTWAIT);
	send_two(packet[0]);
	send_two(packet[0]);
	receive("packet", packet[1], 16, 0, 0);
	receive("packet short", packet[1], 4, 0, 0);
	CALL(send(packet[0], "", 0, 0));
	receive("packet empty", packet[1], 4, 0, MSG_DONTWAIT);
	MUST(shutdown(packet[0], SHUT_WR));
	receive("packet end", packet[1], 4, 0, 0);
	struct msghdr message = { .msg_iov = (struct iovec *)8, .msg_iovlen = 1 };
	CALL(sendmsg(stream[0], &message, 0));
	message.msg_iovlen = 1025;
	CALL(sendmsg(stream[0], &message, 0));
	CALL(syscall(SYS_recvmsg, stream[0], 8L, 0));
	CALL(sendmsg(stream[0], &(struct msghdr){ 0 }, 0));
	CALL(sendmsg(datagram[0], &(struct msghdr){ 0 }, 0));
	receive("empty datagram", datagram[1], 4, 0, MSG_DONTWAIT);
	CALL(send(stream[0], "oob", 3, 0x100000));
	CALL(sendmsg(0, &(struct msghdr){ 0 }, 0));
	return 0;
}
