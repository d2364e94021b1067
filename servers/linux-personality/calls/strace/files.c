/* SPDX-License-Identifier: MIT */
/*
 * What is told of files: stat, statx, statfs, nodes, locks, and the argument of fcntl.
 */
#include "linux_abi/files.h"
#include "calls/strace/tell.h"

#define MINOR_LOW 0xffu
#define MAJOR_LOW 0xfffu

static void tell_hex(struct tell *tell, uint32_t value)
{
	format_append(&tell->out, value ? "0x%x" : "0", value);
}

static void tell_device(struct tell *tell, uint32_t major, uint32_t minor)
{
	format_append(&tell->out, "makedev(");
	tell_hex(tell, major);
	format_append(&tell->out, ", ");
	tell_hex(tell, minor);
	format_append(&tell->out, ")");
}

static bool is_device(uint32_t mode)
{
	uint32_t type = mode & LINUX_S_IFMT;
	return type == LINUX_S_IFCHR || type == LINUX_S_IFBLK;
}

static uint32_t major_of(uint64_t device)
{
	return (uint32_t)(device >> 8 & MAJOR_LOW) | (uint32_t)(device >> 32 & ~(uint64_t)MAJOR_LOW);
}

static uint32_t minor_of(uint64_t device)
{
	return (uint32_t)(device & MINOR_LOW) | (uint32_t)(device >> 12 & ~(uint64_t)MINOR_LOW);
}

bool decode_stat(struct tell *tell, uint64_t value)
{
	struct linux_stat stat;
	if (!tell_fetch(tell, &stat, value, sizeof(stat)))
		return true;
	format_append(&tell->out, "{st_mode=");
	tell_file_mode(tell, stat.mode);
	if (is_device(stat.mode)) {
		format_append(&tell->out, ", st_rdev=");
		tell_device(tell, major_of(stat.node_device), minor_of(stat.node_device));
	} else {
		format_append(&tell->out, ", st_size=%ld", stat.size);
	}
	format_append(&tell->out, ", ...}");
	return true;
}

bool decode_statx(struct tell *tell, uint64_t value)
{
	struct linux_statx stat;
	if (!tell_fetch(tell, &stat, value, sizeof(stat)))
		return true;
	format_append(&tell->out, "{stx_mask=");
	tell_names(tell, NAMES_STATX, stat.mask);
	format_append(&tell->out, ", stx_attributes=");
	tell_names(tell, NAMES_STATX_ATTR, (uint32_t)stat.attributes);
	format_append(&tell->out, ", stx_mode=");
	tell_file_mode(tell, stat.mode);
	format_append(&tell->out, ", stx_size=%lu, ...}", stat.size);
	return true;
}

bool decode_statfs(struct tell *tell, uint64_t value)
{
	struct linux_statfs system;
	if (!tell_fetch(tell, &system, value, sizeof(system)))
		return true;
	format_append(&tell->out, "{f_type=");
	tell_names(tell, NAMES_MAGIC, (uint32_t)system.type);
	format_append(&tell->out,
		      ", f_bsize=%ld, f_blocks=%lu, f_bfree=%lu, f_bavail=%lu, f_files=%lu, f_ffree=%lu",
		      system.block_size, system.blocks, system.blocks_free, system.blocks_available,
		      system.files, system.files_free);
	format_append(&tell->out, ", f_fsid={val=[");
	tell_hex(tell, (uint32_t)system.identity[0]);
	format_append(&tell->out, ", ");
	tell_hex(tell, (uint32_t)system.identity[1]);
	format_append(&tell->out, "]}, f_namelen=%ld, f_frsize=%ld, f_flags=", system.name_length,
		      system.fragment_size);
	tell_names(tell, NAMES_ST, (uint32_t)system.flags);
	format_append(&tell->out, "}");
	return true;
}

bool decode_node_mode(struct tell *tell, uint64_t value)
{
	tell_file_mode(tell, (uint32_t)value);
	return true;
}

/* The number of a node that is no device means nothing. */
bool decode_device(struct tell *tell, uint64_t value)
{
	if (is_device((uint32_t)tell->arguments[tell->index - 1]))
		tell_device(tell, major_of((uint32_t)value), minor_of((uint32_t)value));
	else
		tell->omitted = true;
	return true;
}

