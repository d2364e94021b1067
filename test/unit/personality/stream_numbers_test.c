/* SPDX-License-Identifier: MIT */
/*
 * Our own headers of readiness, sockets and watches against the host's kernel headers and libc.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <linux/sockios.h>
#include "linux_abi/epoll.h"
#include "linux_abi/inotify.h"
#include "linux_abi/poll.h"
#include "linux_abi/socket.h"

#define SAME(name) assert_true((uint32_t)(LINUX_##name) == (uint32_t)(name))
#define SAME_FIELD(ours, our_field, theirs, their_field)                                                     \
	assert_int_equal(offsetof(ours, our_field), offsetof(theirs, their_field))

static void readiness_is_linux_s(void **state)
{
	(void)state;
	SAME(POLLIN);
	SAME(POLLPRI);
	SAME(POLLOUT);
	SAME(POLLERR);
	SAME(POLLHUP);
	SAME(POLLNVAL);
	SAME(POLLRDNORM);
	SAME(POLLRDBAND);
	SAME(POLLWRNORM);
	SAME(POLLWRBAND);
	SAME(POLLMSG);
	SAME(POLLRDHUP);
}

static void epoll_is_linux_s(void **state)
{
	(void)state;
	SAME(EPOLL_CLOEXEC);
	SAME(EPOLL_CTL_ADD);
	SAME(EPOLL_CTL_DEL);
	SAME(EPOLL_CTL_MOD);
	SAME(EPOLLEXCLUSIVE);
	SAME(EPOLLWAKEUP);
	SAME(EPOLLONESHOT);
	SAME(EPOLLET);
}

static void event_descriptors_are_linux_s(void **state)
{
	(void)state;
	SAME(EFD_SEMAPHORE);
	SAME(EFD_CLOEXEC);
	SAME(EFD_NONBLOCK);
	SAME(SFD_CLOEXEC);
	SAME(SFD_NONBLOCK);
	SAME(TFD_CLOEXEC);
	SAME(TFD_NONBLOCK);
	SAME(TFD_TIMER_ABSTIME);
	SAME(TFD_TIMER_CANCEL_ON_SET);
}

static void sockets_are_linux_s(void **state)
{
	(void)state;
	SAME(AF_UNSPEC);
	SAME(AF_UNIX);
	SAME(SOCK_STREAM);
	SAME(SOCK_DGRAM);
	SAME(SOCK_RAW);
	SAME(SOCK_SEQPACKET);
	SAME(SOCK_CLOEXEC);
	SAME(SOCK_NONBLOCK);
	SAME(MSG_OOB);
	SAME(MSG_PEEK);
	SAME(MSG_CTRUNC);
	SAME(MSG_TRUNC);
	SAME(MSG_DONTWAIT);
	SAME(MSG_EOR);
	SAME(MSG_WAITALL);
	SAME(MSG_NOSIGNAL);
	SAME(MSG_WAITFORONE);
	SAME(MSG_CMSG_CLOEXEC);
	SAME(SOL_SOCKET);
	SAME(SCM_RIGHTS);
	SAME(SCM_CREDENTIALS);
	SAME(SIOCOUTQ);
	SAME(SIOCINQ);
}

static void socket_options_are_linux_s(void **state)
{
	(void)state;
	SAME(SO_DEBUG);
	SAME(SO_REUSEADDR);
	SAME(SO_TYPE);
	SAME(SO_ERROR);
	SAME(SO_DONTROUTE);
	SAME(SO_BROADCAST);
	SAME(SO_SNDBUF);
	SAME(SO_RCVBUF);
	SAME(SO_KEEPALIVE);
	SAME(SO_OOBINLINE);
	SAME(SO_NO_CHECK);
	SAME(SO_PRIORITY);
	SAME(SO_LINGER);
	SAME(SO_PASSCRED);
	SAME(SO_PEERCRED);
	SAME(SO_RCVLOWAT);
	SAME(SO_SNDLOWAT);
	SAME(SO_RCVTIMEO);
	SAME(SO_SNDTIMEO);
	SAME(SO_ACCEPTCONN);
	SAME(SO_SNDBUFFORCE);
	SAME(SO_RCVBUFFORCE);
	SAME(SO_PROTOCOL);
	SAME(SO_DOMAIN);
}

static void inotify_is_linux_s(void **state)
{
	(void)state;
	SAME(IN_ALL_EVENTS);
	SAME(IN_DELETE_SELF);
	SAME(IN_UNMOUNT);
	SAME(IN_Q_OVERFLOW);
	SAME(IN_IGNORED);
	SAME(IN_ONLYDIR);
	SAME(IN_DONT_FOLLOW);
	SAME(IN_EXCL_UNLINK);
	SAME(IN_MASK_CREATE);
	SAME(IN_MASK_ADD);
	SAME(IN_ISDIR);
	SAME(IN_ONESHOT);
	SAME(IN_CLOEXEC);
	SAME(IN_NONBLOCK);
}

static void structures_are_linux_s(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct linux_epoll_event), sizeof(struct epoll_event));
	SAME_FIELD(struct linux_epoll_event, data, struct epoll_event, data);
	SAME_FIELD(struct linux_signalfd_siginfo, uid, struct signalfd_siginfo, ssi_uid);
	SAME_FIELD(struct linux_signalfd_siginfo, band, struct signalfd_siginfo, ssi_band);
	SAME_FIELD(struct linux_signalfd_siginfo, status, struct signalfd_siginfo, ssi_status);
	SAME_FIELD(struct linux_signalfd_siginfo, pointer, struct signalfd_siginfo, ssi_ptr);
	SAME_FIELD(struct linux_signalfd_siginfo, address, struct signalfd_siginfo, ssi_addr);
	SAME_FIELD(struct linux_signalfd_siginfo, call_address, struct signalfd_siginfo, ssi_call_addr);
	SAME_FIELD(struct linux_msghdr, vector, struct msghdr, msg_iov);
	SAME_FIELD(struct linux_msghdr, control, struct msghdr, msg_control);
	SAME_FIELD(struct linux_msghdr, flags, struct msghdr, msg_flags);
	SAME_FIELD(struct linux_mmsghdr, length, struct mmsghdr, msg_len);
	SAME_FIELD(struct linux_cmsghdr, type, struct cmsghdr, cmsg_type);
	SAME_FIELD(struct linux_inotify_event, name_bytes, struct inotify_event, len);
	assert_int_equal(sizeof(struct linux_sockaddr_un), sizeof(struct sockaddr_un));
	assert_int_equal(LINUX_CMSG_ALIGN(13), CMSG_ALIGN(13));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readiness_is_linux_s),          cmocka_unit_test(epoll_is_linux_s),
		cmocka_unit_test(event_descriptors_are_linux_s), cmocka_unit_test(sockets_are_linux_s),
		cmocka_unit_test(socket_options_are_linux_s),    cmocka_unit_test(inotify_is_linux_s),
		cmocka_unit_test(structures_are_linux_s),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
