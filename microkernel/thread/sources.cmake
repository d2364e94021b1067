# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    thread/thread.c thread/wait.c thread/schedule.c thread/entry.c thread/guest.c)
