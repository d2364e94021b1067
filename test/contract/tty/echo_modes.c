/* SPDX-License-Identifier: MIT
 *
 * termios(3), echoing: ECHO, ECHOE, ECHOK, ECHOKE, ECHOCTL, ECHONL, ECHOPRT as seen at the master, tabs and control
 * characters under erase, REPRINT.
 */
#include "terminal.h"

static void session(const char *name, const char *text)
{
	say("%s\n", name);
	type(text);
	arrives("  master", master);
	tcflush(slave, TCIFLUSH);
	type("\n");
	arrives("  end", master);
	tcflush(slave, TCIFLUSH);
}

int main(void)
{
	open_terminal();
	session("plain", "abc");
	session("erase", "abc\x7f\x7f");
	session("erase at the start", "\x7f");
	session("control", "\x01\x02z");
	session("erase control", "\x01z\x7f\x7f");
	session("tab", "ab\tc\x7f\x7f");
	session("kill", "abcdef\x15");
	session("word", "one two\x17");
	session("reprint", "abc\x12");
	session("literal", "\x16\x03");
	change('l', ECHOCTL, 0);
	session("control without ECHOCTL", "\x01z");
	change('l', ECHOKE, 0);
	session("kill without ECHOKE", "abc\x15");
	change('l', ECHOK, 0);
	session("kill without ECHOK", "abc\x15");
	change('l', ECHOE, 0);
	session("erase without ECHOE", "abc\x7f\x7f");
	change('l', 0, ECHOE | ECHOPRT);
	session("erase with ECHOPRT", "abc\x7f\x7f"
				      "d");
	change('l', ECHO | ECHOPRT, ECHONL);
	type("abc");
	nothing_arrives("without ECHO", master);
	type("\n");
	arrives("ECHONL", master);
	change('l', ECHONL, 0);
	type("abc\n");
	nothing_arrives("without ECHONL", master);
	return 0;
}
