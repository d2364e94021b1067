# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES device/irq.c device/range.c)
