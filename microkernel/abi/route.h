/* SPDX-License-Identifier: MIT */
/*
 * Routes: guest calls that the kernel answers itself, as the personality's rows say.
 *
 * The kernel knows operations, never call numbers: a row says which operation answers a number, where the operation's
 * parameters come from, which arguments must look how, and which word each outcome returns. The rows of a number are
 * tried in the order in which they were added; the first whose tests pass is used. A call that no row matches, an outcome
 * that the row's operation does not list, and anything that would need a fault, is forwarded with its registers untouched.
 *
 * What differs between threads is read at each call: words of the guest record, and blocks in the personality's memory
 * whose addresses the record holds (route_group, route_space, route_actions). The kernel looks these addresses up at each
 * use, touches only what is mapped there, and forwards when it is not. A block lies in one page: its alignment is its size
 * rounded up to a power of two.
 *
 * A block that the personality also changes starts with a busy word: 0 free, 1 held, 2 held and somebody waits
 * (word_wake on its address). The kernel takes it only when it is free, and forwards else.
 */
#ifndef LICHEN_ABI_ROUTE_H
#define LICHEN_ABI_ROUTE_H

#include "types.h"

#define ROUTE_NUMBERS 512 /* guest calls from here on are always forwarded */
#define ROUTE_ROWS_MAX 192

/*
 * guest_record.route_gate. Bit 0: every call is forwarded. Bit n: identity word n - 1 is not answered by the entry code,
 * which looks at no other bit, so that a closed gate has all of these. Higher bits are the personality's.
 */
#define ROUTE_GATE_CLOSED 0x1ffu
#define ROUTE_GATE_FORWARD 0x1u
#define ROUTE_GATE_WORD(word) (2u << (word))

/* What calls that a policy names answer at once, by number: a result, -1 or less; 0: the call is forwarded. */
struct route_answers {
	int16_t results[ROUTE_NUMBERS];
} __attribute__((aligned(1024)));

/* P0, P1 ... are the row's parameters in order; D: the word results[ROUTE_DONE]. */
enum route_operation {
	ROUTE_VALUE = 1, /* answers identity word P0, a constant (enum route_word) */
	ROUTE_ANSWER,    /* answers D: a constant */
	ROUTE_READ, /* from descriptor P0 to the buffer P1 of P2 bytes, at the file's position; answers bytes */
	ROUTE_WRITE,   /* the same to the descriptor */
	ROUTE_READ_AT, /* at the offset P3 */
	ROUTE_WRITE_AT,
	ROUTE_READ_VECTOR, /* as READ, to the P2 buffers that the array P1 names (struct route_buffer) */
	ROUTE_WRITE_VECTOR,
	ROUTE_READ_VECTOR_AT, /* at the offset P3 */
	ROUTE_WRITE_VECTOR_AT,
	ROUTE_SEEK, /* descriptor P0's position becomes P1 behind where P2 (enum route_seek) says; answers it */
	ROUTE_IMAGE, /* the image of descriptor P0's attributes to the buffer P1; answers D */
	/* What is known to be ready in the set P0 to the buffer P1 with room for P2; answers how many. P3 not 0: one or more. */
	ROUTE_READY,
	/* Each of the P1 entries at P0 (struct route_poll) is told for what of the wanted it is ready now; answers how many
	   are for something. P2, P3: the bits for readable, and 16 higher for writable, of counters and of others. P4 not 0:
	   one or more. Ends that lack a partner forward. */
	ROUTE_POLL,
	/* The guest parks on the word at P0 if it equals P1 (else MISMATCH) until a wake meets bitset P2 (D), or until
	   the deadline at P3 (0: none; seconds and nanoseconds, 64 bits each; TIMED_OUT). P4: ROUTE_WAIT_*. */
	ROUTE_WAIT,
	/* Wakes at most P1 (32 bits, 1 or more) waiters on the word at P0 whose bitset meets P2; answers how many.
	   P4: ROUTE_WAIT_SHARED. */
	ROUTE_WAKE,
	ROUTE_SLEEP, /* the guest parks until the deadline at P0 (TIMED_OUT). P1: ROUTE_WAIT_* */
	/* Time of clock P0 to the two words at P3: seconds, and nanoseconds divided by P4. P1, P2: the sets (bit n is
	   clock n) of clocks that are monotonic, and wall time; others forward. */
	ROUTE_CLOCK,
	ROUTE_CLOCK_SECONDS, /* answers the seconds of clock P0; P1, P2 as above */
	ROUTE_YIELD,         /* others of the thread's level go first; answers D */
	/* The thread's signal mask to the word at P1, then changed by the word at P0 (0: neither) as P2 says: 0 bits are
	   added, 1 removed, 2 it is replaced. Bits P3 are never set. Forwards while any signal is pending. */
	ROUTE_MASK,
	/* Action of signal P0 (from 1) to the block at P2, then replaced by the block at P1 (0: neither). Of the new one's
	   second word only the bits P3 count, of the fourth not the bits P4 (bit n: signal n + 1). Forwards when P4 names
	   the signal, or the first word is or becomes P5 or less. */
	ROUTE_ACTION,
	/* Memory of the guest's space; lengths are rounded up to pages, everything that does not succeed forwards. */
	ROUTE_MAP, /* P1 bytes of anonymous private memory with the rights P2 (PROT_BIT_*); P0 and P3 are 0 */
	ROUTE_UNMAP,   /* P1 bytes at P0; answers D */
	ROUTE_PROTECT, /* P1 bytes at P0 get the rights P2; answers D */
	ROUTE_BREAK, /* to P0 if that is not below its start; answers where it is; new memory has the tag P1 */
	ROUTE_OPERATION_COUNT
};

