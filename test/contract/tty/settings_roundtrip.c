/* SPDX-License-Identifier: MIT
 *
 * tcgetattr(3), tcsetattr(3): the settings of a fresh terminal, read back after each kind of change, from both
 * sides; speeds; TCSADRAIN and TCSAFLUSH (which drops unread input); the older ioctls; errors.
 */
#include "terminal.h"

static void show_settings(const char *name, int fd)
{
	struct termios settings;
	MUST(tcgetattr(fd, &settings));
	say("%s: i 0x%x o 0x%x c 0x%x l 0x%x line %d\n  characters", name, settings.c_iflag, settings.c_oflag,
	    settings.c_cflag, settings.c_lflag, settings.c_line);
	for (int i = 0; i < 17; i++)
		say(" %d", settings.c_cc[i]);
	say("\n  speeds %u %u\n", cfgetispeed(&settings), cfgetospeed(&settings));
}

int main(void)
{
	struct termios settings;
	open_terminal();
	show_settings("fresh slave", slave);
	show_settings("fresh master", master);
	MUST(tcgetattr(slave, &settings));
	settings.c_iflag = IGNBRK | IXOFF | IMAXBEL;
	settings.c_oflag = OPOST;
	settings.c_lflag = ICANON | ISIG;
	settings.c_cflag = CS7 | CREAD | PARENB | B9600;
	settings.c_cc[VINTR] = 'i';
	settings.c_cc[VSUSP] = 0;
	CALL(tcsetattr(slave, TCSANOW, &settings));
	show_settings("changed", slave);
	show_settings("changed, from the master", master);
	cfsetspeed(&settings, B115200);
	CALL(tcsetattr(slave, TCSADRAIN, &settings));
	show_settings("speed", slave);
	type("unread\n");
	sleep_ms(QUIET_MS);
	CALL(tcsetattr(slave, TCSAFLUSH, &settings));
	nothing_arrives("after TCSAFLUSH", slave);
	int discipline = -1;
	CALL(ioctl(slave, TIOCGETD, &discipline));
	SHOW(discipline);
	CALL(ioctl(slave, TCSBRK, 1));
	CALL(ioctl(slave, TIOCMGET, &discipline));
	CALL(ioctl(slave, TIOCGSERIAL, &discipline));
	CALL(ioctl(slave, TIOCEXCL));
	CALL(ioctl(slave, TIOCNXCL));
	CALL(ioctl(slave, 0x54ff, 0));
	CALL(ioctl(slave, TCGETS, (void *)8));
	CALL(ioctl(slave, TCSETS, (void *)8));
	CALL(tcsetattr(slave, 99, &settings));
	return 0;
}
