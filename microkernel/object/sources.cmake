# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    object/object.c object/handle.c object/account.c object/domain.c object/supervisor.c)
