/* SPDX-License-Identifier: MIT */
/*
 * The shape of a message.
 *
 * A message is a tag and eight words, carried in registers:
 *   in   rax call number, rdi endpoint handle, rsi tag, rdx r10 r8 r9 rbx r12 r13 r14 words 0..7
 *        (ipc_receive and ipc_reply_receive: rbp holds the deadline, r15 the notification handle)
 *   out  rax status, rdi badge of the caller's handle, rsi tag, words as above;
 *        when a notification ended the wait: tag 0 with MESSAGE_NOTIFIED, word 0 the bits.
 * The tag says how many bytes of the sender's message page go along and how many handles move. The message
 * page is memory of the domain that the kernel pins when the thread is created.
 * A server thread serves one caller at a time: the reply right is the thread's own, one-shot, and lost when
 * the caller is cancelled or dies (the reply then answers CANCELLED, which a server may ignore).
 */
#ifndef LICHEN_ABI_MESSAGE_H
#define LICHEN_ABI_MESSAGE_H

#include "types.h"

#define MESSAGE_WORDS 8
#define MESSAGE_HANDLES 4
#define MESSAGE_DATA_MAX 4080u

struct message_page {
	handle_t handles[MESSAGE_HANDLES]; /* sender's handles on the way in, receiver's on the way out */
	uint8_t data[MESSAGE_DATA_MAX];
};
_Static_assert(sizeof(struct message_page) == PAGE_SIZE, "the message page is one page");

struct message {
	uint64_t tag;
	uint64_t badge; /* received messages only */
	uint64_t words[MESSAGE_WORDS];
};

/* Tag: bits 0-15 message number (replies: 0), 16-28 bytes of the page, 32-34 handles, 62 a kick may end the call,
   63 a notification. */
#define MESSAGE_NOTIFIED (1ull << 63)
#define MESSAGE_INTERRUPTIBLE (1ull << 62)
#define MESSAGE_TAG(number, bytes, handles)                                                                  \
	((uint64_t)(number) | (uint64_t)(bytes) << 16 | (uint64_t)(handles) << 32)
#define MESSAGE_NUMBER(tag) ((unsigned)((tag)&0xffff))
#define MESSAGE_BYTES(tag) ((unsigned)((tag) >> 16 & 0x1fff))
#define MESSAGE_HANDLE_COUNT(tag) ((unsigned)((tag) >> 32 & 7))

#endif
