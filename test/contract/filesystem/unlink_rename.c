/* SPDX-License-Identifier: MIT
 *
 * unlink(2), rename(2): gone names, replaced targets, directories over empty ones only, nothing into itself, hard
 * links of one file, errors; open files keep their contents.
 */
#include "contract.h"

static void content(const char *path)
{
	char text[32];
	long count = read_file(path, text, sizeof(text));
	say("%s: %s\n", path, count < 0 ? errno_name(errno) : text);
}

static void directories(void)
{
	MUST(mkdir("d1", 0755) | mkdir("d2", 0755) | mkdir("d2/full", 0755) | mkdir("d3", 0755));
	CALL(rename("d1", "d2"));
	CALL(rename("d1", "d3"));
	CALL(access("d1", F_OK));
	CALL(rename("d3", "d2/inside"));
	CALL(rename("d2", "d2/full/deeper"));
	CALL(rename("d2/full", "d2"));
	CALL(rename("d2", "file"));
	CALL(rename("file", "d2"));
	CALL(rename("d2/.", "x"));
	CALL(rename("d2", "x/"));
	CALL(rename("file", "y/"));
	CALL(unlink("x"));
	CALL(unlink("x/"));
}

int main(void)
{
	char text[32];
	write_file("a", "a's");
	write_file("b", "b's");
	CALL(unlink("a"));
	content("a");
	CALL(unlink("a"));
	write_file("a", "a's");
	int old = (int)MUST(open("b", O_RDONLY));
	CALL(rename("a", "b"));
	content("a");
	content("b");
	show_bytes("open file", text, read(old, text, sizeof(text)));
	CALL(rename("b", "b"));
	MUST(link("b", "c"));
	CALL(rename("b", "c"));
	content("b");
	content("c");
	CALL(rename("none", "x"));
	CALL(rename("b", "none/x"));
	CALL(rename("b", ""));
	CALL(rename("b", "b/x"));
	CALL(unlink("b/"));
	CALL(unlink("b/x"));
	CALL(unlink(""));
	MUST(symlink("b", "link"));
	CALL(rename("link", "renamed-link"));
	show_bytes("link", text, readlink("renamed-link", text, sizeof(text)));
	CALL(rename("c", "renamed-link"));
	content("renamed-link");
	write_file("file", "f");
	directories();
	CALL(rename("b", "/proc/b"));
	CALL(unlink("/proc/self/status"));
	for (int i = 0; i < 200; i++) {
		write_file("new", "next");
		MUST(rename("new", "target"));
	}
	content("target");
	return 0;
}
