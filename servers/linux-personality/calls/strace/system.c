/* SPDX-License-Identifier: MIT */
/*
 * The system, its CPUs, groups and personalities.
 */
#include "calls/strace/tell.h"
#include "core/guest_memory.h"
#include "linux_abi/capability.h"
#include "linux_abi/process.h"

#define NAME_BYTES 65u
#define CPU_BYTES 128u
#define PERSONA_ASKS 0xffffffffu

bool decode_uname(struct tell *tell, uint64_t value)
{
	char names[2][NAME_BYTES];
	if (!tell_fetch(tell, names, value, sizeof(names)))
		return true;
	format_append(&tell->out, "{sysname=");
	tell_quoted(tell, names[0], __builtin_strnlen(names[0], NAME_BYTES), false);
	format_append(&tell->out, ", nodename=");
	tell_quoted(tell, names[1], __builtin_strnlen(names[1], NAME_BYTES), false);
	format_append(&tell->out, ", ...}");
	return true;
}

bool decode_sysinfo(struct tell *tell, uint64_t value)
{
	struct {
		int64_t uptime;
		uint64_t loads[3], total, free, shared, buffers, swap, free_swap;
		uint16_t processes, padding;
		uint64_t high, free_high;
		uint32_t unit;
	} info;
	if (!tell_fetch(tell, &info, value, sizeof(info)))
		return true;
	format_append(
		&tell->out, "{uptime=%ld, loads=[%lu, %lu, %lu], totalram=%lu, freeram=%lu, sharedram=%lu",
		info.uptime, info.loads[0], info.loads[1], info.loads[2], info.total, info.free, info.shared);
	format_append(&tell->out, ", bufferram=%lu, totalswap=%lu, freeswap=%lu, procs=%u, totalhigh=%lu",
		      info.buffers, info.swap, info.free_swap, info.processes, info.high);
	format_append(&tell->out, ", freehigh=%lu, mem_unit=%u}", info.free_high, info.unit);
	return true;
}

bool decode_tms(struct tell *tell, uint64_t value)
{
	struct linux_tms times;
	if (tell_fetch(tell, &times, value, sizeof(times)))
		format_append(&tell->out, "{tms_utime=%ld, tms_stime=%ld, tms_cutime=%ld, tms_cstime=%ld}",
			      times.user, times.system, times.child_user, times.child_system);
	return true;
}

/* Given with their number before, asked for with room for so many. */
bool decode_groups(struct tell *tell, uint64_t value)
{
	bool answered = tell->row->kinds[tell->index] == ARGUMENT_OUT;
	uint64_t count = answered ? (uint64_t)tell->result : tell->arguments[0];
	if (answered && !tell->arguments[0])
		tell_pointer(tell, value);
	else
		tell_numbers(tell, value, count);
	return true;
}

static void tell_cpus(struct tell *tell, uint64_t address, uint64_t bytes)
{
	uint8_t mask[CPU_BYTES];
	uint64_t shown = bytes < sizeof(mask) ? bytes : sizeof(mask);
	const char *between = "";
	if (!tell_fetch(tell, mask, address, shown))
		return;
	format_append(&tell->out, "[");
	for (uint64_t cpu = 0; cpu < shown * 8; cpu++) {
		if (!(mask[cpu / 8] >> (cpu % 8) & 1))
			continue;
		format_append(&tell->out, "%s%lu", between, cpu);
		between = " ";
	}
	format_append(&tell->out, "]");
}

bool decode_cpus(struct tell *tell, uint64_t value)
{
	tell_cpus(tell, value, (uint32_t)tell->arguments[1]);
	return true;
}

bool decode_cpus_out(struct tell *tell, uint64_t value)
{
	tell_cpus(tell, value, (uint64_t)tell->result);
	return true;
}

bool decode_cap_header(struct tell *tell, uint64_t value)
{
	struct linux_cap_header header;
	if (!tell_fetch(tell, &header, value, sizeof(header)))
		return true;
	format_append(&tell->out, "{version=");
	tell_names(tell, NAMES_CAP_VERSION, header.version);
	format_append(&tell->out, ", pid=%d}", header.pid);
	return true;
}

static void tell_caps(struct tell *tell, const char *name, uint64_t caps)
{
	const char *between = "";
	format_append(&tell->out, caps ? "%s" : "%s0", name);
	for (uint32_t i = 0; i < 64; i++) {
		if (!(caps >> i & 1))
			continue;
		format_append(&tell->out, "%s1<<", between);
		tell_names(tell, NAMES_CAP, i);
		between = "|";
	}
}

bool decode_caps(struct tell *tell, uint64_t value)
{
	struct linux_cap_data data[2];
	if (!tell_fetch(tell, data, value, sizeof(data)))
		return true;
	tell_caps(tell, "{effective=", (uint64_t)data[1].effective << 32 | data[0].effective);
	tell_caps(tell, ", permitted=", (uint64_t)data[1].permitted << 32 | data[0].permitted);
	tell_caps(tell, ", inheritable=", (uint64_t)data[1].inheritable << 32 | data[0].inheritable);
	format_append(&tell->out, "}");
	return true;
}

bool decode_sched_attr(struct tell *tell, uint64_t value)
{
	struct linux_sched_attr attributes;
	if (!tell_fetch(tell, &attributes, value, LINUX_SCHED_ATTR_SIZE_VER0))
		return true;
	format_append(&tell->out, "{size=%u, sched_policy=", attributes.size);
	tell_names(tell, NAMES_SCHED, attributes.policy);
	format_append(&tell->out, ", sched_flags=");
	tell_names(tell, NAMES_SCHED_FLAG, (uint32_t)attributes.flags);
	format_append(&tell->out, ", sched_nice=%d, sched_priority=%u, sched_runtime=%lu", attributes.nice,
		      attributes.priority, attributes.runtime);
	format_append(&tell->out, ", sched_deadline=%lu, sched_period=%lu}", attributes.deadline,
		      attributes.period);
	return true;
}

bool decode_persona(struct tell *tell, uint64_t value)
{
	if ((uint32_t)value == PERSONA_ASKS)
		format_append(&tell->out, "0xffffffff");
	else
		tell_names(tell, NAMES_PERSONA, (uint32_t)value);
	return true;
}
