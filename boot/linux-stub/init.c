/* SPDX-License-Identifier: MIT
 *
 * First program of the oracle, Debian's own kernel started by scripts/run --linux: makes it ready for the
 * same root file system that Lichen boots, then becomes the init that the command line names.
 *
 * Mounts devtmpfs, loads the modules in /.lichen/modules in the order of their names, removes /.lichen again,
 * and executes init=PATH (default /sbin/init). With lichen.root=DEVICE that device's ext4 file system becomes
 * the root. Whatever fails is said on the console; only a missing root or init is fatal.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MODULES "/.lichen/modules"
#define AGENT "/sbin/lichen-agent"

static char words[4096];

static void complain(const char *what, const char *about)
{
	dprintf(2, "linux-stub: %s %s: %s\n", what, about, strerror(errno));
}

static void words_read(void)
{
	mount("proc", "/proc", "proc", 0, NULL);
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, words, sizeof words - 1);

	if (size < 0)
		complain("read", "/proc/cmdline");
	if (fd >= 0)
		close(fd);
	umount("/proc");
}

/* The value of the last NAME=value on the command line, or the default. */
static const char *word_value(const char *name, const char *otherwise)
{
	static char copy[sizeof words];
	const char *value = otherwise;
	size_t length = strlen(name);

	strcpy(copy, words);
	for (char *word = strtok(copy, " \n"); word; word = strtok(NULL, " \n")) {
		if (strncmp(word, name, length) == 0 && word[length] == '=')
			value = strdup(word + length + 1);
	}
	return value;
}

static void module_load(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, MODULES "/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST))
		complain("load", name);
	if (fd >= 0)
		close(fd);
	unlink(path);
}

static int is_module(const struct dirent *entry)
{
	return strstr(entry->d_name, ".ko") != NULL;
}

static void modules_load(void)
{
	struct dirent **names;
	int count = scandir(MODULES, &names, is_module, alphasort);

	for (int i = 0; i < count; i++)
		module_load(names[i]->d_name);
	rmdir(MODULES);
	unlink("/.lichen/init");
	rmdir("/.lichen");
}

static void root_switch(const char *device)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	for (int tries = 0; access(device, F_OK) < 0 && tries < 250; tries++)
		nanosleep(&pause, NULL);
	mkdir("/.root", 0755);
	if (mount(device, "/.root", "ext4", 0, NULL) < 0) {
		complain("mount", device);
		exit(1);
	}
	mount("/dev", "/.root/dev", NULL, MS_MOVE, NULL);
	if (chdir("/.root") < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0) {
		complain("enter", device);
		exit(1);
	}
}

int main(void)
{
	if (mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=0755") < 0)
		complain("mount", "/dev");
	int console = open("/dev/console", O_RDWR);

	for (int fd = 0; console >= 0 && fd < 3; fd++)
		dup2(console, fd);
	if (console > 2)
		close(console);
	words_read();
	modules_load();
	const char *root = word_value("lichen.root", NULL);
	const char *init = word_value("init", "/sbin/init");
	char *const argv[] = { (char *)init, NULL };
	/* The command channel's agent need not be in a foreign root: it is taken from the archive. */
	int agent = strcmp(init, AGENT) == 0 ? open(AGENT, O_PATH | O_CLOEXEC) : -1;

	if (root)
		root_switch(root);
	if (agent >= 0)
		syscall(SYS_execveat, agent, "", argv, environ, AT_EMPTY_PATH);
	else
		execv(init, argv);
	complain("exec", init);
	return 1;
}
