/* SPDX-License-Identifier: MIT */
/*
 * setsockopt(2) and getsockopt(2) at level SOL_SOCKET, with the values that Linux shows (socket(7)).
 *
 * Switches that mean nothing to local sockets are remembered and read back, as there.
 */
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "linux_abi/process.h"
#include "process/credentials.h"
#include "process/process.h"
#include "stream/socket.h"
#include "stream/socket_calls.h"

#define BUFFER_SETTABLE_MAX 212992u /* /proc/sys/net/core/wmem_max, rmem_max */
#define BUFFER_FORCED_MAX (INT32_MAX / 2)
#define SEND_BUFFER_MIN 4608u
#define RECEIVE_BUFFER_MIN 2304u
#define NS_PER_US 1000
#define US_PER_SECOND 1000000

#define SWITCHES                                                                                             \
	(1u << LINUX_SO_REUSEADDR | 1u << LINUX_SO_DONTROUTE | 1u << LINUX_SO_BROADCAST |                    \
	 1u << LINUX_SO_KEEPALIVE | 1u << LINUX_SO_OOBINLINE | 1u << LINUX_SO_NO_CHECK |                     \
	 1u << LINUX_SO_PASSCRED | 1u << LINUX_SO_DEBUG)

struct timeval_option {
	int64_t seconds, microseconds;
};

struct linger_option {
	int32_t on, seconds;
};

static bool is_switch(int32_t option)
{
	return option > 0 && option < 32 && SWITCHES & 1u << option;
}

/* Linux keeps twice what is asked for, its own overhead included. */
static uint32_t buffer_size(int32_t asked, uint32_t maximum, uint32_t minimum)
{
	uint32_t size = (uint32_t)asked > maximum ? maximum : (uint32_t)asked;
	size *= 2;
	return size < minimum ? minimum : size;
}

static int set_buffer(struct thread *self, struct unix_socket *socket, int32_t option, int32_t value)
{
	bool forced = option == LINUX_SO_SNDBUFFORCE || option == LINUX_SO_RCVBUFFORCE;
	uint32_t maximum = forced ? BUFFER_FORCED_MAX : BUFFER_SETTABLE_MAX;
	if (forced && !thread_capable(self, LINUX_CAP_NET_ADMIN))
		return -EPERM;
	if (forced && value < 0)
		value = 0;
	if (option == LINUX_SO_SNDBUF || option == LINUX_SO_SNDBUFFORCE)
		socket->options.send_buffer = buffer_size(value, maximum, SEND_BUFFER_MIN);
	else
		socket->options.receive_buffer = buffer_size(value, maximum, RECEIVE_BUFFER_MIN);
	unix_wake(socket);
	return 0;
}

static int set_timeout(struct unix_socket *socket, int32_t option, gaddr_t guest, int32_t length)
{
	struct timeval_option time;
	uint64_t ns;
	if (length < (int32_t)sizeof(time))
		return -EINVAL;
	if (guest_read(&time, guest, sizeof(time)))
		return -EFAULT;
	if (time.microseconds < 0 || time.microseconds >= US_PER_SECOND)
		return -EDOM;
	ns = time.seconds < 0 ? 1 : (uint64_t)time.microseconds * NS_PER_US;
	if (time.seconds >= INT64_MAX / NS_PER_SECOND / 2)
		ns = 0;
	else if (time.seconds > 0)
		ns += (uint64_t)time.seconds * NS_PER_SECOND;
	if (option == LINUX_SO_SNDTIMEO)
		socket->options.send_timeout_ns = ns;
	else
		socket->options.receive_timeout_ns = ns;
	return 0;
}

static int set_linger(struct unix_socket *socket, gaddr_t guest, int32_t length)
{
	struct linger_option linger;
	if (length < (int32_t)sizeof(linger))
		return -EINVAL;
	if (guest_read(&linger, guest, sizeof(linger)))
		return -EFAULT;
	socket->options.linger_on = linger.on != 0;
	if (linger.on)
		socket->options.linger_seconds = linger.seconds;
	return 0;
}

static void set_switch(struct unix_socket *socket, int32_t option, bool on)
{
	uint32_t bit = 1u << option;
	socket->options.set = on ? socket->options.set | bit : socket->options.set & ~bit;
}

static int set_number(struct thread *self, struct unix_socket *socket, int32_t option, int32_t value)
{
	if (option == LINUX_SO_DEBUG && value && !thread_capable(self, LINUX_CAP_NET_ADMIN))
		return -EACCES;
	if (is_switch(option)) {
		set_switch(socket, option, value);
		return 0;
	}
	switch (option) {
	case LINUX_SO_SNDBUF:
	case LINUX_SO_RCVBUF:
	case LINUX_SO_SNDBUFFORCE:
	case LINUX_SO_RCVBUFFORCE: return set_buffer(self, socket, option, value);
	case LINUX_SO_PRIORITY:
		if ((value < 0 || value > 6) && !thread_capable(self, LINUX_CAP_NET_ADMIN))
			return -EPERM;
		socket->options.priority = value;
		return 0;
	case LINUX_SO_RCVLOWAT:
		socket->options.receive_low = value > 0 ? value : value < 0 ? INT32_MAX : 1;
		return 0;
	default: return -ENOPROTOOPT;
	}
}

