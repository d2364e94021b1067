/* SPDX-License-Identifier: MIT */
/*
 * The calls that move messages: sendto(2), recvfrom(2), sendmsg(2), recvmsg(2), sendmmsg(2), recvmmsg(2).
 */
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "linux_abi/files.h"
#include "process/credentials.h"
#include "process/process.h"
#include "process/restart.h"
#include "stream/socket.h"
#include "stream/socket_calls.h"

#define MESSAGES_MAX 1024u
#define VECTOR_MAX 1024u

static bool call_blocks(const struct file *file, uint32_t flags)
{
	return !(flags & LINUX_MSG_DONTWAIT) &&
	       !(__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & LINUX_O_NONBLOCK);
}

static void send_begin(struct thread *self, const struct file *file, uint32_t flags, struct socket_send *send)
{
	send->flags = flags;
	send->block = call_blocks(file, flags);
	send->has_name = false;
	send->name_length = 0;
	send->rights = NULL;
	send->claimed = false;
	send->credentials = (struct linux_ucred){ self->process->pid, self->credentials->uid,
						  self->credentials->gid };
}

static int send_read_name(struct socket_send *send, gaddr_t name, int64_t length)
{
	if (!name.value || !length)
		return 0;
	if (length < 0 || length > (int64_t)LINUX_SOCKADDR_MAX)
		return -EINVAL;
	send->name_length = (uint32_t)length;
	send->has_name = true;
	return guest_read(send->name, name, (size_t)length);
}

int64_t sys_sendto(struct thread *self, int32_t fd, gaddr_t buffer, uint64_t count, uint32_t flags,
		   gaddr_t name, int32_t length)
{
	struct socket_send send;
	struct guest_iter iter;
	struct file *file;
	int64_t result = socket_find(self, fd, &file);
	if (result)
		return result;
	iter_init_buffer(&iter, buffer, count);
	send_begin(self, file, flags, &send);
	send.iter = &iter;
	result = send_read_name(&send, name, length);
	if (!result)
		result = unix_send(self, file->object, &send);
	file_put(file);
	return result;
}

static int message_vector(struct guest_iter *iter, const struct linux_msghdr *header)
{
	if (header->vector_count > VECTOR_MAX)
		return -EMSGSIZE;
	return iter_init_vector(iter, (gaddr_t){ header->vector }, header->vector_count);
}

static int64_t send_run(struct thread *self, struct file *file, const struct linux_msghdr *header,
			struct socket_send *send)
{
	int64_t result = socket_control_read(self, (gaddr_t){ header->control }, header->control_length,
					     send);
	if (!result)
		result = unix_send(self, file->object, send);
	unix_rights_drop(send->rights);
	return result;
}

/* One message described by a msghdr in guest memory. */
static int64_t send_message(struct thread *self, struct file *file, gaddr_t guest, uint32_t flags)
{
	struct linux_msghdr header;
	struct socket_send send;
	struct guest_iter iter;
	int64_t result, length;
	if (guest_read(&header, guest, sizeof(header)))
		return -EFAULT;
	send_begin(self, file, flags, &send);
	length = header.name_length > (int32_t)LINUX_SOCKADDR_MAX ? (int32_t)LINUX_SOCKADDR_MAX
								  : header.name_length;
	result = send_read_name(&send, (gaddr_t){ header.name }, length);
	if (!result)
		result = message_vector(&iter, &header);
	if (result)
		return result;
	send.iter = &iter;
	result = send_run(self, file, &header, &send);
	iter_free(&iter);
	return result;
}

/* Sends or receives the message whose msghdr is there. */
typedef int64_t message_move(struct thread *self, struct file *file, gaddr_t message, uint32_t flags);

static int64_t move_by_descriptor(struct thread *self, int32_t fd, gaddr_t message, uint32_t flags,
				  message_move *move)
{
	struct file *file;
	int64_t result = socket_find(self, fd, &file);
	if (result)
		return result;
	result = move(self, file, message, flags);
	file_put(file);
	return result;
}

int64_t sys_sendmsg(struct thread *self, int32_t fd, gaddr_t message, uint32_t flags)
{
	return flags & LINUX_MSG_CMSG_COMPAT ? -EINVAL
					     : move_by_descriptor(self, fd, message, flags, send_message);
}

/* The n-th of an array, whose length field then says how many bytes it was. */
static int64_t move_of_array(struct thread *self, struct file *file, gaddr_t message, uint32_t flags,
			     message_move *move)
{
	int64_t result = move(self, file, message, flags);
	uint32_t length = (uint32_t)result;
	if (result < 0)
		return result;
	return guest_write(gaddr_add(message, sizeof(struct linux_msghdr)), &length, sizeof(length));
}

static gaddr_t message_at(gaddr_t messages, uint32_t index)
{
	return gaddr_add(messages, (uint64_t)index * sizeof(struct linux_mmsghdr));
}

int64_t sys_sendmmsg(struct thread *self, int32_t fd, gaddr_t messages, uint32_t count, uint32_t flags)
{
	struct file *file;
	uint32_t done = 0;
	int64_t result = flags & LINUX_MSG_CMSG_COMPAT ? -EINVAL : socket_find(self, fd, &file);
	if (result)
		return result;
	if (count > MESSAGES_MAX)
		count = MESSAGES_MAX;
	while (done < count && result >= 0) {
		result = move_of_array(self, file, message_at(messages, done), flags, send_message);
		done += result >= 0;
	}
	file_put(file);
	return done ? (int64_t)done : result;
}

