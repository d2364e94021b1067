/* SPDX-License-Identifier: MIT
 *
 * The guest's end of the command channel (see README.md here): reads one command from ttyS1, runs it with
 * /bin/sh -c, sends its output and wait status back in frames, then powers off.
 *
 * As PID 1 it also prepares the usual mounts. Everything that fails before the command runs is reported on
 * the console and skipped, so that an early system can be tried with it. Only plain system calls are used: no
 * signal handler, no thread, no allocation.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define NETWORK_UP "/usr/libexec/lichen/network-up"

enum { COMMAND_MAX = 131072, REQUEST_STEP = 1024, OUTPUT_STEP = 32768, PROTOCOL_VERSION = 1 };

static int channel_fd = -1;
static char command[COMMAND_MAX];
static unsigned char frame[5 + OUTPUT_STEP];

static void complain(const char *what, const char *about)
{
	dprintf(2, "lichen-agent: %s %s: %s\n", what, about, strerror(errno));
}

static void write_all(int fd, const unsigned char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		bytes += written;
		size -= (size_t)written;
	}
}

static void put_le32(unsigned char *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(value >> (8 * i));
}

/* Sends the frame whose payload already lies at frame + 5. */
static void frame_send(char type, size_t size)
{
	frame[0] = (unsigned char)type;
	put_le32(frame + 1, (uint32_t)size);
	write_all(channel_fd, frame, 5 + size);
}

static void frame_send_le32(char type, uint32_t value)
{
	put_le32(frame + 5, value);
	frame_send(type, 4);
}

/* --- the system around the command, only as PID 1 --- */

static void mount_one(const char *type, const char *where, unsigned long flags, const char *options)
{
	if (mkdir(where, 0755) < 0 && errno != EEXIST)
		complain("mkdir", where);
	if (mount(type, where, type, flags, options) < 0 && errno != EBUSY)
		complain("mount", where);
}

static void link_one(const char *target, const char *where)
{
	if (symlink(target, where) < 0 && errno != EEXIST)
		complain("symlink", where);
}

