/* SPDX-License-Identifier: MIT */
/*
 * Status codes of kernel calls and native protocols: 0 or a negative code, one row each.
 *
 * status_t must be looked at by whoever receives it. Linux's errno values are unknown here; the personality
 * maps codes to them in one file.
 */
#ifndef LICHEN_ABI_STATUS_H
#define LICHEN_ABI_STATUS_H

/* STATUS(code, NAME, "text") */
#define STATUS_TABLE(STATUS)                                                                                 \
	STATUS(0, OK, "done")                                                                                \
	STATUS(-1, INVALID, "an argument has no valid meaning")                                              \
	STATUS(-2, BAD_HANDLE, "no such handle, or of another kind")                                         \
	STATUS(-3, DENIED, "the handle lacks the right")                                                     \
	STATUS(-4, BAD_ADDRESS, "memory that is not mapped or not permitted")                                \
	STATUS(-5, NO_MEMORY, "an account or the machine is out of memory")                                  \
	STATUS(-6, LIMIT, "a limit of the address space, table or object is reached")                        \
	STATUS(-7, EXISTS, "the place or name is taken")                                                     \
	STATUS(-8, NOT_FOUND, "nothing there")                                                               \
	STATUS(-9, MISMATCH, "the compared value differs")                                                   \
	STATUS(-10, TIMED_OUT, "the deadline passed")                                                        \
	STATUS(-11, INTERRUPTED, "a kick ended the wait")                                                    \
	STATUS(-12, KILLED, "a kill ended the wait or copy")                                                 \
	STATUS(-13, CANCELLED, "the call was taken back")                                                    \
	STATUS(-14, RESTART, "the server is gone; ask again when it is back")                                \
	STATUS(-15, PENDING, "accepted; completion comes by notification")                                   \
	STATUS(-16, WOULD_BLOCK, "nothing now")                                                              \
	STATUS(-17, OUT_OF_RANGE, "beyond the end of an object")                                             \
	STATUS(-18, PAGER_ERROR, "the pager could not supply the page")                                      \
	STATUS(-19, NOT_SUPPORTED, "not done by this object or on this machine")                             \
	STATUS(-20, BUSY, "in use")                                                                          \
	STATUS(-21, NOT_DIRECTORY, "a file system object is no directory")                                   \
	STATUS(-22, IS_DIRECTORY, "a file system object is a directory")                                     \
	STATUS(-23, NOT_EMPTY, "a directory still has entries")                                              \
	STATUS(-24, NO_SPACE, "the file system is full")                                                     \
	STATUS(-25, READ_ONLY, "the file system is mounted read-only")                                       \
	STATUS(-26, NAME_TOO_LONG, "a name is longer than the file system allows")                           \
	STATUS(-27, TOO_MANY_LINKS, "no further link to this inode")                                         \
	STATUS(-28, STALE, "the inode handle's generation is gone")                                          \
	STATUS(-29, IO_ERROR, "the device failed")                                                           \
	STATUS(-30, CORRUPT, "bytes of a file system or archive make no sense")                              \
	STATUS(-31, TOO_BIG, "more than fits")                                                               \
	STATUS(-32, CROSS_DEVICE, "two file systems")

#define STATUS_ENUM(code, name, text) STATUS_##name = (code),
enum status_code { STATUS_TABLE(STATUS_ENUM) };
#undef STATUS_ENUM

typedef int status_code_t;
#define status_t __attribute__((warn_unused_result)) status_code_t

#endif
