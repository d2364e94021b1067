/* SPDX-License-Identifier: MIT */
/*
 * What polling asks of epoll.
 */
#ifndef LICHEN_PERSONALITY_EPOLL_H
#define LICHEN_PERSONALITY_EPOLL_H

#include "stream/poll_table.h"

/* poll_add for the table of an epoll entry. */
void epoll_join(struct poll_table *table, struct file *file, struct wait_queue *queue);

#endif
