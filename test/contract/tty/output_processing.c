/* SPDX-License-Identifier: MIT
 *
 * termios(3), output flags as seen at the master: ONLCR, OCRNL, ONOCR, ONLRET, OLCUC, tab expansion by column, and
 * none of them without OPOST.
 */
#include "terminal.h"

static void output(const char *name, tcflag_t flags, const char *text)
{
	change('o', ~(tcflag_t)0, flags);
	MUST(write(slave, text, strlen(text)));
	arrives(name, master);
	change('o', ~(tcflag_t)0, 0);
	MUST(write(slave, "\r", 1));
	arrives("  return", master);
}

int main(void)
{
	open_terminal();
	output("raw", 0, "a\nb\rc\td");
	output("OPOST alone", OPOST, "a\nb\rc\td");
	output("ONLCR", OPOST | ONLCR, "a\nb\n\nc");
	output("ONLCR without OPOST", ONLCR, "a\nb");
	output("OCRNL", OPOST | OCRNL, "a\rb");
	output("ONOCR", OPOST | ONOCR, "\ra\rb\r\rc");
	output("ONLRET", OPOST | ONLRET | ONOCR, "ab\n\rc");
	output("OLCUC", OPOST | OLCUC, "Mixed 1");
	output("XTABS", OPOST | XTABS, "\ta\tbcd\t12345678\tx\b\ty");
	output("XTABS after return", OPOST | XTABS, "abc\r\tx");
	output("XTABS and ONLCR", OPOST | XTABS | ONLCR, "abc\n\tx");
	return 0;
}
