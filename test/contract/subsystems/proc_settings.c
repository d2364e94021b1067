/* SPDX-License-Identifier: MIT
 *
 * proc(5), /proc/sys: identities, names and numbers; a number out of bounds is refused and changes nothing; nothing can be made,
 * removed or renamed.
 */
#include "proc_text.h"

static char text[4096], before[4096];

static long put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_TRUNC);
	if (fd < 0)
		return -1;
	long result = write(fd, value, strlen(value));
	int saved = errno;
	close(fd);
	errno = saved;
	return result;
}

int main(void)
{
	const char *boot = "/proc/sys/kernel/random/boot_id", *fresh = "/proc/sys/kernel/random/uuid";
	SHOW(read_whole(boot, before, sizeof(before)));
	MUST(read_whole(boot, text, sizeof(text)));
	IS(!strcmp(text, before));
	SHOW(read_whole(fresh, before, sizeof(before)));
	MUST(read_whole(fresh, text, sizeof(text)));
	IS(strcmp(text, before) != 0);
	SHOW(text[14]);
	show_masked("/proc/sys/kernel/cap_last_cap");
	show_masked("/proc/sys/kernel/ngroups_max");
	show_masked("/proc/sys/kernel/pid_max");
	show_masked("/proc/sys/kernel/printk");
	show_masked("/proc/sys/fs/pipe-max-size");
	MUST(read_whole("/proc/sys/kernel/ostype", text, sizeof(text)));
	TEXT(text);
	const char *setting = "/proc/sys/vm/swappiness";
	CALL(put(setting, "33"));
	MUST(read_whole(setting, text, sizeof(text)));
	TEXT(text);
	CALL(put(setting, " 34\n"));
	CALL(put(setting, "201"));
	CALL(put(setting, "-1"));
	CALL(put(setting, "thirty"));
	CALL(put(setting, "35 and more"));
	MUST(read_whole(setting, text, sizeof(text)));
	TEXT(text);
	CALL(put("/proc/sys/kernel/ostype", "Other"));
	CALL(put("/proc/self/oom_score_adj", "1001"));
	CALL(put("/proc/self/oom_score_adj", "17"));
	MUST(read_whole("/proc/self/oom_score_adj", text, sizeof(text)));
	TEXT(text);
	CALL(open("/proc/new", O_WRONLY | O_CREAT, 0644));
	CALL(mkdir("/proc/new", 0755));
	CALL(unlink("/proc/version"));
	CALL(rename("/proc/version", "/proc/noisrev"));
	CALL(chmod("/proc/self/stat", 0777));
	CALL(lseek(open("/proc/version", O_RDONLY), 0, SEEK_END));
	return 0;
}
