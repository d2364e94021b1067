# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    device/device.c)
