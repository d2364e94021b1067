# SPDX-License-Identifier: MIT
set(calls_SOURCES gaps.c trace.c strace/bytes.c strace/call.c strace/files.c strace/ipc.c strace/lines.c strace/processes.c
    strace/results.c strace/ring.c strace/signals.c strace/sockets.c strace/system.c strace/terminal.c strace/text.c strace/times.c
    strace/waiting.c)
