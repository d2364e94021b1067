/* SPDX-License-Identifier: MIT
 *
 * proc(5): /proc lists itself and all processes, each once and in rising order, also when a listing is read in small pieces and
 * begun anew; a second mount of it shows the same.
 */
#include "proc_text.h"

#include <dirent.h>
#include <sys/mount.h>

static void list(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int last = 0, numbers = 0;
	bool rising = true, self = false, own = false;
	while (directory && (entry = readdir(directory))) {
		int pid = atoi(entry->d_name);
		self = self || !strcmp(entry->d_name, "self");
		own = own || pid == getpid();
		if (pid) {
			rising = rising && pid > last;
			last = pid;
			numbers++;
		}
	}
	say("%s: self %d, own %d, rising %d, several %d\n", path, self, own, rising, numbers > 1);
	if (directory)
		closedir(directory);
}

static void list_in_pieces(void)
{
	char piece[64];
	int fd = (int)MUST(open("/proc", O_RDONLY | O_DIRECTORY)), pieces = 0;
	long got;
	while ((got = syscall(SYS_getdents64, fd, piece, sizeof(piece))) > 0)
		pieces++;
	SHOW(got);
	IS(pieces > 10);
	CALL(lseek(fd, 0, SEEK_SET));
	IS(syscall(SYS_getdents64, fd, piece, sizeof(piece)) > 0);
	CALL(syscall(SYS_getdents64, fd, piece, 8L));
}

int main(void)
{
	char text[4096];
	list("/proc");
	list_in_pieces();
	IS(read_whole("/proc/1/stat", text, sizeof(text)) > 0 && !strncmp(text, "1 (", 3));
	MUST(mkdir("again", 0755));
	CALL(mount("proc", "again", "proc", 0, NULL));
	list("again");
	CALL(umount("again"));
	list("again");
	return 0;
}
