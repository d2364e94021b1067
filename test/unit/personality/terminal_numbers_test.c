/* SPDX-License-Identifier: MIT */
/*
 * linux_abi/tty.h against the host's own headers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <asm/termios.h>
#include <linux/serial.h>
#include <linux/tty.h>
#include "linux_abi/tty.h"

#define SAME(name)                                                                                           \
	{                                                                                                    \
#		name, LINUX_##name, (uint32_t)(name)                                                        \
	}

static const struct {
	const char *name;
	uint32_t ours, theirs;
} numbers[] = {
	SAME(VINTR),
	SAME(VQUIT),
	SAME(VERASE),
	SAME(VKILL),
	SAME(VEOF),
	SAME(VTIME),
	SAME(VMIN),
	SAME(VSWTC),
	SAME(VSTART),
	SAME(VSTOP),
	SAME(VSUSP),
	SAME(VEOL),
	SAME(VREPRINT),
	SAME(VDISCARD),
	SAME(VWERASE),
	SAME(VLNEXT),
	SAME(VEOL2),
	SAME(NCCS),
	SAME(NCC),
	SAME(IGNBRK),
	SAME(BRKINT),
	SAME(IGNPAR),
	SAME(PARMRK),
	SAME(INPCK),
	SAME(ISTRIP),
	SAME(INLCR),
	SAME(IGNCR),
	SAME(ICRNL),
	SAME(IUCLC),
	SAME(IXON),
	SAME(IXANY),
	SAME(IXOFF),
	SAME(IMAXBEL),
	SAME(IUTF8),
	SAME(OPOST),
	SAME(OLCUC),
	SAME(ONLCR),
	SAME(OCRNL),
	SAME(ONOCR),
	SAME(ONLRET),
	SAME(TABDLY),
	SAME(XTABS),
	SAME(CBAUD),
	SAME(CBAUDEX),
	SAME(BOTHER),
	SAME(CSIZE),
	SAME(CS5),
	SAME(CS6),
	SAME(CS7),
	SAME(CS8),
	SAME(CSTOPB),
	SAME(CREAD),
	SAME(PARENB),
	SAME(PARODD),
	SAME(HUPCL),
	SAME(CLOCAL),
	SAME(CMSPAR),
	SAME(CRTSCTS),
	SAME(B38400),
	SAME(ISIG),
	SAME(ICANON),
	SAME(ECHO),
	SAME(ECHOE),
	SAME(ECHOK),
	SAME(ECHONL),
	SAME(NOFLSH),
	SAME(TOSTOP),
	SAME(ECHOCTL),
	SAME(ECHOPRT),
	SAME(ECHOKE),
	SAME(IEXTEN),
	SAME(EXTPROC),
	SAME(TCGETS),
	SAME(TCSETS),
	SAME(TCSETSW),
	SAME(TCSETSF),
	SAME(TCGETA),
	SAME(TCSETA),
	SAME(TCSETAW),
	SAME(TCSETAF),
	SAME(TCSBRK),
	SAME(TCXONC),
	SAME(TCFLSH),
	SAME(TIOCEXCL),
	SAME(TIOCNXCL),
	SAME(TIOCSCTTY),
	SAME(TIOCGPGRP),
	SAME(TIOCSPGRP),
	SAME(TIOCOUTQ),
	SAME(TIOCSTI),
	SAME(TIOCGWINSZ),
	SAME(TIOCSWINSZ),
	SAME(TIOCMGET),
	SAME(TIOCMBIS),
	SAME(TIOCMBIC),
	SAME(TIOCMSET),
	SAME(TIOCGSOFTCAR),
	SAME(TIOCSSOFTCAR),
	SAME(TIOCINQ),
	SAME(TIOCGSERIAL),
	SAME(TIOCPKT),
	SAME(TIOCNOTTY),
	SAME(TIOCSETD),
	SAME(TIOCGETD),
	SAME(TCSBRKP),
	SAME(TIOCSBRK),
	SAME(TIOCCBRK),
	SAME(TIOCGSID),
	SAME(TCGETS2),
	SAME(TCSETS2),
	SAME(TCSETSW2),
	SAME(TCSETSF2),
	SAME(TIOCGPTN),
	SAME(TIOCSPTLCK),
	SAME(TIOCGDEV),
	SAME(TIOCSIG),
	SAME(TIOCVHANGUP),
	SAME(TIOCGPKT),
	SAME(TIOCGPTLCK),
	SAME(TIOCGEXCL),
	SAME(TIOCGPTPEER),
	SAME(TCIFLUSH),
	SAME(TCOFLUSH),
	SAME(TCIOFLUSH),
	SAME(TCOOFF),
	SAME(TCOON),
	SAME(TCIOFF),
	SAME(TCION),
	SAME(TIOCPKT_DATA),
	SAME(TIOCPKT_FLUSHREAD),
	SAME(TIOCPKT_FLUSHWRITE),
	SAME(TIOCPKT_STOP),
	SAME(TIOCPKT_START),
	SAME(TIOCPKT_NOSTOP),
	SAME(TIOCPKT_DOSTOP),
	SAME(TIOCPKT_IOCTL),
	SAME(TIOCM_DTR),
	SAME(TIOCM_RTS),
	SAME(TIOCM_CTS),
	SAME(TIOCM_CAR),
	SAME(TIOCM_RNG),
	SAME(TIOCM_DSR),
};

static void numbers_are_the_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i].ours != numbers[i].theirs)
			fail_msg("%s: %#x, the host has %#x", numbers[i].name, numbers[i].ours,
				 numbers[i].theirs);
	}
}

#define SAME_PLACE(ours, our_field, theirs, their_field)                                                     \
	assert_int_equal(offsetof(struct ours, our_field), offsetof(struct theirs, their_field))

static void structures_are_the_hosts(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct linux_termios), sizeof(struct termios2));
	assert_int_equal(LINUX_TERMIOS_BYTES, sizeof(struct termios));
	SAME_PLACE(linux_termios, local, termios2, c_lflag);
	SAME_PLACE(linux_termios, line, termios2, c_line);
	SAME_PLACE(linux_termios, characters, termios2, c_cc);
	SAME_PLACE(linux_termios, output_speed, termios2, c_ospeed);
	assert_int_equal(sizeof(struct linux_termio), sizeof(struct termio));
	SAME_PLACE(linux_termio, characters, termio, c_cc);
	assert_int_equal(sizeof(struct linux_winsize), sizeof(struct winsize));
	SAME_PLACE(linux_winsize, columns, winsize, ws_col);
	assert_int_equal(sizeof(struct linux_serial), sizeof(struct serial_struct));
	SAME_PLACE(linux_serial, baud_base, serial_struct, baud_base);
	SAME_PLACE(linux_serial, close_delay, serial_struct, close_delay);
	SAME_PLACE(linux_serial, mapping_base, serial_struct, iomap_base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_the_hosts),
		cmocka_unit_test(structures_are_the_hosts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
