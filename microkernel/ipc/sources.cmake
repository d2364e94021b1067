# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    ipc/endpoint.c ipc/timer.c)