#define ROUTE_WAIT_SHARED 0x1u   /* name the queue as WAIT_SHARED does (wait.h) */
#define ROUTE_WAIT_ABSOLUTE 0x2u /* the deadline is a time, not a duration */
#define ROUTE_WAIT_WALL 0x4u     /* ... of the wall clock, as it is set now */

/* Where a parameter comes from: a call argument 0 to 5, or a constant of the row. */
#define ROUTE_ARGUMENTS 6
#define ROUTE_CONSTANT0 6
#define ROUTE_CONSTANT1 7
#define ROUTE_CONSTANT2 8
#define ROUTE_PARAMETERS 6
#define ROUTE_CONSTANTS 3

/* Outcomes; each operation says which it has. */
enum route_outcome {
	ROUTE_DONE = 0,
	ROUTE_MISMATCH,    /* a word was not as expected */
	ROUTE_WOULD_BLOCK, /* and the caller must not wait */
	ROUTE_TIMED_OUT,
	ROUTE_END, /* nothing more will come, or nobody will take it */
	ROUTE_OUTCOMES
};

#define ROUTE_TESTS 2
struct route_test {
	uint64_t mask, value; /* passes when (argument & mask) == value; mask 0 and value 0: always */
	uint32_t argument;
	uint32_t reserved;
};

struct route {
	uint16_t number; /* guest call */
	uint8_t operation;
	uint8_t listed; /* a bit for each outcome that results[] answers; others forward */
	uint8_t parameters[ROUTE_PARAMETERS];
	uint8_t reserved[6];
	uint64_t constants[ROUTE_CONSTANTS];
	struct route_test tests[ROUTE_TESTS];
	int64_t results[ROUTE_OUTCOMES];
};

/*
 * Descriptors. A row of a descriptor table says what a number means and what may be done with it. Blocks are addresses in the
 * personality's memory, as above; what kind of block the second is depends on the kind.
 */
enum descriptor_kind {
	DESCRIPTOR_FILE = 1, /* pages of a memory object; block: struct route_inode */
	DESCRIPTOR_STREAM,   /* block: struct route_stream */
	DESCRIPTOR_COUNTER,  /* block: struct route_counter */
	DESCRIPTOR_NULL,     /* reads find the end, writes are swallowed */
	DESCRIPTOR_ZERO,     /* reads find zeros, writes are swallowed */
	DESCRIPTOR_SET,      /* block: struct route_set; neither read nor written */
	DESCRIPTOR_KIND_COUNT
};

#define DESCRIPTORS_MAX (1u << 20)
#define DESCRIPTOR_READ 0x1u
#define DESCRIPTOR_WRITE 0x2u

struct descriptor_row {
	uint32_t kind;   /* enum descriptor_kind */
	uint32_t flags;  /* DESCRIPTOR_READ, WRITE: at least one */
	handle_t object; /* HANDLE_NONE: none */
	uint32_t reserved;
	uint64_t file;  /* struct route_file */
	uint64_t block; /* the kind's */
	uint64_t cookie;
};

