/* SPDX-License-Identifier: MIT */
/*
 * Open files: the open file description, its operations by kind, and the descriptor table.
 *
 * A struct file lives in the arena, is counted, and never holds code pointers: `kind` indexes file_operations_table.
 * Streams (pipes, sockets, ttys ...) keep their own object behind `object`. Two descriptors, forks and SCM_RIGHTS share one
 * description with its offset and status flags.
 */
#ifndef LICHEN_PERSONALITY_FILE_H
#define LICHEN_PERSONALITY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/route.h"
#include "core/guest_memory.h"
#include "core/lock.h"
#include "core/wait.h"
#include "fs/path.h"

struct thread;
struct inode;
struct map_request;

enum file_kind {
	FILE_NONE = 0,
	FILE_REGULAR,   /* file/regular.c */
	FILE_DIRECTORY, /* fs/directory.c */
	FILE_PATH,      /* O_PATH: no operations */
	FILE_PIPE,      /* stream/pipe.c, fifos too */
	FILE_SOCKET,    /* stream/unix_*.c */
	FILE_EVENTFD,
	FILE_EPOLL,
	FILE_TIMERFD,
	FILE_SIGNALFD,
	FILE_INOTIFY,
	FILE_PIDFD,
	FILE_TTY, /* tty/ */
	FILE_PTMX,
	FILE_NULL, /* file/memory_devices.c */
	FILE_ZERO,
	FILE_FULL,
	FILE_RANDOM,
	FILE_KMSG,
	FILE_GENERATED, /* /proc, /sys: proc/ */
	FILE_RTC,
	FILE_KIND_COUNT
};

struct file {
	union {
		struct route_file route; /* B with the kernel: route/descriptors.h */
		struct {
			struct mutex position; /* guards offset over a whole read or write */
			uint64_t offset;
		};
	};
	uint32_t references; /* A */
	enum file_kind kind; /* I */
	uint32_t flags;      /* A; O_* status flags, access mode: changed by file_set_flags */
	uint32_t generation; /* I; of the object */
	struct path path;    /* I; referenced; dentry may be NULL for anonymous files */
	struct inode *inode; /* I; referenced */
	void *object;        /* I; pipe, socket, tty ...: counted by the kind's release */
	uint64_t detail[2];  /* the kind's own: e.g. directory cookie, which pipe end */
	int32_t owner;       /* F_SETOWN: pid, or -group */
	int32_t owner_signal;
	struct epoll_link *epoll_links; /* RANK_STREAM of epoll; interest entries that watch this file */
	bool shown;                     /* its attributes were asked for before */
};
_Static_assert(offsetof(struct file, position) == offsetof(struct file, route.busy) &&
		       offsetof(struct file, offset) == offsetof(struct file, route.position),
	       "the kernel finds a file's position");

/* Who waits for readiness: passed to poll; NULL table: only ask. */
struct poll_table;
void poll_join(struct poll_table *table, struct file *file, struct wait_queue *queue);
static inline void poll_add(struct poll_table *table, struct file *file, struct wait_queue *queue)
{
	if (table)
		poll_join(table, file, queue);
}

struct file_operations {
	/* Bytes moved or -errno. `offset` is what the call works at: &file->offset or the p-calls' own; streams ignore it. */
	int64_t (*read)(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset);
	int64_t (*write)(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset);
	int64_t (*seek)(struct thread *self, struct file *file, int64_t offset, int32_t whence);
	/* POLL* bits that are true now; registers with the table where it may change. NULL: always ready (regular files). */
	uint32_t (*poll)(struct file *file, struct poll_table *table);
	/* A word that has another value whenever poll's answer changed with nobody woken. NULL: there is none. */
	const uint64_t *(*poll_state)(struct file *file);
	int64_t (*ioctl)(struct thread *self, struct file *file, uint32_t command, uint64_t argument);
	/* Object and offset for mmap; fills request->object; -ENODEV where there is none. */
	int (*map)(struct thread *self, struct file *file, struct map_request *request);
	int (*synchronise)(struct thread *self, struct file *file, bool data_only);
	/* The last reference went: free `object`. */
	void (*release)(struct file *file);
	bool seekable;
	bool no_pread; /* p-calls answer ESPIPE */
};
extern const struct file_operations *const file_operations_table[FILE_KIND_COUNT];

/* A new description with one reference; -errno through *error when there is no memory. */
struct file *file_create(enum file_kind kind, uint32_t flags, void *object);
/* Give a fresh file its place (NULL: none) and inode; takes references of its own and counts the open. */
void file_attach(struct file *file, const struct path *path, struct inode *inode);
void file_get(struct file *file);
void file_put(struct file *file);
/* Change status flags: those of `clear` go, those of `set` come; routes know at once. */
void file_set_flags(struct file *file, uint32_t clear, uint32_t set);
/* Drop a reference that cannot be the last one. */
void file_put_early(struct file *file);

/* Descriptor tables, shared by CLONE_FILES. */
struct files;
struct files *files_create(void);
struct files *files_copy(struct files *files); /* fork: each file referenced; NULL without memory */
void files_get(struct files *files);
void files_put(struct files *files);
/* Does anybody but the caller refer to the table? */
bool files_is_shared(struct files *files);
void files_close_on_exec(struct files *files);
/* A referenced file (file_put it), or NULL: EBADF. O_PATH files only with `allow_path`. */
struct file *files_find(struct files *files, int32_t fd);
struct file *files_find_path(struct files *files, int32_t fd);
/* Lowest free descriptor at or above `minimum`; takes over the caller's reference; -EMFILE at the thread's RLIMIT_NOFILE. */
int files_install(struct thread *self, struct file *file, int32_t minimum, bool close_on_exec);
/* At exactly fd, closing what was there (dup2). */
int files_install_at(struct thread *self, struct file *file, int32_t fd, bool close_on_exec);
int files_close(struct files *files, int32_t fd);

#endif
