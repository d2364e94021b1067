/* SPDX-License-Identifier: MIT
 *
 * inotify(7): the events of creating, writing, reading, renaming, linking, changing and removing in a directory and
 * of the directory itself, with names and rename cookies, masks, removal of watches, readiness.
 */
#include "contract.h"

#include <poll.h>
#include <sys/inotify.h>

static uint32_t last_cookie;

static void show_events(int fd, const char *when)
{
	char bytes[4096] __attribute__((aligned(8)));
	long count = read(fd, bytes, sizeof(bytes));
	say("%s: %s\n", when, count == -1 ? errno_name(errno) : "");
	for (long at = 0; at < count;) {
		struct inotify_event *event = (struct inotify_event *)(bytes + at);
		say("  watch %d mask 0x%x name %s%s\n", event->wd, event->mask,
		    event->len ? event->name : "(none)",
		    !event->cookie                 ? ""
		    : event->cookie == last_cookie ? " same cookie"
						   : " new cookie");
		last_cookie = event->cookie;
		at += (long)sizeof(*event) + event->len;
	}
}

int main(void)
{
	int fd = (int)CALL(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
	MUST(mkdir("watched", 0755));
	CALL(inotify_add_watch(fd, "watched", IN_ALL_EVENTS));
	show_events(fd, "fresh");
	write_file("watched/file", "x");
	show_events(fd, "created and written");
	char text[8];
	read_file("watched/file", text, sizeof(text));
	show_events(fd, "read");
	MUST(rename("watched/file", "watched/other"));
	show_events(fd, "renamed");
	MUST(rename("watched/other", "outside"));
	show_events(fd, "moved out");
	MUST(rename("outside", "watched/back"));
	show_events(fd, "moved in");
	MUST(chmod("watched/back", 0600));
	MUST(link("watched/back", "watched/second"));
	MUST(truncate("watched/back", 0));
	show_events(fd, "changed, linked, truncated");
	MUST(mkdir("watched/sub", 0755) | rmdir("watched/sub"));
	show_events(fd, "directory");
	CALL(inotify_add_watch(fd, "watched/back", IN_ALL_EVENTS));
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	CALL(poll(&poll_fd, 1, 0));
	MUST(unlink("watched/back") | unlink("watched/second"));
	CALL(poll(&poll_fd, 1, 0));
	show_events(fd, "removed");
	CALL(inotify_add_watch(fd, "watched", IN_CREATE | IN_ONESHOT));
	write_file("watched/one", "");
	write_file("watched/two", "");
	show_events(fd, "one shot");
	CALL(inotify_rm_watch(fd, 1));
	CALL(inotify_add_watch(fd, "watched", IN_DELETE_SELF | IN_DELETE));
	MUST(unlink("watched/one") | unlink("watched/two") | rmdir("watched"));
	show_events(fd, "itself removed");
	CALL(inotify_add_watch(fd, "none", IN_CREATE));
	CALL(inotify_add_watch(fd, "outside", 0));
	CALL(inotify_add_watch(99, ".", IN_CREATE));
	CALL(inotify_add_watch(0, ".", IN_CREATE));
	write_file("plain", "");
	CALL(inotify_add_watch(fd, "plain", IN_CREATE | IN_ONLYDIR));
	CALL(inotify_rm_watch(fd, 99));
	CALL(inotify_init1(0x100));
	return 0;
}