struct route_buffer {
	uint64_t address, bytes;
};

struct route_poll {
	int32_t descriptor; /* below 0: ready for nothing */
	uint16_t wanted, found;
};

enum route_seek { ROUTE_SEEK_START = 0, ROUTE_SEEK_POSITION, ROUTE_SEEK_END };

/* An open file: shared by all descriptors of it. */
#define ROUTE_FILE_FORWARD 0x1u /* every call */
#define ROUTE_FILE_APPEND 0x2u  /* writes go to the end */
#define ROUTE_FILE_NONBLOCK 0x4u
#define ROUTE_FILE_NO_ACCESSED 0x8u /* reads leave the time of access alone */
struct route_file {
	uint32_t busy; /* guards the position over a whole call */
	uint32_t owner;
	uint64_t position;
	uint32_t flags; /* ROUTE_FILE_*; atomic */
	uint32_t reserved[3];
} __attribute__((aligned(32)));
_Static_assert(sizeof(struct route_file) == 32, "an open file's block lies in one page");

struct route_time {
	int64_t seconds;
	uint32_t nanoseconds, reserved;
};

/*
 * A file's inode. Reading needs neither busy word. Writing holds both, changes times, dirty bits and image before it lets go
 * of the second, and reaches no further than writable_end; the size is published after the data. A read that finds the time
 * of access not newer than a change, or a day old, makes it the present one (relatime of mount(8)), under the second word.
 * `image` is the address of a struct route_image, or 0.
 */
#define ROUTE_INODE_FORWARD_WRITE 0x1u

#define ROUTE_DIRTY_ACCESSED 0x10u
#define ROUTE_DIRTY_MODIFIED 0x20u
#define ROUTE_DIRTY_CHANGED 0x40u
#define ROUTE_DIRTY_GROWN 0x80u

struct route_inode {
	uint32_t busy; /* guards data, size and writable_end */
	uint32_t owner;
	uint32_t attributes_busy; /* guards what is below, and the image */
	uint32_t rank;
	uint32_t flags; /* ROUTE_INODE_*; atomic */
	uint32_t dirty; /* ROUTE_DIRTY_*; atomic */
	uint32_t
		outdated; /* atomic; a write sets it: the image, and what else depends on the data, is to be made anew */
	uint32_t reserved;
	uint64_t writable_end;
	uint64_t image;
	uint64_t number;
	uint64_t size;      /* atomic to read */
	uint64_t others[4]; /* the personality's */
	struct route_time accessed, modified, changed, born;
} __attribute__((aligned(256)));
_Static_assert(sizeof(struct route_inode) == 256, "an inode's block lies in one page");

/* A file's attributes as the guest is told them. */
#define ROUTE_IMAGE_BYTES 248
struct route_image {
	uint32_t valid; /* guarded by the inode's attributes_busy */
	uint32_t bytes; /* at most ROUTE_IMAGE_BYTES */
	uint8_t data[ROUTE_IMAGE_BYTES];
};
_Static_assert(sizeof(struct route_image) == 256, "an image lies in one page");

/*
 * A stream: a ring of slots, each with the address of a page (0: none yet) and what of it is data. Slots from tail to head
 * are in use; the others, and `spare`, may hold pages for the next writes. Reads find END when it is empty and nobody
 * writes; a guest that has to wait parks on the word `head` (readers) or `tail` (writers), with its bit in `parked`, and
 * tries again when it is woken: whoever changes the stream wakes one. While somebody watches, all calls are forwarded.
 */
#define ROUTE_STREAM_PAGE 4096u
#define ROUTE_SLOT_CLOSED 0x1u /* nothing is added to it, and what a read leaves of it is lost: forwarded */
struct route_slot {
	uint64_t page;
	uint16_t offset, length;
	uint32_t flags;
};

#define ROUTE_STREAM_READERS 0x1u
#define ROUTE_STREAM_WRITERS 0x2u
struct route_watch {
	uint64_t reserved;
	uint64_t first; /* not 0: somebody watches */
	uint64_t reserved1;
};

