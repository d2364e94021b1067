/* SPDX-License-Identifier: MIT
 *
 * proc(5), /proc/PID/fd and fdinfo: one link for each descriptor with the rights it was opened with; a link leads to the file
 * itself, also when its name is gone; pipes and sockets are named by number; only the owner may look.
 */
#include "proc_text.h"

#include <dirent.h>

static char text[4096];

static void show_link(int fd)
{
	char path[64], link[256] = { 0 }, masked[512];
	struct stat status;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	MUST(readlink(path, link, sizeof(link) - 1));
	MUST(lstat(path, &status));
	mask_line(link, masked);
	say("%d: %s, mode 0%o, size %ld\n", fd, masked, status.st_mode, (long)status.st_size);
}

static void list(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int numbers = 0, others = 0;
	while (directory && (entry = readdir(directory)))
		*(isdigit((unsigned char)entry->d_name[0]) ? &numbers : &others) += 1;
	say("%s: %d numbers, %d others\n", path, numbers, others);
	if (directory)
		closedir(directory);
}

int main(void)
{
	int pipes[2];
	list("/proc/self/fd");
	list("/proc/self/fdinfo");
	MUST(open("/dev/null", O_WRONLY));
	MUST(pipe(pipes));
	int file = (int)MUST(open("file", O_RDWR | O_CREAT | O_APPEND, 0644));
	MUST(write(file, "contents", 8));
	for (int fd = 3; fd <= file; fd++) {
		if (fd != file)
			show_link(fd);
	}
	char link[256] = { 0 }, path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	MUST(unlink("file"));
	MUST(readlink(path, link, sizeof(link) - 1));
	IS(strstr(link, "/file (deleted)") != NULL);
	int again = (int)CALL(open(path, O_RDONLY) >= 0);
	show_bytes("again", text, read(again < 0 ? again : file + 1, text, sizeof(text)));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pipes[1]);
	int writer = (int)MUST(open(path, O_WRONLY));
	MUST(write(writer, "through", 7));
	show_bytes("pipe", text, read(pipes[0], text, sizeof(text)));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", file);
	MUST(read_whole(path, text, sizeof(text)));
	IS(!strncmp(text, "pos:\t8\nflags:\t0", 15));
	CALL(open("/proc/self/fd/99", O_RDONLY));
	CALL(readlink("/proc/self/fd/099", text, sizeof(text)));
	return 0;
}
