# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    memory/start.c memory/frame.c memory/slab.c memory/table.c memory/region.c memory/aspace.c memory/map.c
    memory/fault.c memory/remap.c memory/object.c memory/object_index.c memory/pager.c memory/evict.c memory/copy.c)
