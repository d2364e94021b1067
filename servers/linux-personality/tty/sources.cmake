# SPDX-License-Identifier: MIT
set(tty_SOURCES console.c devpts.c devpts_options.c discipline.c discipline_output.c job_control.c line_edit.c
    linux_speeds.c pty.c serial.c serial_line.c settings.c tty.c tty_control.c tty_file.c tty_open.c)
