/* SPDX-License-Identifier: MIT
 *
 * pts(4), ptmx(4): a locked slave does not open, the node appears with group 5 and mode 0620 and goes with the
 * master, both sides carry bytes, several slaves, the error after a close of either side.
 */
#include "terminal.h"

int main(void)
{
	struct stat status;
	char byte;
	int number = -1, other, unlock = 0, lock = -1;
	master = (int)MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY));
	CALL(ioctl(master, TIOCGPTN, &number));
	IS(number >= 0);
	snprintf(slave_path, sizeof(slave_path), "/dev/pts/%d", number);
	IS(open(slave_path, O_RDWR | O_NOCTTY) == -1 && errno == EIO);
	CALL(ioctl(master, TIOCGPTLCK, &lock));
	SHOW(lock);
	CALL(ioctl(master, TIOCSPTLCK, &unlock));
	MUST(stat(slave_path, &status));
	say("mode 0%o, gid %u, device major %u\n", status.st_mode, status.st_gid,
	    (unsigned)(status.st_rdev >> 8 & 0xfff));
	slave = (int)MUST(open(slave_path, O_RDWR | O_NOCTTY));
	IS(isatty(master) && isatty(slave));
	IS(strcmp(ttyname(slave), slave_path) == 0);
	other = (int)CALL(open("/dev/ptmx", O_RDWR | O_NOCTTY));
	int other_number = -1;
	MUST(ioctl(other, TIOCGPTN, &other_number));
	IS(other_number != number);
	MUST(close(other));
	other = (int)CALL(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	type("hello\n");
	arrives("slave", slave);
	arrives("echo", master);
	MUST(write(other, "back", 4));
	arrives("master", master);
	MUST(close(other));
	CALL(fcntl(slave, F_GETFD));
	MUST(close(slave));
	CALL(read(master, &byte, 1));
	slave = (int)CALL(open(slave_path, O_RDWR | O_NOCTTY));
	MUST(write(slave, "again", 5));
	arrives("reopened", master);
	MUST(close(master));
	CALL(read(slave, &byte, 1));
	CALL(write(slave, "x", 1));
	CALL(access(slave_path, F_OK));
	struct pollfd poll_fd = { slave, POLLIN | POLLOUT, 0 };
	MUST(poll(&poll_fd, 1, 0));
	HEX(poll_fd.revents);
	return 0;
}