static void receive_begin(const struct file *file, uint32_t flags, struct socket_receive *receive)
{
	receive->flags = flags;
	receive->block = call_blocks(file, flags);
	receive->flags_out = 0;
	receive->name_length = 0;
	receive->has_credentials = false;
	receive->rights = NULL;
}

int64_t sys_recvfrom(struct thread *self, int32_t fd, gaddr_t buffer, uint64_t count, uint32_t flags,
		     gaddr_t name, gaddr_t length)
{
	struct socket_receive receive;
	struct guest_iter iter;
	struct file *file;
	int64_t result = socket_find(self, fd, &file);
	if (result)
		return result;
	iter_init_buffer(&iter, buffer, count);
	receive_begin(file, flags, &receive);
	receive.iter = &iter;
	result = unix_receive(self, file->object, &receive);
	unix_rights_drop(receive.rights);
	if (result >= 0 && name.value) {
		int error = socket_name_write(name, length, &receive.name, receive.name_length);
		result = error ? error : result;
	}
	file_put(file);
	return result;
}

static int receive_write_name(const struct linux_msghdr *header, gaddr_t guest,
			      const struct socket_receive *receive)
{
	gaddr_t length = gaddr_add(guest, offsetof(struct linux_msghdr, name_length));
	if (!header->name)
		return 0;
	return socket_name_write((gaddr_t){ header->name }, length, &receive->name, receive->name_length);
}

/* What recvmsg leaves in the header: name, control data, flags. */
static int receive_finish(struct thread *self, struct file *file, const struct linux_msghdr *header,
			  gaddr_t guest, struct socket_receive *receive)
{
	const struct unix_socket *socket = file->object;
	uint64_t length = header->control_length;
	int error;
	receive->has_credentials = receive->has_credentials && socket->options.set & 1u << LINUX_SO_PASSCRED;
	error = socket_control_write(self, receive, (gaddr_t){ header->control }, &length);
	if (!error)
		error = receive_write_name(header, guest, receive);
	if (!error)
		error = guest_write(gaddr_add(guest, offsetof(struct linux_msghdr, control_length)), &length,
				    sizeof(length));
	if (!error)
		error = guest_write(gaddr_add(guest, offsetof(struct linux_msghdr, flags)),
				    &receive->flags_out, sizeof(receive->flags_out));
	return error;
}

static int64_t receive_message(struct thread *self, struct file *file, gaddr_t guest, uint32_t flags)
{
	struct linux_msghdr header;
	struct socket_receive receive;
	struct guest_iter iter;
	int64_t result, error;
	if (guest_read(&header, guest, sizeof(header)))
		return -EFAULT;
	if (header.name && header.name_length < 0)
		return -EINVAL;
	result = message_vector(&iter, &header);
	if (result)
		return result;
	receive_begin(file, flags, &receive);
	receive.flags_out = flags & LINUX_MSG_CMSG_CLOEXEC;
	receive.iter = &iter;
	result = unix_receive(self, file->object, &receive);
	if (result >= 0) {
		error = receive_finish(self, file, &header, guest, &receive);
		result = error ? error : result;
	}
	unix_rights_drop(receive.rights);
	iter_free(&iter);
	return result;
}

int64_t sys_recvmsg(struct thread *self, int32_t fd, gaddr_t message, uint32_t flags)
{
	return flags & LINUX_MSG_CMSG_COMPAT ? -EINVAL
					     : move_by_descriptor(self, fd, message, flags, receive_message);
}

static int deadline_read(gaddr_t timeout, uint64_t *deadline_ns)
{
	struct linux_timespec time;
	*deadline_ns = DEADLINE_NEVER;
	if (!timeout.value)
		return 0;
	if (guest_read(&time, timeout, sizeof(time)))
		return -EFAULT;
	if (time.seconds < 0 || time.nanoseconds < 0 || time.nanoseconds >= NS_PER_SECOND)
		return -EINVAL;
	*deadline_ns = deadline_after(time.seconds, time.nanoseconds);
	return 0;
}

/* As on Linux the time-out is looked at only after each message. */
static int64_t receive_messages(struct thread *self, struct file *file, gaddr_t messages, uint32_t count,
				uint32_t flags, uint64_t deadline_ns)
{
	uint32_t done = 0;
	int64_t result = 0;
	while (done < count && result >= 0) {
		result = move_of_array(self, file, message_at(messages, done), flags & ~LINUX_MSG_WAITFORONE,
				       receive_message);
		done += result >= 0;
		if (flags & LINUX_MSG_WAITFORONE)
			flags |= LINUX_MSG_DONTWAIT;
		if (clock_monotonic_ns() >= deadline_ns)
			break;
	}
	return done ? (int64_t)done : result;
}

static void timeout_write(gaddr_t timeout, uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns();
	int64_t left = deadline_ns > now ? (int64_t)(deadline_ns - now) : 0;
	struct linux_timespec rest = { left / NS_PER_SECOND, left % NS_PER_SECOND };
	(void)!guest_write(timeout, &rest, sizeof(rest));
}

int64_t sys_recvmmsg(struct thread *self, int32_t fd, gaddr_t messages, uint32_t count, uint32_t flags,
		     gaddr_t timeout)
{
	uint64_t deadline_ns;
	struct file *file;
	int64_t result = flags & LINUX_MSG_CMSG_COMPAT ? -EINVAL : deadline_read(timeout, &deadline_ns);
	if (!result)
		result = socket_find(self, fd, &file);
	if (result)
		return result;
	result = receive_messages(self, file, messages, count < MESSAGES_MAX ? count : MESSAGES_MAX, flags,
				  deadline_ns);
	file_put(file);
	if (result > 0 && timeout.value)
		timeout_write(timeout, deadline_ns);
	return result;
}
