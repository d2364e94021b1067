/* SPDX-License-Identifier: MIT
 *
 * sysinfo(2): uptime agrees with CLOCK_BOOTTIME, memory sizes are consistent with the unit and with one another,
 * the process count follows a fork, load averages are small numbers.
 */
#include "contract.h"

#include <sys/sysinfo.h>

int main(void)
{
	struct sysinfo info, more;
	struct timespec boot;
	CALL(sysinfo(&info));
	MUST(clock_gettime(CLOCK_BOOTTIME, &boot));
	long uptime = (long)info.uptime;
	IS(boot.tv_sec - uptime >= -1 && boot.tv_sec - uptime <= 5);
	SHOW(info.mem_unit);
	IS(info.totalram > 16 << 20);
	IS(info.freeram > 0 && info.freeram <= info.totalram);
	IS(info.bufferram <= info.totalram && info.sharedram <= info.totalram);
	SHOW(info.totalswap);
	SHOW(info.freeswap);
	IS(info.freehigh <= info.totalhigh);
	IS(info.loads[0] < 100UL << 16);
	pid_t children[20];
	for (int i = 0; i < 20; i++)
		children[i] = start(sleep_forever, NULL);
	MUST(sysinfo(&more));
	IS(more.procs >= info.procs + 15);
	for (int i = 0; i < 20; i++) {
		MUST(kill(children[i], SIGKILL));
		MUST(waitpid(children[i], NULL, 0));
	}
	CALL(syscall(SYS_sysinfo, 8L));
	return 0;
}
