/* SPDX-License-Identifier: MIT */
/*
 * What differs between kinds of objects: how each is destroyed, what handle_info tells of it, and what it means that
 * a handle to it comes or goes.
 */
#ifndef LICHEN_OBJECT_KINDS_H
#define LICHEN_OBJECT_KINDS_H

#include "object/object.h"

/* The last reference is gone. */
void kind_destroy(struct object *object);
/* struct handle_info's detail. */
void kind_detail(const struct object *object, uint64_t detail[2]);
/* A handle slot with these rights now names the object, or does no more. */
void kind_handle_added(struct object *object, uint32_t rights);
void kind_handle_closed(struct object *object, uint32_t rights);
/* Where in its structure a kind has the header: at the start, except a thread, whose frame comes first. */
size_t kind_header_offset(uint32_t kind);
const char *kind_name(uint32_t kind);

#endif
