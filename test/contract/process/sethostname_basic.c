/* SPDX-License-Identifier: MIT
 *
 * sethostname(2), setdomainname(2): in a UTS namespace of its own, the names are reflected by uname and /proc, cut
 * nowhere, refused when longer than 64 bytes or when the caller is not privileged.
 */
#include "contract.h"

#include <sys/utsname.h>

static void show_names(void)
{
	struct utsname names;
	char host[65], file[128];
	MUST(uname(&names));
	MUST(gethostname(host, sizeof(host)));
	read_file("/proc/sys/kernel/hostname", file, sizeof(file));
	say("nodename %s, domainname %s, gethostname %s, file %s", names.nodename, names.domainname, host,
	    file);
}

int main(void)
{
	char longest[66];
	memset(longest, 'h', sizeof(longest));
	MUST(unshare(CLONE_NEWUTS));
	CALL(sethostname("first", 5));
	CALL(setdomainname("domain.example", 14));
	show_names();
	CALL(sethostname("second-name", 6));
	show_names();
	CALL(sethostname(longest, 64));
	CALL(sethostname(longest, 65));
	CALL(sethostname(longest, (size_t)-1));
	CALL(setdomainname(longest, 65));
	CALL(sethostname("", 0));
	show_names();
	CALL(syscall(SYS_sethostname, 8L, 3L));
	CALL(sethostname("third", 5));
	int fd = (int)MUST(open("/proc/sys/kernel/hostname", O_WRONLY));
	CALL(write(fd, "by-file\n", 8));
	show_names();
	MUST(setuid(1000));
	CALL(sethostname("fourth", 6));
	CALL(setdomainname("fourth", 6));
	show_names();
	return 0;
}
