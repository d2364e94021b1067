# SPDX-License-Identifier: MIT
set(core_SOURCES errno.c guest_iter.c guest_memory.c lock.c lock_order.c page_runs.c slab.c stack_pool.c start.c wait.c)
