# SPDX-License-Identifier: MIT
set(signal_SOURCES action.c altstack.c deliver.c exception.c fpu_image.c frame.c kill_calls.c queue.c restart.c send.c
    sighand.c state.c stop.c wait_calls.c)
