/* SPDX-License-Identifier: MIT */
/*
 * poll, select and epoll: what is waited for, and what was ready.
 */
#include "linux_abi/poll.h"
#include "calls/strace/tell.h"
#include "core/guest_memory.h"
#include "linux_abi/epoll.h"

#define BITS_PER_WORD 64

/* Before the call. */
bool decode_poll(struct tell *tell, uint64_t value)
{
	struct linux_pollfd entry;
	uint64_t count = (uint32_t)tell_next(tell);
	if (!count && value) {
		format_append(&tell->out, "[]");
		return true;
	}
	if (!tell_fetch(tell, &entry, value, sizeof(entry)))
		return true;
	for (uint64_t i = 0; i < count && i < TELL_SHOWN; i++, value += sizeof(entry)) {
		format_append(&tell->out, i ? ", " : "[");
		if (!tell_fetch(tell, &entry, value, sizeof(entry)))
			break;
		format_append(&tell->out, "{fd=%d", entry.fd);
		if (entry.fd >= 0) {
			format_append(&tell->out, ", events=");
			tell_names(tell, NAMES_POLL, entry.events);
		}
		format_append(&tell->out, "}");
	}
	format_append(&tell->out, count > TELL_SHOWN ? ", ...]" : "]");
	return true;
}

/* ", left {...}" of a call that shortens its time. */
static void tell_left(struct tell *tell, const char *between, uint32_t index, bool is_timeval)
{
	if (!tell->arguments[index])
		return;
	format_append(&tell->out, "%sleft ", between);
	if (is_timeval)
		(void)tell_timeval_at(tell, tell->arguments[index]);
	else
		(void)tell_timespec_at(tell, tell->arguments[index]);
}

void tell_poll(struct tell *tell)
{
	struct linux_pollfd entry;
	uint64_t at = tell->arguments[0], count = (uint32_t)tell->arguments[1];
	const char *between = " ([";
	format_append(&tell->out, "%ld", tell->result);
	if (!tell->result) {
		format_append(&tell->out, " (Timeout)");
		return;
	}
	for (uint64_t i = 0; i < count && i < TELL_SHOWN; i++, at += sizeof(entry)) {
		if (guest_read(&entry, (gaddr_t){ at }, sizeof(entry)))
			return;
		if (!entry.revents)
			continue;
		format_append(&tell->out, "%s{fd=%d, revents=", between, entry.fd);
		tell_names(tell, NAMES_POLL, entry.revents);
		format_append(&tell->out, "}");
		between = ", ";
	}
	format_append(&tell->out, "]");
	if (tell->number == CALL_NUMBER_ppoll)
		tell_left(tell, ", ", 2, false);
	format_append(&tell->out, ")");
}

static bool read_set(uint64_t set[LINUX_FD_SETSIZE / BITS_PER_WORD], uint64_t address, int32_t count)
{
	size_t words = ((size_t)count + BITS_PER_WORD - 1) / BITS_PER_WORD;
	return !guest_read(set, (gaddr_t){ address }, words * sizeof(set[0]));
}

static uint32_t tell_bits(struct tell *tell, const uint64_t *set, int32_t count)
{
	uint32_t found = 0;
	format_append(&tell->out, "[");
	for (int32_t fd = 0; fd < count; fd++)
		if (set[fd / BITS_PER_WORD] >> (fd % BITS_PER_WORD) & 1)
			format_append(&tell->out, found++ ? " %d" : "%d", fd);
	format_append(&tell->out, "]");
	return found;
}

static int32_t set_size(const struct tell *tell)
{
	int32_t count = (int32_t)tell->arguments[0];
	return count < 0 ? 0 : count > LINUX_FD_SETSIZE ? LINUX_FD_SETSIZE : count;
}

bool decode_fd_set(struct tell *tell, uint64_t value)
{
	uint64_t set[LINUX_FD_SETSIZE / BITS_PER_WORD];
	if (value && read_set(set, value, set_size(tell)))
		(void)tell_bits(tell, set, set_size(tell));
	else
		tell_pointer(tell, value);
	return true;
}

static bool has_any(const uint64_t *set, int32_t count)
{
	for (int32_t fd = 0; fd < count; fd++)
		if (set[fd / BITS_PER_WORD] >> (fd % BITS_PER_WORD) & 1)
			return true;
	return false;
}

void tell_select(struct tell *tell)
{
	static const char *const names[] = { "in ", "out ", "except " };
	uint64_t set[LINUX_FD_SETSIZE / BITS_PER_WORD];
	int32_t count = set_size(tell);
	const char *between = " (";
	format_append(&tell->out, "%ld", tell->result);
	if (!tell->result) {
		format_append(&tell->out, " (Timeout)");
		return;
	}
	for (uint32_t i = 0; i < 3; i++) {
		uint64_t address = tell->arguments[i + 1];
		if (!address || !read_set(set, address, count) || !has_any(set, count))
			continue;
		format_append(&tell->out, "%s%s", between, names[i]);
		(void)tell_bits(tell, set, count);
		between = ", ";
	}
	tell_left(tell, between, 4, tell->number == CALL_NUMBER_select);
	format_append(&tell->out, ")");
}

static void tell_event(struct tell *tell, const struct linux_epoll_event *event)
{
	format_append(&tell->out, "{events=");
	tell_names(tell, NAMES_EPOLL_EVENTS, event->events);
	format_append(&tell->out, ", data={u32=%u, u64=%lu}}", (uint32_t)event->data, event->data);
}

bool decode_epoll_event(struct tell *tell, uint64_t value)
{
	struct linux_epoll_event event;
	if (tell->arguments[1] == LINUX_EPOLL_CTL_DEL)
		tell_pointer(tell, value);
	else if (tell_fetch(tell, &event, value, sizeof(event)))
		tell_event(tell, &event);
	return true;
}

bool decode_epoll_events(struct tell *tell, uint64_t value)
{
	struct linux_epoll_event event;
	uint64_t count = (uint64_t)tell->result;
	format_append(&tell->out, "[");
	for (uint64_t i = 0; i < count && i < TELL_SHOWN; i++, value += sizeof(event)) {
		format_append(&tell->out, i ? ", " : "");
		if (!tell_fetch(tell, &event, value, sizeof(event)))
			break;
		tell_event(tell, &event);
	}
	format_append(&tell->out, count > TELL_SHOWN ? ", ...]" : "]");
	return true;
}
