/* SPDX-License-Identifier: MIT */
/*
 * Sockets: addresses, options, messages and what rides on them.
 */
#include "linux_abi/socket.h"
#include "calls/strace/tell.h"
#include "core/guest_memory.h"

#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define CONTROL_SHOWN 256u

struct linux_sockaddr_in {
	uint16_t family;
	uint8_t port[2], address[4];
};

static void tell_unix_name(struct tell *tell, const struct linux_sockaddr_un *name, uint64_t bytes)
{
	bool hidden = !name->path[0];
	uint64_t most = bytes < sizeof(name->path) ? bytes : sizeof(name->path);
	if (!most)
		return;
	format_append(&tell->out, hidden ? ", sun_path=@" : ", sun_path=");
	if (hidden)
		tell_quoted(tell, name->path + 1, most - 1, false);
	else
		tell_quoted(tell, name->path, __builtin_strnlen(name->path, most), false);
}

static void tell_inet_name(struct tell *tell, const struct linux_sockaddr_in *name)
{
	format_append(&tell->out, ", sin_port=htons(%u), sin_addr=inet_addr(\"%u.%u.%u.%u\")",
		      (uint32_t)name->port[0] << 8 | name->port[1], name->address[0], name->address[1],
		      name->address[2], name->address[3]);
}

static void tell_address_bytes(struct tell *tell, uint64_t address, uint64_t length)
{
	union {
		uint16_t family;
		struct linux_sockaddr_un local;
		struct linux_sockaddr_in inet;
		char bytes[LINUX_SOCKADDR_MAX];
	} name = { .bytes = { 0 } };
	uint64_t bytes = length < sizeof(name) ? length : sizeof(name);
	if (bytes < sizeof(name.family)) {
		tell_pointer(tell, address);
		return;
	}
	if (!tell_fetch(tell, &name, address, bytes))
		return;
	format_append(&tell->out, "{sa_family=");
	tell_names(tell, NAMES_AF, name.family);
	bytes -= sizeof(name.family);
	if (name.family == LINUX_AF_UNIX)
		tell_unix_name(tell, &name.local, bytes);
	else if (name.family == AF_INET && bytes + sizeof(name.family) >= sizeof(name.inet))
		tell_inet_name(tell, &name.inet);
	else if (bytes) {
		format_append(&tell->out, ", sa_data=");
		tell_quoted(tell, name.bytes + sizeof(name.family), bytes, false);
	}
	format_append(&tell->out, "}");
}

bool decode_socket_address(struct tell *tell, uint64_t value)
{
	tell_address_bytes(tell, value, (uint32_t)tell_next(tell));
	return true;
}

/* An address that was written; its length had a limit before. */
bool decode_socket_address_out(struct tell *tell, uint64_t value)
{
	uint32_t length = 0, limit = (uint32_t)tell->before[tell->index + 1][0];
	if (!value || guest_read(&length, (gaddr_t){ tell_next(tell) }, sizeof(length)))
		tell_pointer(tell, value);
	else
		tell_address_bytes(tell, value, length < limit ? length : limit);
	return true;
}

bool decode_socket_length(struct tell *tell, uint64_t value)
{
	uint32_t before = (uint32_t)tell->before[tell->index][0], length;
	if (!tell->ended)
		return false;
	if (tell_fetch(tell, &length, value, sizeof(length)))
		format_append(&tell->out, length == before || tell_failed(tell) ? "[%u]" : "[%u => %u]",
			      before, length);
	return true;
}

bool decode_protocol(struct tell *tell, uint64_t value)
{
	switch (tell->arguments[0]) {
	case AF_INET:
	case AF_INET6: tell_names(tell, NAMES_IPPROTO, (uint32_t)value); break;
	case AF_NETLINK: tell_names(tell, NAMES_NETLINK, (uint32_t)value); break;
	default: format_append(&tell->out, "%d", (int32_t)value); break;
	}
	return true;
}

bool decode_socket_option(struct tell *tell, uint64_t value)
{
	if (tell->arguments[1] == LINUX_SOL_SOCKET)
		tell_names(tell, NAMES_SO, (uint32_t)value);
	else
		format_append(&tell->out, "%d", (int32_t)value);
	return true;
}

static void tell_option(struct tell *tell, uint32_t option, uint64_t value, uint32_t length)
{
	union {
		struct linux_ucred owner;
		int32_t words[3];
		int64_t time[2];
	} bytes;
	if (option == LINUX_SO_PEERCRED && length == sizeof(bytes.owner)) {
		if (tell_fetch(tell, &bytes, value, sizeof(bytes.owner)))
			format_append(&tell->out, "{pid=%d, uid=%u, gid=%u}", bytes.owner.pid,
				      bytes.owner.uid, bytes.owner.gid);
	} else if (option == LINUX_SO_LINGER && length >= sizeof(bytes.words[0]) * 2) {
		if (tell_fetch(tell, &bytes, value, sizeof(bytes.words[0]) * 2))
			format_append(&tell->out, "{l_onoff=%d, l_linger=%d}", bytes.words[0],
				      bytes.words[1]);
	} else if ((option == LINUX_SO_RCVTIMEO || option == LINUX_SO_SNDTIMEO) &&
		   length == sizeof(bytes.time)) {
		(void)tell_timeval_at(tell, value);
	} else if (length == sizeof(bytes.words[0])) {
		tell_numbers(tell, value, 1);
	} else {
		tell_data(tell, value, length);
	}
}

