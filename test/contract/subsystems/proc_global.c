/* SPDX-License-Identifier: MIT
 *
 * proc(5): the files that tell about the system: their form, and that their numbers make sense.
 */
#include "proc_text.h"

static char text[262144], line[8192];

static unsigned long kib(const char *label)
{
	return find_line(text, label, line, sizeof(line)) ? strtoul(line + strlen(label), NULL, 10) : 0;
}

static void show_memory(void)
{
	MUST(read_whole("/proc/meminfo", text, sizeof(text)));
	static const char *const labels[] = { "MemTotal:", "MemFree:", "MemAvailable:",
					      "Buffers:",  "Cached:",  "SwapTotal:",
					      "SwapFree:", "Dirty:",   "Slab:" };
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		char masked[512];
		if (!find_line(text, labels[i], line, sizeof(line)))
			say("no %s\n", labels[i]);
		mask_line(line, masked);
		SHOW(strlen(line));
	}
	IS(kib("MemTotal:") > 16384);
	IS(kib("MemFree:") > 0 && kib("MemFree:") <= kib("MemTotal:"));
	IS(kib("MemAvailable:") <= kib("MemTotal:"));
}

static void show_times(void)
{
	double up, idle, loads[3];
	int running, total, last, pid;
	MUST(read_whole("/proc/uptime", text, sizeof(text)));
	SHOW(sscanf(text, "%lf %lf", &up, &idle));
	IS(up > 0 && idle >= 0);
	struct timespec now;
	MUST(clock_gettime(CLOCK_BOOTTIME, &now));
	IS((double)now.tv_sec - up > -1 && (double)now.tv_sec - up < 5);
	MUST(read_whole("/proc/loadavg", text, sizeof(text)));
	SHOW(sscanf(text, "%lf %lf %lf %d/%d %d", &loads[0], &loads[1], &loads[2], &running, &total, &last));
	IS(running >= 1 && running <= total);
	if ((pid = fork()) == 0)
		_exit(0);
	MUST(waitpid(pid, NULL, 0));
	MUST(read_whole("/proc/loadavg", text, sizeof(text)));
	IS(atoi(strrchr(text, ' ')) >= pid);
}

static void show_processors(void)
{
	MUST(read_whole("/proc/cpuinfo", text, sizeof(text)));
	static const char *const labels[] = { "processor\t: ", "vendor_id\t: ",  "cpu family\t: ",
					      "model\t\t: ",   "model name\t: ", "stepping\t: ",
					      "cpu MHz\t\t: ", "flags\t\t: ",    "address sizes\t: " };
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		say("%s%s\n", labels[i],
		    find_line(text, labels[i], line, sizeof(line)) ? "there" : "missing");
	IS(find_line(text, "cpu MHz\t\t: ", line, sizeof(line)) && atof(line + 11) > 1);
	find_line(text, "flags\t\t: ", line, sizeof(line));
	IS(strstr(line, " sse2 ") && strstr(line, " fxsr ") && strstr(line, " cmov "));
	MUST(read_whole("/proc/stat", text, sizeof(text)));
	static const char *const counts[] = { "cpu  ",          "cpu0 ",          "intr ",
					      "ctxt ",          "btime ",         "processes ",
					      "procs_running ", "procs_blocked ", "softirq " };
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		say("%s%s\n", counts[i],
		    find_line(text, counts[i], line, sizeof(line)) ? "there" : "missing");
	find_line(text, "btime ", line, sizeof(line));
	IS(labs(time(NULL) - now_ms() / 1000 - atol(line + 6)) <= 5);
}

int main(void)
{
	struct stat one, other;
	show_memory();
	show_times();
	show_processors();
	IS(read_whole("/proc/version", text, sizeof(text)) > 0 && !strncmp(text, "Linux version ", 14));
	IS(read_whole("/proc/mounts", text, sizeof(text)) > 0 && strstr(text, " /proc proc rw"));
	IS(read_whole("/proc/filesystems", text, sizeof(text)) > 0 && strstr(text, "nodev\tproc\n"));
	IS(strstr(text, "nodev\tsysfs\n") && strstr(text, "nodev\ttmpfs\n") &&
	   strstr(text, "nodev\tdevpts\n"));
	MUST(read_whole("/proc/swaps", text, sizeof(text)));
	show_bytes("swaps", text, (long)strcspn(text, "\n"));
	MUST(read_whole("/proc/partitions", text, sizeof(text)));
	show_bytes("partitions", text, (long)strcspn(text, "\n"));
	MUST(stat("/proc/self/ns/mnt", &one));
	MUST(stat("/proc/1/ns/mnt", &other));
	IS(one.st_ino == other.st_ino && one.st_dev == other.st_dev);
	return 0;
}
