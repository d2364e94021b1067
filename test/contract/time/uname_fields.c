/* SPDX-License-Identifier: MIT
 *
 * uname(2): the fields that programs compare are those of Linux on x86_64, the release begins with a version
 * number of three parts, all fields end within their 65 bytes, and /proc/sys/kernel says the same.
 */
#include "contract.h"

#include <sys/utsname.h>

static bool same_as_file(const char *path, const char *field)
{
	char text[256];
	if (read_file(path, text, sizeof(text)) < 0)
		return false;
	text[strcspn(text, "\n")] = 0;
	return strcmp(text, field) == 0;
}

int main(void)
{
	struct utsname name;
	int major = 0, minor = 0;
	memset(&name, 0x5a, sizeof(name));
	CALL(uname(&name));
	TEXT(name.sysname);
	TEXT(name.machine);
	IS(sscanf(name.release, "%d.%d", &major, &minor) == 2 && major >= 4);
	IS(strnlen(name.nodename, 65) > 0 && strnlen(name.nodename, 65) < 65);
	IS(strnlen(name.version, 65) > 0 && strnlen(name.version, 65) < 65);
	IS(strnlen(name.domainname, 65) < 65);
	IS(same_as_file("/proc/sys/kernel/ostype", name.sysname));
	IS(same_as_file("/proc/sys/kernel/osrelease", name.release));
	IS(same_as_file("/proc/sys/kernel/hostname", name.nodename));
	IS(same_as_file("/proc/sys/kernel/version", name.version));
	char host[65];
	CALL(gethostname(host, sizeof(host)));
	IS(strcmp(host, name.nodename) == 0);
	CALL(syscall(SYS_uname, 8L));
	return 0;
}