#define MOUNT_CHANGES                                                                                        \
	(LINUX_MS_BIND | LINUX_MS_MOVE | LINUX_MS_UNBINDABLE | LINUX_MS_PRIVATE | LINUX_MS_SLAVE |           \
	 LINUX_MS_SHARED)

/* Changing a mount takes no kind, and options only to mount again. */
bool decode_mount_kind(struct tell *tell, uint64_t value)
{
	if (tell->arguments[3] & (LINUX_MS_REMOUNT | MOUNT_CHANGES))
		tell_pointer(tell, value);
	else
		tell_string(tell, value);
	return true;
}

bool decode_mount_data(struct tell *tell, uint64_t value)
{
	if ((tell->arguments[3] & MOUNT_CHANGES) && !(tell->arguments[3] & LINUX_MS_REMOUNT))
		tell_pointer(tell, value);
	else
		tell_string(tell, value);
	return true;
}

bool decode_open_how(struct tell *tell, uint64_t value)
{
	struct linux_open_how how;
	if (!tell_fetch(tell, &how, value, sizeof(how)))
		return true;
	format_append(&tell->out, "{flags=");
	tell_names(tell, NAMES_O, (uint32_t)how.flags);
	if (how.mode || (how.flags & LINUX_O_CREAT)) {
		format_append(&tell->out, ", mode=");
		tell_mode(tell, (uint32_t)how.mode);
	}
	format_append(&tell->out, ", resolve=");
	tell_names(tell, NAMES_RESOLVE, (uint32_t)how.resolve);
	format_append(&tell->out, "}");
	return true;
}

static void tell_lock(struct tell *tell, uint64_t address, bool asked)
{
	struct linux_flock lock;
	if (!tell_fetch(tell, &lock, address, sizeof(lock)))
		return;
	format_append(&tell->out, "{l_type=");
	tell_names(tell, NAMES_F_LOCK, (uint16_t)lock.type);
	format_append(&tell->out, ", l_whence=");
	tell_names(tell, NAMES_SEEK, (uint16_t)lock.whence);
	format_append(&tell->out, ", l_start=%ld, l_len=%ld", lock.start, lock.length);
	if (asked)
		format_append(&tell->out, ", l_pid=%d", lock.pid);
	format_append(&tell->out, "}");
}

bool decode_fcntl(struct tell *tell, uint64_t value)
{
	uint32_t command = (uint32_t)tell->arguments[tell->index - 1];
	switch (command) {
	case LINUX_F_GETFD:
	case LINUX_F_GETFL:
	case LINUX_F_GETOWN:
	case LINUX_F_GETSIG:
	case LINUX_F_GETLEASE:
	case LINUX_F_GETPIPE_SZ:
	case LINUX_F_GET_SEALS: tell->omitted = true; return true;
	case LINUX_F_SETFD: tell_names(tell, NAMES_FD_FLAGS, (uint32_t)value); return true;
	case LINUX_F_SETFL: tell_names(tell, NAMES_O, (uint32_t)value); return true;
	case LINUX_F_ADD_SEALS: tell_names(tell, NAMES_SEAL, (uint32_t)value); return true;
	case LINUX_F_SETLEASE: tell_names(tell, NAMES_F_LOCK, (uint32_t)value); return true;
	case LINUX_F_SETSIG: tell_signal_name(tell, (int32_t)value); return true;
	case LINUX_F_SETLK:
	case LINUX_F_SETLKW:
	case LINUX_F_OFD_SETLK:
	case LINUX_F_OFD_SETLKW: tell_lock(tell, value, false); return true;
	case LINUX_F_GETLK:
	case LINUX_F_OFD_GETLK:
		if (!tell->ended)
			return false;
		tell_lock(tell, value, true);
		return true;
	case LINUX_F_DUPFD:
	case LINUX_F_DUPFD_CLOEXEC:
	case LINUX_F_SETOWN:
	case LINUX_F_SETPIPE_SZ: format_append(&tell->out, "%d", (int32_t)value); return true;
	default: return decode_hex(tell, value);
	}
}
