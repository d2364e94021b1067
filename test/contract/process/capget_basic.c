/* SPDX-License-Identifier: MIT
 *
 * capget(2), capset(2): a wrong version is answered with the kernel's; root has all; capabilities dropped by
 * capset are lost for good and their power with them; setuid to a normal user clears the effective set.
 */
#include "contract.h"

#include <sys/prctl.h>

struct header {
	unsigned version;
	int pid;
};

struct data {
	unsigned effective, permitted, inheritable;
};

enum { V3 = 0x20080522, CHOWN = 1 << 0, SETUID = 1 << 7 };

static void show_capabilities(const char *when)
{
	struct header header = { V3, 0 };
	struct data data[2] = { { 0 }, { 0 } };
	MUST(syscall(SYS_capget, &header, data));
	say("%s: effective %08x %08x permitted %08x %08x inheritable %08x\n", when, data[0].effective,
	    data[1].effective, data[0].permitted, data[1].permitted, data[0].inheritable);
}

static int normal_user(void *unused)
{
	(void)unused;
	MUST(setuid(1000));
	show_capabilities("after setuid");
	return 0;
}

static int drops(void *unused)
{
	struct header header = { V3, 0 };
	struct data data[2];
	(void)unused;
	write_file("file", "x");
	CALL(chown("file", 5, 5));
	MUST(syscall(SYS_capget, &header, data));
	data[0].effective &= ~(unsigned)CHOWN;
	CALL(syscall(SYS_capset, &header, data));
	CALL(chown("file", 6, 6));
	data[0].effective |= CHOWN;
	CALL(syscall(SYS_capset, &header, data));
	CALL(chown("file", 7, 7));
	data[0].effective &= ~(unsigned)CHOWN;
	data[0].permitted &= ~(unsigned)CHOWN;
	CALL(syscall(SYS_capset, &header, data));
	data[0].permitted |= CHOWN;
	CALL(syscall(SYS_capset, &header, data));
	CALL(chown("file", 8, 8));
	show_capabilities("dropped");
	return 0;
}

int main(void)
{
	struct header header = { 1, 0 };
	struct data data[2];
	CALL(syscall(SYS_capget, &header, data));
	HEX(header.version);
	header.version = 2;
	CALL(syscall(SYS_capget, &header, NULL));
	CALL(syscall(SYS_capget, 8L, data));
	CALL(syscall(SYS_capget, &(struct header){ V3, 4000000 }, data));
	CALL(syscall(SYS_capset, &(struct header){ V3, getppid() }, data));
	show_capabilities("root");
	run_child("normal user", normal_user, NULL);
	run_child("drops", drops, NULL);
	CALL(prctl(PR_CAPBSET_READ, 0, 0, 0, 0));
	CALL(prctl(PR_CAPBSET_READ, 99, 0, 0, 0));
	show_capabilities("root");
	return 0;
}
