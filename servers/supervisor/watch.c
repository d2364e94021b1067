/* SPDX-License-Identifier: MIT */
/*
 * watch: what the supervisor does for the rest of its life: it waits for programs to end and says how they did, and
 * answers who asks for the inventory.
 */
#include "programs.h"

#include "inventory.h"
#include "runtime/driver.h"
#include "runtime/format.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "runtime/server.h"

_Noreturn void programs_stop_system(const char *name, const char *why)
{
	char text[MANIFEST_ERROR_BYTES];
	struct format_buffer out = format_start(text, sizeof text);

	format_append(&out, "%s: %s", name, why);
	(void)k_system_panic(HANDLE_SYSTEM, own_address(text), out.used);
	__builtin_trap();
}

/* docs/reports.md; of a fault it is the kernel's. */
static void report_end(const char *name, const struct domain_status *status)
{
	static uint32_t number;

	number++;
	log_info("|%u| report begin server", number);
	log_info("|%u| server name=\"%s\" domain=%lu state=%s", number, name, status->object_id,
		 status->end == DOMAIN_KILLED ? "killed" : "exited");
	log_info("|%u| reason code=%u", number, status->code);
	log_info("|%u| report end 4", number);
}

static void report_exit(const char *name, const struct domain_status *status)
{
	if (status->end == DOMAIN_EXITED && status->code == DRIVER_NO_DEVICE) {
		log_info("%s: there is no such device", name);
		return;
	}
	log_warning(status->end == DOMAIN_EXITED ? "%s exited with code %u" : "%s was killed with code %u",
		    name, status->code);
	report_end(name, status);
}

static void report(const char *name, const struct domain_status *status)
{
	switch (status->end) {
	case DOMAIN_EXITED:
	case DOMAIN_KILLED: report_exit(name, status); break;
	case DOMAIN_FAULTED:
		log_error("%s faulted: vector %u error 0x%lx address 0x%lx", name, status->vector,
			  status->error_code, status->fault_address);
		log_error("%s: rip 0x%lx rsp 0x%lx rbp 0x%lx", name, status->rip, status->rsp, status->rbp);
		break;
	default: log_error("%s: ended in an unknown way (%u)", name, status->end);
	}
}

static void handle_end(struct program *program)
{
	struct domain_status status = { 0 };
	struct call_result result = k_domain_status(program->domain, own_address(&status));

	if (result.status < 0)
		log_error("%s: no status: %s", program->manifest->name, status_name((int)result.status));
	else
		report(program->manifest->name, &status);
	program_release_device(program);
	(void)k_handle_close(program->domain);
	program->domain = HANDLE_NONE;
	program->ended = true;
	if (program->manifest->vital)
		programs_stop_system(program->manifest->name,
				     "ended, and the system cannot go on without it");
}

static void notified(void *context, uint64_t bits)
{
	struct programs *programs = context;

	for (uint32_t i = 0; i < programs->count; i++) {
		if ((bits >> i & 1) != 0 && programs->list[i].domain.value != 0)
			handle_end(&programs->list[i]);
	}
}

static void serve(void *context, struct server_call *call)
{
	inventory_serve(context, call);
}

_Noreturn void programs_watch(struct programs *programs)
{
	struct server_loop loop = {
		.endpoint = programs->receive,
		.notification = programs->ends,
		.deadline_ns = DEADLINE_NEVER,
		.context = programs,
		.serve = serve,
		.notified = notified,
	};

	for (;;) {
		status_code_t status = server_run(&loop);

		programs_stop_system("the supervisor's wait failed", status_name(status));
	}
}
