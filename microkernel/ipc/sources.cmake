# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES ipc/endpoint.c ipc/transfer.c ipc/notification.c ipc/timer.c)
