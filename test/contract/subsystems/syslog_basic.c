/* SPDX-License-Identifier: MIT
 *
 * syslog(2): the size of the log, the console's level, a bad action.
 */
#include "contract.h"

#include <sys/klog.h>

int main(void)
{
	char text[4096];
	IS(klogctl(10, NULL, 0) > 0);
	CALL(klogctl(8, NULL, 7));
	CALL(klogctl(8, NULL, 9));
	IS(klogctl(3, text, sizeof(text)) > 0);
	CALL(klogctl(99, NULL, 0));
	CALL(klogctl(2, NULL, -1));
	return 0;
}
