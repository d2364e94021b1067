/* SPDX-License-Identifier: MIT
 *
 * What the terminal tests share: a pseudoterminal pair, changes of single settings, and reading what arrives.
 * Linux moves bytes from one side to the other in a kernel thread, so reading waits: up to two seconds for the
 * first byte, then until nothing came for QUIET_MS. What must not arrive is waited for as long as that.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include "../contract.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

enum { QUIET_MS = 150, FIRST_MS = 2000 };

static int master, slave;
static char slave_path[64];

__attribute__((unused)) static void open_terminal(void)
{
	int number = -1, unlock = 0;
	master = (int)MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY));
	MUST(ioctl(master, TIOCSPTLCK, &unlock));
	MUST(ioctl(master, TIOCGPTN, &number));
	snprintf(slave_path, sizeof(slave_path), "/dev/pts/%d", number);
	slave = (int)MUST(open(slave_path, O_RDWR | O_NOCTTY));
}

/* Clears and sets flags of one kind: 'i' input, 'o' output, 'c' control, 'l' local. */
__attribute__((unused)) static void change(char kind, tcflag_t clear, tcflag_t set)
{
	struct termios settings;
	MUST(tcgetattr(slave, &settings));
	tcflag_t *flags = kind == 'i'   ? &settings.c_iflag
			  : kind == 'o' ? &settings.c_oflag
			  : kind == 'c' ? &settings.c_cflag
					: &settings.c_lflag;
	*flags = (*flags & ~clear) | set;
	MUST(tcsetattr(slave, TCSANOW, &settings));
}

__attribute__((unused)) static void set_character(int index, int value)
{
	struct termios settings;
	MUST(tcgetattr(slave, &settings));
	settings.c_cc[index] = (cc_t)value;
	MUST(tcsetattr(slave, TCSANOW, &settings));
}

/* Prints all that arrives at a descriptor; what each read of the slave returns is kept apart by "|". */
__attribute__((unused)) static void arrives(const char *name, int fd)
{
	char bytes[8192];
	long used = 0;
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	int wait = FIRST_MS;
	while (used < (long)sizeof(bytes) - 600 && poll(&poll_fd, 1, wait) == 1) {
		long count = read(fd, bytes + used, 500);
		if (count < 0) {
			say("%s: %s\n", name, errno_name(errno));
			return;
		}
		if (count == 0) {
			bytes[used++] = '$';
			break;
		}
		used += count;
		if (fd == slave)
			bytes[used++] = '|';
		wait = QUIET_MS;
	}
	show_bytes(name, bytes, used);
}

__attribute__((unused)) static void nothing_arrives(const char *name, int fd)
{
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	int count = poll(&poll_fd, 1, 2 * QUIET_MS);
	say("%s: %s\n", name, count == 0 ? "nothing" : "something");
}

__attribute__((unused)) static void type(const char *text)
{
	MUST(write(master, text, strlen(text)));
}

/* In a child: a session of its own with the slave as controlling terminal. */
__attribute__((unused)) static void take_terminal(void)
{
	MUST(setsid());
	MUST(ioctl(slave, TIOCSCTTY, 0));
}

#endif
