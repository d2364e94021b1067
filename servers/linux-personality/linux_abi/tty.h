/* SPDX-License-Identifier: MIT */
/*
 * Linux's numbers and structures around terminals on x86-64: termios, window size, ioctls, packet mode.
 * Source: ioctl_tty(2), termios(3) and the kernel's UAPI headers; test/unit/personality compares every value with the
 * host's.
 */
#ifndef LICHEN_LINUX_ABI_TTY_H
#define LICHEN_LINUX_ABI_TTY_H

#include <stdint.h>

/* c_cc */
enum linux_control_character {
	LINUX_VINTR,
	LINUX_VQUIT,
	LINUX_VERASE,
	LINUX_VKILL,
	LINUX_VEOF,
	LINUX_VTIME,
	LINUX_VMIN,
	LINUX_VSWTC,
	LINUX_VSTART,
	LINUX_VSTOP,
	LINUX_VSUSP,
	LINUX_VEOL,
	LINUX_VREPRINT,
	LINUX_VDISCARD,
	LINUX_VWERASE,
	LINUX_VLNEXT,
	LINUX_VEOL2,
};
#define LINUX_NCCS 19
#define LINUX_NCC 8 /* of struct termio */

/* c_iflag */
#define LINUX_IGNBRK 0000001u
#define LINUX_BRKINT 0000002u
#define LINUX_IGNPAR 0000004u
#define LINUX_PARMRK 0000010u
#define LINUX_INPCK 0000020u
#define LINUX_ISTRIP 0000040u
#define LINUX_INLCR 0000100u
#define LINUX_IGNCR 0000200u
#define LINUX_ICRNL 0000400u
#define LINUX_IUCLC 0001000u
#define LINUX_IXON 0002000u
#define LINUX_IXANY 0004000u
#define LINUX_IXOFF 0010000u
#define LINUX_IMAXBEL 0020000u
#define LINUX_IUTF8 0040000u

/* c_oflag */
#define LINUX_OPOST 0000001u
#define LINUX_OLCUC 0000002u
#define LINUX_ONLCR 0000004u
#define LINUX_OCRNL 0000010u
#define LINUX_ONOCR 0000020u
#define LINUX_ONLRET 0000040u
#define LINUX_TABDLY 0014000u
#define LINUX_XTABS 0014000u

/* c_cflag */
#define LINUX_CBAUD 0010017u
#define LINUX_CBAUDEX 0010000u
#define LINUX_BOTHER 0010000u
#define LINUX_CIBAUD_SHIFT 16
#define LINUX_CSIZE 0000060u
#define LINUX_CS5 0000000u
#define LINUX_CS6 0000020u
#define LINUX_CS7 0000040u
#define LINUX_CS8 0000060u
#define LINUX_CSTOPB 0000100u
#define LINUX_CREAD 0000200u
#define LINUX_PARENB 0000400u
#define LINUX_PARODD 0001000u
#define LINUX_HUPCL 0002000u
#define LINUX_CLOCAL 0004000u
#define LINUX_CMSPAR 010000000000u
#define LINUX_CRTSCTS 020000000000u
#define LINUX_B38400 0000017u

/* c_lflag */
#define LINUX_ISIG 0000001u
#define LINUX_ICANON 0000002u
#define LINUX_ECHO 0000010u
#define LINUX_ECHOE 0000020u
#define LINUX_ECHOK 0000040u
#define LINUX_ECHONL 0000100u
#define LINUX_NOFLSH 0000200u
#define LINUX_TOSTOP 0000400u
#define LINUX_ECHOCTL 0001000u
#define LINUX_ECHOPRT 0002000u
#define LINUX_ECHOKE 0004000u
#define LINUX_IEXTEN 0100000u
#define LINUX_EXTPROC 0200000u

/* The kernel's struct termios2; the first LINUX_TERMIOS_BYTES of it are its struct termios. */
struct linux_termios {
	uint32_t input, output, control, local; /* c_iflag, c_oflag, c_cflag, c_lflag */
	uint8_t line;
	uint8_t characters[LINUX_NCCS]; /* c_cc */
	uint32_t input_speed, output_speed;
};
_Static_assert(sizeof(struct linux_termios) == 44, "struct termios2 of x86-64");
#define LINUX_TERMIOS_BYTES 36u

struct linux_termio {
	uint16_t input, output, control, local;
	uint8_t line;
	uint8_t characters[LINUX_NCC];
};
_Static_assert(sizeof(struct linux_termio) == 18, "struct termio of x86-64");

