/* SPDX-License-Identifier: MIT
 *
 * proc(5), /proc/PID/mountinfo and mounts: a line for each mount with all its parts; a new mount appears with its options and its
 * name escaped, and disappears.
 */
#include "proc_text.h"

#include <sys/mount.h>

static char text[16384], line[1024];

/* The line whose mount point ends in the name. */
static bool find_mount(const char *path, const char *name)
{
	if (read_whole(path, text, sizeof(text)) < 0)
		return false;
	char *at = strstr(text, name);
	if (!at)
		return false;
	while (at > text && at[-1] != '\n')
		at--;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	return true;
}

int main(void)
{
	int id, parent, major, minor;
	char root[64], point[64];
	IS(find_mount("/proc/self/mountinfo", " / / "));
	SHOW(sscanf(line, "%d %d %d:%d %63s %63s", &id, &parent, &major, &minor, root, point));
	IS(strstr(line, " - ") != NULL);
	MUST(mkdir("/tmp/a place", 0755));
	CALL(mount("a source", "/tmp/a place", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=700"));
	IS(find_mount("/proc/self/mountinfo", "/tmp/a\\040place"));
	char *options = strstr(line, " rw,");
	IS(options && !strncmp(options, " rw,nosuid,noexec,relatime", 26));
	IS(strstr(line, " - tmpfs a\\040source rw") != NULL);
	IS(find_mount("/proc/mounts", "/tmp/a\\040place"));
	IS(!strncmp(line, "a\\040source /tmp/a\\040place tmpfs rw,nosuid,noexec,relatime", 57));
	IS(strlen(line) > 4 && !strcmp(line + strlen(line) - 4, " 0 0"));
	CALL(mount(NULL, "/tmp/a place", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	IS(find_mount("/proc/mounts", "/tmp/a\\040place") && strstr(line, " tmpfs ro,"));
	CALL(umount("/tmp/a place"));
	IS(find_mount("/proc/mounts", "/tmp/a\\040place"));
	MUST(rmdir("/tmp/a place"));
	return 0;
}
