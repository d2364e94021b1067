# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES route/table.c route/route.c route/identity.c route/clock.c route/signal.c
    route/memory.c route/descriptor.c route/transfer.c route/file.c route/wait.c
    route/stream.c route/counter.c route/ready.c route/poll.c)
