# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    arch/x86_64/boot.S
    arch/x86_64/supervisor_image.S)
