/* SPDX-License-Identifier: MIT
 *
 * termios(3), input flags: ICRNL, INLCR, IGNCR, ISTRIP, IUCLC, PARMRK, in raw and canonical mode; eight bits pass
 * unharmed otherwise; IUTF8 erases whole characters.
 */
#include "terminal.h"

static void input(const char *name, tcflag_t flags, const char *text)
{
	change('i', ~(tcflag_t)0, flags);
	type(text);
	arrives(name, slave);
}

int main(void)
{
	open_terminal();
	change('l', ICANON | ECHO | ISIG | IEXTEN, 0);
	input("none", 0, "a\rb\nc\xff\x80");
	input("ICRNL", ICRNL, "a\rb\nc");
	input("INLCR", INLCR, "a\rb\nc");
	input("IGNCR", IGNCR, "a\rb\nc");
	input("ICRNL and IGNCR", ICRNL | IGNCR, "a\rb\nc");
	input("ISTRIP", ISTRIP, "\xe1\xff z");
	input("IUCLC without IEXTEN", IUCLC, "MiXed");
	change('l', 0, IEXTEN);
	input("IUCLC", IUCLC, "MiXed");
	input("PARMRK", PARMRK,
	      "a\xff"
	      "b");
	input("PARMRK and ISTRIP", PARMRK | ISTRIP,
	      "a\xff"
	      "b");
	change('l', 0, ICANON);
	input("canonical ICRNL", ICRNL, "line\r");
	input("canonical INLCR", INLCR, "li\nne\n");
	tcflush(slave, TCIFLUSH);
	input("erase of a character of two bytes", ICRNL, "a\xc3\xa9\x7f!\r");
	input("with IUTF8", ICRNL | IUTF8, "a\xc3\xa9\x7f!\r");
	return 0;
}