struct route_stream {
	uint32_t busy; /* guards all but `watch` */
	uint32_t owner;
	uint64_t slots; /* address of struct route_slot[size] */
	uint32_t head, tail;
	uint32_t size;   /* a power of two */
	uint32_t parked; /* ROUTE_STREAM_*: guests may be parked; atomic */
	uint64_t spare;
	uint32_t readers, writers;
	struct route_watch watch[2];
	uint64_t reserved[4];
} __attribute__((aligned(128)));
_Static_assert(sizeof(struct route_stream) == 128, "a stream's block lies in one page");

/*
 * A counter: reads of 8 bytes or more take all of it, or 1, when it is not 0; writes of as many add to it while it stays at
 * or below `max`. Waiting is as with streams: readers park on the word at `count`, writers on the one behind it.
 */
#define ROUTE_COUNTER_ONE 0x1u
struct route_counter {
	uint32_t busy; /* guards all but `watch` */
	uint32_t owner;
	uint64_t count, max;
	uint32_t flags;  /* ROUTE_COUNTER_* */
	uint32_t parked; /* ROUTE_STREAM_* */
	struct route_watch watch[2];
	uint64_t reserved[6];
} __attribute__((aligned(128)));
_Static_assert(sizeof(struct route_counter) == 128, "a counter's block lies in one page");

/*
 * What is ready of a set, as the personality found it: true as long as `version` stays as it is and not 0, and each entry's
 * word (an address in the personality's memory) has its value. Whoever makes it untrue otherwise sets `version` to 0 first;
 * a version never comes again.
 */
#define ROUTE_SET_ENTRIES 15u
#define ROUTE_SET_ANSWER 16u
struct route_set_entry {
	uint64_t word, value;
	uint8_t answer[ROUTE_SET_ANSWER];
};
struct route_set {
	uint32_t version; /* atomic */
	uint32_t count;
	uint32_t answer_bytes; /* of each entry's answer, at most ROUTE_SET_ANSWER */
	uint32_t reserved[5];
	struct route_set_entry entries[ROUTE_SET_ENTRIES];
} __attribute__((aligned(512)));
_Static_assert(sizeof(struct route_set) == 512, "a set's block lies in one page");

/* Identity words, in guest_record.route_words. */
enum route_word {
	ROUTE_WORD_THREAD = 0, /* tid */
	ROUTE_WORD_USER,
	ROUTE_WORD_EFFECTIVE_USER,
	ROUTE_WORD_GROUP,
	ROUTE_WORD_EFFECTIVE_GROUP,
	ROUTE_WORD_PROCESS,
	ROUTE_WORD_PARENT,
	ROUTE_WORD_PROCESS_GROUP,
	ROUTE_WORDS,
};

/* One for each thread group; written by the personality. */
struct route_group {
	uint32_t busy; /* guards what follows it as the personality's own lock of the group does */
	uint32_t reserved;
	uint64_t pending;         /* signals pending for the whole group */
	uint64_t file_size_limit; /* bytes; writes beyond are forwarded */
	uint64_t poll_limit;      /* polls of more are forwarded */
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct route_group) == 64, "a group's block lies in one page");

/* One for each address space. */
struct route_space {
	uint32_t busy; /* guards changes of the space's regions and what follows it */
	uint32_t owner;
	uint64_t break_start, break_end;
	uint64_t
		anonymous_high; /* where the search for anonymous memory starts, downwards; 0: the usual place */
	uint64_t reserved[4];
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct route_space) == 64, "a space's block lies in one page");

/* What is done with each signal; shared by those that share the table. */
#define ROUTE_ACTIONS 64
#define ROUTE_ACTIONS_ALIGNMENT 4096
struct route_action {
	uint64_t words[4]; /* handler, flags, restorer, mask */
};
/* Who made an entry what it is. The kernel notes it of what it exchanges itself, with the time of the guest's last entry. */
#define ROUTE_INSTALLER_ROUTED 0x80000000u
struct route_installer {
	uint64_t image, time_ns;
	uint32_t process,
		thread; /* their identity words; ROUTE_INSTALLER_ROUTED in the second: by the kernel */
};
struct route_actions {
	uint32_t busy;
	uint32_t reserved;
	struct route_action entries[ROUTE_ACTIONS];
	struct route_installer installers[ROUTE_ACTIONS];
};
_Static_assert(sizeof(struct route_actions) <= ROUTE_ACTIONS_ALIGNMENT,
	       "a table of actions lies in one page");

#endif
