/* SPDX-License-Identifier: MIT */
/*
 * Operations on the words that say what a thread does with signals: its mask, and its process's table of actions.
 *
 * The mask changes under the group's busy word, as the personality changes it, and only while no signal is pending that
 * the new mask could let through. An action changes under its table's busy word, and only from one handler to another:
 * what else a change means for pending signals is the personality's.
 */
#include "route/route.h"

#include "abi/memory.h"
#include "thread/thread.h"

/* Where an address that may be 0 leads; false: not to bytes that can be touched as they are. */
#define OPTIONAL(pointer, address, access)                                                                   \
	(!(address) ? ((pointer) = NULL, true)                                                               \
		    : ((pointer) = route_guest_bytes(call->thread, (address), sizeof *(pointer),             \
						     (access))) != NULL)

enum mask_change { MASK_ADD, MASK_REMOVE, MASK_SET };

static uint64_t mask_changed(uint64_t before, uint64_t given, uint64_t how)
{
	switch (how) {
	case MASK_ADD: return before | given;
	case MASK_REMOVE: return before & ~given;
	default: return given;
	}
}

/* Under the group's word: false when it is held, or a signal is pending. */
static bool mask_change(struct route_call *call, uint64_t given)
{
	struct guest_record *record = call->thread->record;
	struct route_group *group = route_block(call->thread, record->route_group, sizeof *group);
	if (!group || !route_take(&group->busy))
		return false;
	bool quiet = !(record->signal_pending | group->pending);
	if (quiet)
		record->signal_mask = mask_changed(record->signal_mask, given, call->parameters[2]) &
				      ~call->parameters[3];
	route_release(call->thread, record->route_group, &group->busy);
	return quiet;
}

int route_mask(struct route_call *call)
{
	uint64_t *set, *old, before, given;
	if (!OPTIONAL(set, call->parameters[0], PROT_BIT_READ) ||
	    !OPTIONAL(old, call->parameters[1], PROT_BIT_WRITE))
		return ROUTE_FORWARD;
	before = call->thread->record->signal_mask;
	given = set ? *set : 0;
	if (set && !mask_change(call, given))
		return ROUTE_FORWARD;
	if (old)
		*old = before;
	return ROUTE_DONE;
}

/* May this entry become that one here? */
static bool action_is_plain(const struct route_call *call, const struct route_action *entry)
{
	return entry->words[0] > call->parameters[5];
}

static struct route_installer installer_of(const struct thread *thread)
{
	const struct guest_record *record = thread->record;
	return (struct route_installer){
		.image = record->image,
		.time_ns = thread->charged_at_ns,
		.process = record->route_words[ROUTE_WORD_PROCESS],
		.thread = record->route_words[ROUTE_WORD_THREAD] | ROUTE_INSTALLER_ROUTED,
	};
}

static bool action_exchange(struct route_call *call, unsigned index, const struct route_action *given,
			    struct route_action *before)
{
	uint64_t address = call->thread->record->route_actions;
	struct route_actions *table = route_block(call->thread, address, ROUTE_ACTIONS_ALIGNMENT);
	if (!table || !route_take(&table->busy))
		return false;
	struct route_action *entry = &table->entries[index];
	bool done = !given || (action_is_plain(call, given) && action_is_plain(call, entry));
	*before = *entry;
	if (done && given) {
		*entry = *given;
		entry->words[1] &= call->parameters[3];
		entry->words[3] &= ~call->parameters[4];
		table->installers[index] = installer_of(call->thread);
	}
	route_release(call->thread, address, &table->busy);
	return done;
}

int route_action(struct route_call *call)
{
	uint32_t index = (uint32_t)call->parameters[0] - 1;
	uint64_t from = call->parameters[1], to = call->parameters[2];
	struct route_action given, before;
	const struct route_action *fresh = route_guest_bytes(call->thread, from, sizeof *fresh,
							     PROT_BIT_READ);
	struct route_action *old = route_guest_bytes(call->thread, to, sizeof *old, PROT_BIT_WRITE);
	if (index >= ROUTE_ACTIONS || (from && !fresh) || (to && !old))
		return ROUTE_FORWARD;
	if (fresh) {
		if (call->parameters[4] >> index & 1)
			return ROUTE_FORWARD;
		given = *fresh;
	}
	if (!action_exchange(call, index, fresh ? &given : NULL, &before))
		return ROUTE_FORWARD;
	if (old)
		*old = before;
	return ROUTE_DONE;
}