int socket_option_set(struct thread *self, struct unix_socket *socket, int32_t option, gaddr_t guest,
		      int32_t length)
{
	int32_t value;
	int error;
	if (option == LINUX_SO_RCVTIMEO || option == LINUX_SO_SNDTIMEO)
		return set_timeout(socket, option, guest, length);
	if (length < (int32_t)sizeof(value))
		return -EINVAL;
	if (option == LINUX_SO_LINGER)
		return set_linger(socket, guest, length);
	if (guest_read(&value, guest, sizeof(value)))
		return -EFAULT;
	lock_acquire(&unix_lock);
	error = set_number(self, socket, option, value);
	lock_release(&unix_lock);
	return error;
}

/* What is shown: one of several shapes. */
union shown {
	int32_t number;
	struct linger_option linger;
	struct timeval_option time;
	struct linux_ucred credentials;
};

static struct timeval_option timeout_shown(uint64_t ns)
{
	return (struct timeval_option){ (int64_t)(ns / NS_PER_SECOND),
					(int64_t)(ns % NS_PER_SECOND / NS_PER_US) };
}

/* Options that are one number: 0 or -ENOPROTOOPT. U. */
static int get_number(struct unix_socket *socket, int32_t option, int32_t *value)
{
	if (is_switch(option)) {
		*value = socket->options.set >> option & 1;
		return 0;
	}
	switch (option) {
	case LINUX_SO_TYPE: *value = (int32_t)socket->type; return 0;
	case LINUX_SO_DOMAIN: *value = LINUX_AF_UNIX; return 0;
	case LINUX_SO_PROTOCOL: *value = 0; return 0;
	case LINUX_SO_ERROR: *value = -unix_take_error(socket); return 0;
	case LINUX_SO_SNDBUF: *value = (int32_t)socket->options.send_buffer; return 0;
	case LINUX_SO_RCVBUF: *value = (int32_t)socket->options.receive_buffer; return 0;
	case LINUX_SO_PRIORITY: *value = socket->options.priority; return 0;
	case LINUX_SO_RCVLOWAT: *value = socket->options.receive_low; return 0;
	case LINUX_SO_SNDLOWAT: *value = 1; return 0;
	case LINUX_SO_ACCEPTCONN: *value = socket->state == UNIX_LISTENING; return 0;
	default: return -ENOPROTOOPT;
	}
}

/* Bytes of the shown option, or -ENOPROTOOPT. U. */
static int option_show(struct unix_socket *socket, int32_t option, union shown *shown)
{
	const struct unix_options *options = &socket->options;
	int error;
	switch (option) {
	case LINUX_SO_LINGER:
		shown->linger = (struct linger_option){ options->linger_on, options->linger_seconds };
		return sizeof(shown->linger);
	case LINUX_SO_RCVTIMEO:
		shown->time = timeout_shown(options->receive_timeout_ns);
		return sizeof(shown->time);
	case LINUX_SO_SNDTIMEO:
		shown->time = timeout_shown(options->send_timeout_ns);
		return sizeof(shown->time);
	case LINUX_SO_PEERCRED: shown->credentials = socket->peer_identity; return sizeof(shown->credentials);
	default:
		error = get_number(socket, option, &shown->number);
		return error ? error : (int)sizeof(shown->number);
	}
}

int socket_option_get(struct unix_socket *socket, int32_t option, gaddr_t guest, gaddr_t guest_length)
{
	union shown shown;
	int32_t length;
	int bytes;
	if (guest_read(&length, guest_length, sizeof(length)))
		return -EFAULT;
	if (length < 0)
		return -EINVAL;
	lock_acquire(&unix_lock);
	bytes = option_show(socket, option, &shown);
	lock_release(&unix_lock);
	if (bytes < 0)
		return bytes;
	if (length > bytes)
		length = bytes;
	if (guest_write(guest, &shown, (size_t)length))
		return -EFAULT;
	return guest_write(guest_length, &length, sizeof(length));
}

int64_t sys_setsockopt(struct thread *self, int32_t fd, int32_t level, int32_t option, gaddr_t value,
		       int32_t length)
{
	struct file *file;
	int error = socket_find(self, fd, &file);
	if (error)
		return error;
	if (length < 0)
		error = -EINVAL;
	else
		error = level == LINUX_SOL_SOCKET
				? socket_option_set(self, file->object, option, value, length)
				: -EOPNOTSUPP;
	file_put(file);
	return error;
}

int64_t sys_getsockopt(struct thread *self, int32_t fd, int32_t level, int32_t option, gaddr_t value,
		       gaddr_t length)
{
	struct file *file;
	int error = socket_find(self, fd, &file);
	if (error)
		return error;
	error = level == LINUX_SOL_SOCKET ? socket_option_get(file->object, option, value, length)
					  : -EOPNOTSUPP;
	file_put(file);
	return error;
}