static void system_prepare(void)
{
	mount_one("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_one("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_one("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
	mount_one("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=0620,ptmxmode=0666");
	mount_one("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
	mount_one("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755");
	mount_one("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
	link_one("/proc/self/fd", "/dev/fd");
	link_one("fd/0", "/dev/stdin");
	link_one("fd/1", "/dev/stdout");
	link_one("fd/2", "/dev/stderr");
}

/* Standard descriptors: what the kernel gave, else the console. */
static void console_open(void)
{
	if (fcntl(2, F_GETFD) >= 0)
		return;
	int fd = open("/dev/console", O_RDWR);

	while (fd >= 0 && fd < 2)
		fd = dup(fd);
}

/* --- the channel --- */

/* True when the kernel command line has the word. */
static int asked_for(const char *word)
{
	static char words[4096];
	int fd = open("/proc/cmdline", O_RDONLY);

	if (fd < 0)
		return 0;
	ssize_t size = read(fd, words, sizeof words - 1);

	close(fd);
	words[size > 0 ? size : 0] = '\0';
	return strstr(words, word) != NULL;
}

static void network_prepare(void)
{
	pid_t child = fork();

	if (child == 0) {
		execl(NETWORK_UP, NETWORK_UP, (char *)NULL);
		complain("exec", NETWORK_UP);
		_exit(127);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

static int channel_open(void)
{
	struct termios mode;

	channel_fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (channel_fd < 0)
		return -1;
	if (tcgetattr(channel_fd, &mode) < 0)
		return -1;
	cfmakeraw(&mode);
	mode.c_cflag |= CLOCAL | CREAD;
	mode.c_cc[VMIN] = 1;
	mode.c_cc[VTIME] = 0;
	cfsetspeed(&mode, B115200);
	return tcsetattr(channel_fd, TCSANOW, &mode);
}

/* Asks the host for the next bytes of its request and reads exactly those. */
static int request_read(unsigned char *to, size_t size)
{
	while (size > 0) {
		size_t step = size < REQUEST_STEP ? size : REQUEST_STEP;

		frame_send_le32('G', (uint32_t)step);
		for (size_t got = 0; got < step;) {
			ssize_t count = read(channel_fd, to + got, step - got);

			if (count < 0 && errno == EINTR)
				continue;
			if (count <= 0)
				return -1;
			got += (size_t)count;
		}
		to += step;
		size -= step;
	}
	return 0;
}

static int command_read(void)
{
	unsigned char size_bytes[4];
	uint32_t size = 0;

	frame[5] = PROTOCOL_VERSION;
	frame_send('H', 1);
	if (request_read(size_bytes, sizeof size_bytes) < 0)
		return -1;
	for (int i = 3; i >= 0; i--)
		size = size << 8 | size_bytes[i];
	if (size >= sizeof command) {
		errno = E2BIG;
		return -1;
	}
	return request_read((unsigned char *)command, size);
}

/* --- the command --- */

static void shell_exec(const int pipes[3][2])
{
	static char *const environment[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root",
		"USER=root",
		"LOGNAME=root",
		"SHELL=/bin/sh",
		NULL,
	};
	char *const argv[] = { "sh", "-c", command, NULL };
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (nothing < 0)
		complain("open", "/dev/null");
	dup2(nothing, 0);
	dup2(pipes[0][1], 1);
	dup2(pipes[1][1], 2);
	setsid();
	if (chdir("/") < 0)
		complain("chdir", "/");
	execve("/bin/sh", argv, environment);
	complain("exec", "/bin/sh");
	_exit(127);
}

/*
 * The waiter stands between the agent and the shell, so that the agent sees output and the shell's end
 * through poll alone: it writes the wait status into the third pipe.
 */
static void waiter_run(const int pipes[3][2])
{
	int status = 0;

	signal(SIGCHLD, SIG_DFL);
	pid_t shell = fork();

	if (shell == 0)
		shell_exec(pipes);
	if (shell < 0) {
		complain("fork", "shell");
		_exit(1);
	}
	close(pipes[0][1]);
	close(pipes[1][1]);
	while (waitpid(shell, &status, 0) < 0 && errno == EINTR)
		;
	write_all(pipes[2][1], (unsigned char *)&status, sizeof status);
	_exit(0);
}

/* Sends what can be read now. Returns 0 at end of file. */
static int stream_forward(int fd, char type)
{
	ssize_t count = read(fd, frame + 5, OUTPUT_STEP);

	if (count > 0)
		frame_send(type, (size_t)count);
	return count > 0 || (count < 0 && errno == EINTR);
}

/* After the shell's end: send what the pipes still hold, wait for no more. */
static void streams_drain(struct pollfd *polled)
{
	for (int i = 0; i < 2; i++) {
		struct pollfd one = { .fd = polled[i].fd, .events = POLLIN };

		while (one.fd >= 0 && poll(&one, 1, 0) > 0 && stream_forward(one.fd, "OE"[i]))
			;
	}
}

static int command_follow(const int pipes[3][2])
{
	struct pollfd polled[3];
	int status = 0;

	for (int i = 0; i < 3; i++)
		polled[i] = (struct pollfd){ .fd = pipes[i][0], .events = POLLIN };
	for (;;) {
		if (poll(polled, 3, -1) < 0 && errno != EINTR)
			return -1;
		for (int i = 0; i < 2; i++) {
			if (polled[i].revents && !stream_forward(polled[i].fd, "OE"[i]))
				polled[i].fd = -1;
		}
		if (!polled[2].revents)
			continue;
		streams_drain(polled);
		if (read(pipes[2][0], &status, sizeof status) != sizeof status) {
			errno = ECHILD; /* the waiter was ended by somebody */
			return -1;
		}
		frame_send_le32('X', (uint32_t)status);
		return 0;
	}
}

static int command_run(void)
{
	int pipes[3][2];

	for (int i = 0; i < 3; i++) {
		if (pipe2(pipes[i], O_CLOEXEC) < 0)
			return -1;
	}
	pid_t waiter = fork();

	if (waiter < 0)
		return -1;
	if (waiter == 0)
		waiter_run(pipes);
	for (int i = 0; i < 3; i++)
		close(pipes[i][1]);
	return command_follow(pipes);
}

/* Detaches disks cleanly: what lies on a device is unmounted, the newest first. */
static void file_systems_unmount(void)
{
	static char mounts[16384];
	int fd = open("/proc/mounts", O_RDONLY);
	ssize_t size = fd < 0 ? 0 : read(fd, mounts, sizeof mounts - 1);
	char *where[64], *rest = NULL;
	int count = 0;

	mounts[size > 0 ? size : 0] = '\0';
	for (char *line = strtok_r(mounts, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *device = strtok(line, " ");
		char *target = strtok(NULL, " ");

		if (target && strncmp(device, "/dev/", 5) == 0 && count < 64)
			where[count++] = target;
	}
	while (count-- > 0) {
		if (umount2(where[count], 0) < 0 &&
		    mount(NULL, where[count], NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
			complain("unmount", where[count]);
	}
	close(fd);
}

static void power_off(int is_init)
{
	tcdrain(channel_fd);
	if (!is_init) {
		execl("/sbin/poweroff", "poweroff", NULL);
		complain("exec", "/sbin/poweroff");
		_exit(1);
	}
	kill(-1, SIGKILL);
	sync();
	file_systems_unmount();
	reboot(RB_POWER_OFF);
	complain("reboot", "power off");
	for (;;)
		pause();
}

int main(void)
{
	int is_init = getpid() == 1;

	umask(022);
	if (is_init) {
		console_open();
		/* Orphans that end as children of PID 1 are reaped by the kernel. */
		signal(SIGCHLD, SIG_IGN);
		system_prepare();
		if (asked_for("lichen.network=dhcp"))
			network_prepare();
	} else if (!asked_for("lichen.agent=ttyS1")) {
		return 0;
	}
	if (channel_open() < 0) {
		complain("open", "/dev/ttyS1");
	} else if (command_read() < 0 || command_run() < 0) {
		int size = snprintf((char *)frame + 5, 256, "%s", strerror(errno));

		complain("run", "command");
		frame_send('F', (size_t)size);
	}
	power_off(is_init);
}