struct linux_winsize {
	uint16_t rows, columns, width, height;
};

struct linux_serial {
	int32_t type, line;
	uint32_t port;
	int32_t irq, flags, fifo_bytes, divisor, baud_base;
	uint16_t close_delay;
	uint8_t io_type, reserved;
	int32_t hub6;
	uint16_t closing_wait, closing_wait2;
	uint64_t memory_base;
	uint16_t register_shift;
	uint32_t port_high;
	uint64_t mapping_base;
};
_Static_assert(sizeof(struct linux_serial) == 72, "struct serial_struct of x86-64");

/* ioctls */
#define LINUX_TCGETS 0x5401u
#define LINUX_TCSETS 0x5402u
#define LINUX_TCSETSW 0x5403u
#define LINUX_TCSETSF 0x5404u
#define LINUX_TCGETA 0x5405u
#define LINUX_TCSETA 0x5406u
#define LINUX_TCSETAW 0x5407u
#define LINUX_TCSETAF 0x5408u
#define LINUX_TCSBRK 0x5409u
#define LINUX_TCXONC 0x540au
#define LINUX_TCFLSH 0x540bu
#define LINUX_TIOCEXCL 0x540cu
#define LINUX_TIOCNXCL 0x540du
#define LINUX_TIOCSCTTY 0x540eu
#define LINUX_TIOCGPGRP 0x540fu
#define LINUX_TIOCSPGRP 0x5410u
#define LINUX_TIOCOUTQ 0x5411u
#define LINUX_TIOCSTI 0x5412u
#define LINUX_TIOCGWINSZ 0x5413u
#define LINUX_TIOCSWINSZ 0x5414u
#define LINUX_TIOCMGET 0x5415u
#define LINUX_TIOCMBIS 0x5416u
#define LINUX_TIOCMBIC 0x5417u
#define LINUX_TIOCMSET 0x5418u
#define LINUX_TIOCGSOFTCAR 0x5419u
#define LINUX_TIOCSSOFTCAR 0x541au
#define LINUX_TIOCINQ 0x541bu /* FIONREAD */
#define LINUX_TIOCGSERIAL 0x541eu
#define LINUX_TIOCPKT 0x5420u
#define LINUX_TIOCNOTTY 0x5422u
#define LINUX_TIOCSETD 0x5423u
#define LINUX_TIOCGETD 0x5424u
#define LINUX_TCSBRKP 0x5425u
#define LINUX_TIOCSBRK 0x5427u
#define LINUX_TIOCCBRK 0x5428u
#define LINUX_TIOCGSID 0x5429u
#define LINUX_TCGETS2 0x802c542au
#define LINUX_TCSETS2 0x402c542bu
#define LINUX_TCSETSW2 0x402c542cu
#define LINUX_TCSETSF2 0x402c542du
#define LINUX_TIOCGPTN 0x80045430u
#define LINUX_TIOCSPTLCK 0x40045431u
#define LINUX_TIOCGDEV 0x80045432u
#define LINUX_TIOCSIG 0x40045436u
#define LINUX_TIOCVHANGUP 0x5437u
#define LINUX_TIOCGPKT 0x80045438u
#define LINUX_TIOCGPTLCK 0x80045439u
#define LINUX_TIOCGEXCL 0x80045440u
#define LINUX_TIOCGPTPEER 0x5441u

/* TCFLSH, TCXONC */
#define LINUX_TCIFLUSH 0u
#define LINUX_TCOFLUSH 1u
#define LINUX_TCIOFLUSH 2u
#define LINUX_TCOOFF 0u
#define LINUX_TCOON 1u
#define LINUX_TCIOFF 2u
#define LINUX_TCION 3u

/* Packet mode's control byte. */
#define LINUX_TIOCPKT_DATA 0u
#define LINUX_TIOCPKT_FLUSHREAD 1u
#define LINUX_TIOCPKT_FLUSHWRITE 2u
#define LINUX_TIOCPKT_STOP 4u
#define LINUX_TIOCPKT_START 8u
#define LINUX_TIOCPKT_NOSTOP 16u
#define LINUX_TIOCPKT_DOSTOP 32u
#define LINUX_TIOCPKT_IOCTL 64u

/* Modem lines of TIOCMGET. */
#define LINUX_TIOCM_DTR 0x002u
#define LINUX_TIOCM_RTS 0x004u
#define LINUX_TIOCM_CTS 0x020u
#define LINUX_TIOCM_CAR 0x040u
#define LINUX_TIOCM_RNG 0x080u
#define LINUX_TIOCM_DSR 0x100u

#endif