bool decode_option_value(struct tell *tell, uint64_t value)
{
	uint32_t length = (uint32_t)tell_next(tell);
	if (tell->row->kinds[tell->index] == ARGUMENT_OUT &&
	    guest_read(&length, (gaddr_t){ tell_next(tell) }, sizeof(length)))
		tell_pointer(tell, value);
	else
		tell_option(tell, (uint32_t)tell->arguments[2], value, length);
	return true;
}

static void tell_control_data(struct tell *tell, const struct linux_cmsghdr *header, const char *data,
			      uint64_t bytes)
{
	const struct linux_ucred *owner = (const void *)data;
	const int32_t *fds = (const void *)data;
	if (header->level == LINUX_SOL_SOCKET && header->type == LINUX_SCM_CREDENTIALS &&
	    bytes >= sizeof(*owner)) {
		format_append(&tell->out, "{pid=%d, uid=%u, gid=%u}", owner->pid, owner->uid, owner->gid);
		return;
	}
	if (header->level != LINUX_SOL_SOCKET || header->type != LINUX_SCM_RIGHTS) {
		tell_in_hex(tell, data, bytes, false);
		return;
	}
	format_append(&tell->out, "[");
	for (uint64_t i = 0; i < bytes / sizeof(*fds); i++)
		format_append(&tell->out, i ? ", %d" : "%d", fds[i]);
	format_append(&tell->out, "]");
}

static void tell_control(struct tell *tell, uint64_t address, uint64_t length)
{
	char bytes[CONTROL_SHOWN] __attribute__((aligned(8)));
	uint64_t shown = length < sizeof(bytes) ? length : sizeof(bytes);
	struct linux_cmsghdr *header;
	if (!tell_fetch(tell, bytes, address, shown))
		return;
	for (uint64_t at = 0; at + sizeof(*header) <= shown; at += LINUX_CMSG_ALIGN(header->length)) {
		header = (void *)(bytes + at);
		format_append(&tell->out, at ? ", {cmsg_len=%lu, cmsg_level=" : "[{cmsg_len=%lu, cmsg_level=",
			      header->length);
		tell_names(tell, NAMES_SOL, (uint32_t)header->level);
		format_append(&tell->out, ", cmsg_type=");
		tell_names(tell, NAMES_SCM, (uint32_t)header->type);
		if (header->length < sizeof(*header) || header->length > shown - at) {
			format_append(&tell->out, "}");
			break;
		}
		format_append(&tell->out, ", cmsg_data=");
		tell_control_data(tell, header, bytes + at + sizeof(*header),
				  header->length - sizeof(*header));
		format_append(&tell->out, "}");
	}
	format_append(&tell->out, "]");
}

static void tell_message(struct tell *tell, uint64_t address, uint64_t bytes)
{
	struct linux_msghdr message;
	uint32_t length_before = (uint32_t)(tell->row->kinds[1] == ARGUMENT_PTR &&
							    address == tell->arguments[1]
						    ? tell->before[1][1]
						    : 0);
	if (!tell_fetch(tell, &message, address, sizeof(message)))
		return;
	format_append(&tell->out, "{msg_name=");
	if (message.name)
		tell_address_bytes(tell, message.name, (uint32_t)message.name_length);
	else
		tell_pointer(tell, 0);
	if (tell->ended && (uint32_t)message.name_length != length_before)
		format_append(&tell->out, ", msg_namelen=%u => %d, msg_iov=", length_before,
			      message.name_length);
	else
		format_append(&tell->out, ", msg_namelen=%d, msg_iov=", message.name_length);
	tell_vector(tell, message.vector, message.vector_count, bytes);
	format_append(&tell->out, ", msg_iovlen=%lu", message.vector_count);
	if (message.control_length) {
		format_append(&tell->out, ", msg_control=");
		tell_control(tell, message.control, message.control_length);
	}
	format_append(&tell->out, ", msg_controllen=%lu, msg_flags=", message.control_length);
	tell_names(tell, NAMES_MSG, message.flags);
	format_append(&tell->out, "}");
}

bool decode_message(struct tell *tell, uint64_t value)
{
	tell_message(tell, value, UINT64_MAX);
	return true;
}

bool decode_message_out(struct tell *tell, uint64_t value)
{
	if (!tell->ended)
		return false;
	if (tell_failed(tell))
		tell_pointer(tell, value);
	else
		tell_message(tell, value, (uint64_t)tell->result);
	return true;
}

static void tell_messages(struct tell *tell, uint64_t address, uint64_t count, bool answered)
{
	struct linux_mmsghdr message;
	if (!count && address) {
		format_append(&tell->out, "[]");
		return;
	}
	if (!tell_fetch(tell, &message, address, sizeof(message)))
		return;
	for (uint64_t i = 0; i < count && i < TELL_SHOWN; i++, address += sizeof(message)) {
		format_append(&tell->out, i ? ", {msg_hdr=" : "[{msg_hdr=");
		if (guest_read(&message, (gaddr_t){ address }, sizeof(message)))
			break;
		tell_message(tell, address, answered ? message.length : UINT64_MAX);
		format_append(&tell->out, answered ? ", msg_len=%u}" : "}", message.length);
	}
	format_append(&tell->out, "]");
}

/* Both tell of each message how long it was: known when the call ended. */
bool decode_messages(struct tell *tell, uint64_t value)
{
	if (!tell->ended)
		return false;
	tell_messages(tell, value, tell_failed(tell) ? (uint32_t)tell_next(tell) : (uint64_t)tell->result,
		      !tell_failed(tell));
	return true;
}

bool decode_messages_out(struct tell *tell, uint64_t value)
{
	if (!tell->ended)
		return false;
	if (tell_failed(tell))
		tell_pointer(tell, value);
	else
		tell_messages(tell, value, (uint64_t)tell->result, true);
	return true;
}
