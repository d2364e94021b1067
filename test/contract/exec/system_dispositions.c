/* SPDX-License-Identifier: MIT
 *
 * system(3), popen(3): the shell runs with default SIGINT and SIGQUIT while the parent ignores them and holds
 * SIGCHLD; afterwards all is as before; exit statuses and output arrive.
 */
#include "../contract.h"

static volatile sig_atomic_t interrupts, children;

static void on_interrupt(int signal_number)
{
	(void)signal_number;
	interrupts++;
}

static void on_child(int signal_number)
{
	(void)signal_number;
	children++;
}

int main(void)
{
	struct sigaction action;
	char line[64];
	catch_signal(SIGINT, on_interrupt, 0);
	catch_signal(SIGCHLD, on_child, SA_RESTART);
	show_status("true", system("true"));
	show_status("exit 5", system("exit 5"));
	show_status("killed", system("kill -TERM $$"));
	show_status("missing", system("/none/at/all 2>/dev/null"));
	IS(system(NULL) != 0);
	SHOW(children);
	show_status("interrupts its parent", system("kill -INT $PPID; exit 2"));
	SHOW(interrupts);
	MUST(sigaction(SIGINT, NULL, &action));
	IS(action.sa_handler == on_interrupt);
	IS(signal_is_blocked(SIGCHLD));
	MUST(kill(getpid(), SIGINT));
	SHOW(interrupts);
	FILE *pipe_file = popen("echo one; echo two; exit 4", "r");
	while (pipe_file && fgets(line, sizeof(line), pipe_file))
		show_bytes("line", line, (long)strlen(line));
	show_status("popen", pclose(pipe_file));
	pipe_file = popen("cat > written", "w");
	fputs("to the pipe", pipe_file);
	show_status("popen", pclose(pipe_file));
	read_file("written", line, sizeof(line));
	TEXT(line);
	return 0;
}
