# SPDX-License-Identifier: MIT
set(calls_SOURCES trace.c)
