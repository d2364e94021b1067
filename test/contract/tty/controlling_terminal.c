/* SPDX-License-Identifier: MIT
 *
 * tty(4), tty_ioctl(4): a session leader gets a controlling terminal by opening or by TIOCSCTTY, a terminal belongs
 * to one session, /dev/tty is it, TIOCNOTTY gives it up, setsid loses it, O_NOCTTY prevents it.
 */
#include "terminal.h"

static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR);
	if (fd == -1)
		return false;
	MUST(close(fd));
	return true;
}

static int other_session(void *unused)
{
	(void)unused;
	MUST(setsid());
	CALL(ioctl(slave, TIOCSCTTY, 0));
	int fd = (int)MUST(open(slave_path, O_RDWR));
	MUST(close(fd));
	IS(has_terminal());
	pid_t group = -1;
	CALL(ioctl(slave, TIOCGPGRP, &group));
	CALL(ioctl(slave, TIOCGSID, &group));
	return 0;
}

static int member(void *unused)
{
	(void)unused;
	IS(has_terminal());
	CALL(ioctl(slave, TIOCSCTTY, 0));
	CALL(ioctl(slave, TIOCNOTTY, 0));
	IS(has_terminal());
	return 0;
}

static int session(void *unused)
{
	pid_t id = -1;
	(void)unused;
	CALL(ioctl(slave, TIOCSCTTY, 0));
	MUST(setsid());
	IS(has_terminal());
	MUST(close((int)MUST(open(slave_path, O_RDWR | O_NOCTTY))));
	IS(has_terminal());
	MUST(close((int)MUST(open(slave_path, O_RDWR))));
	IS(has_terminal());
	MUST(ioctl(slave, TIOCGSID, &id));
	IS(id == getpid() && tcgetsid(slave) == getpid());
	IS(tcgetpgrp(slave) == getpgrp());
	CALL(ioctl(slave, TIOCSCTTY, 0));
	int tty = (int)MUST(open("/dev/tty", O_RDWR));
	struct stat status;
	MUST(fstat(tty, &status));
	say("/dev/tty is device %u:%u\n", (unsigned)(status.st_rdev >> 8), (unsigned)(status.st_rdev & 255));
	MUST(write(tty, "through /dev/tty", 16));
	arrives("master", master);
	run_child("member", member, NULL);
	run_child("other session", other_session, NULL);
	signal(SIGHUP, SIG_IGN);
	CALL(ioctl(slave, TIOCNOTTY, 0));
	IS(has_terminal());
	CALL(ioctl(slave, TIOCSCTTY, 0));
	IS(has_terminal());
	return 4;
}

int main(void)
{
	IS(has_terminal());
	open_terminal();
	IS(has_terminal());
	run_child("session", session, NULL);
	return 0;
}
