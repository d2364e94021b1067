/* SPDX-License-Identifier: MIT
 *
 * inotify watches that come when a file is read and written all the time: on the file, on its directory, on a directory that
 * the file is moved to. Every transfer behind the watch is told; behind its removal none.
 */
#include "contract.h"
#include <sys/inotify.h>

static int fd, watcher;

static void transfers(void)
{
	char bytes[4];
	for (int i = 0; i < 3; i++) {
		MUST(pwrite(fd, "data", 4, 0));
		MUST(pread(fd, bytes, 4, 0));
	}
}

static void show_events(const char *when)
{
	char buffer[4096] __attribute__((aligned(8)));
	ssize_t bytes = read(watcher, buffer, sizeof(buffer));
	int accesses = 0, changes = 0, others = 0;
	for (ssize_t at = 0; at < bytes;) {
		const struct inotify_event *event = (const void *)(buffer + at);
		accesses += event->mask == IN_ACCESS;
		changes += event->mask == IN_MODIFY;
		others += event->mask != IN_ACCESS && event->mask != IN_MODIFY;
		at += (ssize_t)(sizeof(*event) + event->len);
	}
	say("%s: %s, access %s, modify %s, others %d\n", when, bytes < 0 ? errno_name(errno) : "events",
	    accesses ? "yes" : "no", changes ? "yes" : "no", others);
}

static void transfer_and_show(const char *when)
{
	transfers();
	show_events(when);
}

int main(void)
{
	fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	watcher = (int)MUST(inotify_init1(IN_NONBLOCK));
	MUST(mkdir("watched", 0700));
	transfer_and_show("no watch");
	int on_file = (int)MUST(inotify_add_watch(watcher, "file", IN_ACCESS | IN_MODIFY));
	transfer_and_show("watched file");
	MUST(inotify_rm_watch(watcher, on_file));
	transfer_and_show("watch removed");
	transfer_and_show("still none");
	int on_directory = (int)MUST(inotify_add_watch(watcher, ".", IN_ACCESS | IN_MODIFY));
	transfer_and_show("watched directory");
	MUST(inotify_rm_watch(watcher, on_directory));
	transfer_and_show("watch removed");
	MUST(inotify_add_watch(watcher, "watched", IN_MODIFY));
	transfer_and_show("elsewhere");
	MUST(rename("file", "watched/file"));
	transfer_and_show("moved there");
	MUST(rename("watched/file", "file"));
	transfers();
	transfer_and_show("moved away");
	MUST(close(watcher));
	transfers();
	return 0;
}
