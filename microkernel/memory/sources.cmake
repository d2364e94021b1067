# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    memory/start.c
    memory/frame_buddy.c
    memory/frame.c
    memory/slab.c
    memory/table.c
    memory/page.c
    memory/region.c
    memory/aspace.c
    memory/map.c
    memory/fault.c
    memory/fork.c
    memory/remap.c
    memory/advise.c
    memory/query.c
    memory/object.c
    memory/object_index.c
    memory/object_pages.c
    memory/pager.c
    memory/share.c
    memory/copy.c)
