/* SPDX-License-Identifier: MIT
 *
 * Rows of the network: loopback TCP and UDP, and the host beyond the network card (hostnet.py).
 */
#include "bench.h"

/* --- loopback network --- */
static struct sockaddr_in lo = { .sin_family = AF_INET };
static int tcp_pair(int bw)
{
	socklen_t l = sizeof lo;
	int one = 1, ls;
	lo.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lo.sin_port = 0;
	CHK(ls = socket(AF_INET, SOCK_STREAM, 0));
	CHK(bind(ls, (void *)&lo, l));
	CHK(listen(ls, 8));
	CHK(getsockname(ls, (void *)&lo, &l));
	CHK(kid = fork());
	if (!kid) {
		int s = accept(ls, 0, 0);
		setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		if (bw) {
			while (read(s, buf, 65536) > 0)
				;
			_exit(0);
		}
		char c;
		while (read(s, &c, 1) == 1)
			if (write(s, &c, 1) != 1)
				break;
		_exit(0);
	}
	close(ls);
	CHK(fd0 = socket(AF_INET, SOCK_STREAM, 0));
	CHK(connect(fd0, (void *)&lo, sizeof lo));
	setsockopt(fd0, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return 0;
}
static int s_tcp(void)
{
	return tcp_pair(0);
}
static int s_tcpbw(void)
{
	return tcp_pair(1);
}
static u64 r_sock1(long n)
{
	char c = 1;
	for (long i = 0; i < n; i++)
		if (write(fd0, &c, 1) != 1 || read(fd0, &c, 1) != 1)
			die("sock");
	return 0;
}
static u64 r_sockbw(long n)
{
	for (long i = 0; i < n; i++)
		for (long o = 0; o < 65536;) {
			ssize_t k = write(fd0, buf, 65536 - o);
			if (k <= 0)
				die("sockbw");
			o += k;
		}
	return 0;
}
static void t_sock(void)
{
	t_fd();
	reap();
}
static int s_conn(void)
{
	socklen_t l = sizeof lo;
	lo.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lo.sin_port = 0;
	CHK(fd1 = socket(AF_INET, SOCK_STREAM, 0));
	CHK(bind(fd1, (void *)&lo, l));
	CHK(listen(fd1, 64));
	CHK(getsockname(fd1, (void *)&lo, &l));
	CHK(kid = fork());
	if (!kid)
		for (;;) {
			int s = accept(fd1, 0, 0);
			char c;
			read(s, &c, 1);
			close(s);
		}
	return 0;
}
static u64 r_conn(long n)
{
	struct linger lg = { 1, 0 };
	for (long i = 0; i < n; i++) {
		int s = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(s, (void *)&lo, sizeof lo))
			die("connect");
		setsockopt(s, SOL_SOCKET, SO_LINGER, &lg, sizeof lg);
		close(s);
	}
	return 0;
}
static int s_udp(void)
{
	socklen_t l = sizeof lo;
	struct sockaddr_in b = { .sin_family = AF_INET };
	int s;
	lo.sin_addr.s_addr = b.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lo.sin_port = 0;
	CHK(s = socket(AF_INET, SOCK_DGRAM, 0));
	CHK(bind(s, (void *)&lo, l));
	CHK(getsockname(s, (void *)&lo, &l));
	CHK(fd0 = socket(AF_INET, SOCK_DGRAM, 0));
	CHK(bind(fd0, (void *)&b, sizeof b));
	l = sizeof b;
	CHK(getsockname(fd0, (void *)&b, &l));
	CHK(connect(fd0, (void *)&lo, sizeof lo));
	CHK(connect(s, (void *)&b, sizeof b));
	CHK(kid = fork());
	if (!kid) {
		char c;
		while (read(s, &c, 1) == 1)
			write(s, &c, 1);
		_exit(0);
	}
	close(s);
	return 0;
}
/* guest <-> host through virtio-net + slirp, helper hostnet.py on the host */
static int host_conn(char mode)
{
	if (!HOST)
		SKIP("LX_HOST not set");
	char ip[64];
	int port, one = 1;
	struct sockaddr_in a = { .sin_family = AF_INET };
	if (sscanf(HOST, "%63[^:]:%d", ip, &port) != 2)
		SKIP("LX_HOST");
	a.sin_port = htons(port);
	inet_aton(ip, &a.sin_addr);
	CHK(fd0 = socket(AF_INET, SOCK_STREAM, 0));
	CHK(connect(fd0, (void *)&a, sizeof a));
	setsockopt(fd0, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	CHK(write(fd0, &mode, 1));
	return 0;
}
static int s_hrx(void)
{
	return host_conn('R');
}
static int s_htx(void)
{
	return host_conn('T');
}
static int s_hpp(void)
{
	return host_conn('P');
}
static u64 r_hrx(long n)
{
	for (long i = 0; i < n; i++)
		for (long o = 0; o < 65536;) {
			ssize_t k = read(fd0, buf, 65536 - o);
			if (k <= 0)
				die("hrx");
			o += k;
		}
	return 0;
}

const struct test rows_network[] = {
	{ "tcp_pingpong", s_tcp, r_sock1, t_sock, 1, 0, 0 },
	{ "tcp_bw_64k", s_tcpbw, r_sockbw, t_sock, 1, 65536, 0 },
	{ "tcp_connect_close", s_conn, r_conn, t_sock, 1, 0, 0 },
	{ "udp_pingpong", s_udp, r_sock1, t_sock, 1, 0, 0 },
	{ "hostnet_pingpong", s_hpp, r_sock1, t_fd, 1, 0, 0 },
	{ "hostnet_rx", s_hrx, r_hrx, t_fd, 1, 65536, 0 },
	{ "hostnet_tx", s_htx, r_sockbw, t_fd, 1, 65536, 0 },
};
ROW_COUNT(network);
