# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    call/dispatch.c call/domain_calls.c call/thread_calls.c call/ipc_calls.c
    call/memory_calls.c call/aspace_calls.c call/system_calls.c call/route_calls.c call/event_calls.c)
