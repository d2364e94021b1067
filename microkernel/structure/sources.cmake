# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES structure/bytes.c structure/heap.c structure/tree.c)
