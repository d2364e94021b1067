/* SPDX-License-Identifier: MIT
 *
 * termios(3), canonical mode: whole lines, one for each read, short reads of long lines, ERASE, KILL, WERASE, EOF
 * in the middle and at the start of a line, EOL, LNEXT, and what is not yet a line does not arrive.
 */
#include "terminal.h"

int main(void)
{
	char text[16];
	open_terminal();
	change('l', ECHO, 0);
	type("one\ntwo\nthree");
	arrives("two lines", slave);
	nothing_arrives("third", slave);
	type("\n");
	arrives("third", slave);
	type("a long line\n");
	show_bytes("short read", text, read(slave, text, 4));
	arrives("rest", slave);
	type("abc\x7f\x7fX\n");
	arrives("erase", slave);
	type("\x7f\x7f!\n");
	arrives("erase at the start", slave);
	type("killed line\x15kept\n");
	arrives("kill", slave);
	type("two words  \x17X\n");
	arrives("erase a word", slave);
	type("no newline\x04");
	arrives("end of file in a line", slave);
	type("\x04");
	arrives("end of file at the start", slave);
	type("x\x04y\x04\x04");
	show_bytes("first", text, read(slave, text, sizeof(text)));
	show_bytes("second", text, read(slave, text, sizeof(text)));
	show_bytes("third", text, read(slave, text, sizeof(text)));
	type("lit\x16\x7f\x16\x04\x16\n\n");
	arrives("literal next", slave);
	set_character(VEOL, ';');
	type("part;rest\n");
	arrives("end of line character", slave);
	set_character(VERASE, '#');
	type("ab#c\x7f\n");
	arrives("another erase", slave);
	type("pending");
	nothing_arrives("pending", slave);
	change('l', ICANON, 0);
	arrives("after leaving the mode", slave);
	return 0;
}
