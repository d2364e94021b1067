# SPDX-License-Identifier: MIT
set(calls_SOURCES gaps.c strace.c strace_ring.c trace.c)
