# SPDX-License-Identifier: MIT
set(memory_SOURCES futex.c futex_pi.c futex_pi_requeue.c map_calls.c mm.c out_of_memory.c range_calls.c)
