# SPDX-License-Identifier: MIT
set(memory_SOURCES futex.c map_calls.c mm.c range_calls.c)
