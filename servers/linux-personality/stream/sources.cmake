# SPDX-License-Identifier: MIT
set(stream_SOURCES pipe.c pipe_open.c pipe_ring.c)
