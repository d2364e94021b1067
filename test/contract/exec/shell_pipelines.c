/* SPDX-License-Identifier: MIT
 *
 * The system's shell at work: pipelines, subshells, substitutions, redirections, here-documents, background jobs,
 * traps, exit statuses. The shell is the same binary on both systems; what differs is the kernel's.
 */
#include "../contract.h"

static void shell(const char *text)
{
	pid_t child = fork();
	if (child == 0) {
		execl("/bin/sh", "sh", "-c", text, (char *)NULL);
		_exit(126);
	}
	reap(text, child);
}

int main(void)
{
	shell("echo one | cat | cat | cat");
	shell("(echo sub; exit 3); echo $?");
	shell("x=$(echo a; echo b); echo \"[$x]\"");
	shell("echo out > file; echo more >> file; cat < file; wc -l < file");
	shell("cat <<END\nhere $((6 * 7))\nEND");
	shell("sleep 0.05 & wait $!; echo waited $?");
	shell("trap 'echo trapped' USR1; kill -USR1 $$; echo after");
	shell("trap 'echo leaving' EXIT; exit 5");
	shell("kill -KILL $$");
	shell("false || echo or; true && echo and; ! true; echo $?");
	shell("i=0; while [ $i -lt 5 ]; do i=$((i + 1)); printf '%s ' $i; done; echo");
	shell("yes | head -n 3");
	shell("exec 3> other; echo three >&3; exec 3>&-; cat other; echo late >&3");
	shell("seq 1 2000 | sort -rn | tail -n 2");
	shell("mkdir -p d/e/f; touch d/e/f/x d/y; find d | sort; rm -r d; ls");
	shell("dd if=/dev/zero bs=1000 count=500 2>/dev/null | wc -c");
	shell("set -e; false; echo not reached");
	shell("umask 027; umask; ulimit -n 50; ulimit -n");
	shell("cd /; pwd; cd - > /dev/null; [ \"$PWD\" != / ] && echo back");
	shell("for f in a b c; do (sleep 0.0$((5 - 1)); echo $f >> order) & wait; done; cat order");
	return 0;
}
