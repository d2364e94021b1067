/* SPDX-License-Identifier: MIT */
/*
 * manifest: see manifest.h. The policy's table is walked inside one protected call, so that every reader below may
 * raise a Lua error, which becomes the reason. Unknown fields are errors: a right that is misspelled must not be
 * silently absent.
 */
#include "manifest.h"

#include "abi/blocks.h"
#include "abi/handles.h"
#include "runtime/policy/policy.h"

#include <string.h>
#include <lauxlib.h>
#include <lua.h>

#define MEMORY_LIMIT (1u << 20)
#define INSTRUCTION_LIMIT 1000000u

/* The program whose fields are being read, for reasons. */
struct reader {
	lua_State *state;
	const char *program;
};

static void refuse(const struct reader *reader, const char *field, const char *why)
{
	luaL_error(reader->state, "manifest: %s: %s %s", reader->program, field, why);
}

static void copy_text(const struct reader *reader, const char *field, char *target, size_t size)
{
	size_t bytes;
	const char *text;

	/* Asked first: lua_tolstring would turn a number into text in its place. */
	if (lua_type(reader->state, -1) != LUA_TSTRING)
		refuse(reader, field, "is no text");
	text = lua_tolstring(reader->state, -1, &bytes);
	if (bytes >= size || strlen(text) != bytes)
		refuse(reader, field, "is too long, or holds a NUL");
	else
		memcpy(target, text, bytes + 1);
}

static uint64_t number_at_top(const struct reader *reader, const char *field)
{
	int whole;
	lua_Integer value = lua_tointegerx(reader->state, -1, &whole);

	if (!whole || value < 0)
		refuse(reader, field, "is no number");
	return (uint64_t)value;
}

/* A field of the table at the top: an optional text, number, or truth value. */
static void read_text(const struct reader *reader, const char *field, char *target, size_t size)
{
	if (lua_getfield(reader->state, -1, field) != LUA_TNIL)
		copy_text(reader, field, target, size);
	lua_pop(reader->state, 1);
}

static bool read_flag(const struct reader *reader, const char *field)
{
	int type = lua_getfield(reader->state, -1, field);
	bool value = lua_toboolean(reader->state, -1);

	if (type != LUA_TNIL && type != LUA_TBOOLEAN)
		refuse(reader, field, "is neither true nor false");
	lua_pop(reader->state, 1);
	return value;
}

static uint64_t read_number(const struct reader *reader, const char *field, uint64_t otherwise)
{
	uint64_t value = otherwise;
	int type = lua_getfield(reader->state, -1, field);

	if (type == LUA_TSTRING && strcmp(lua_tostring(reader->state, -1), "unlimited") == 0)
		value = UINT64_MAX;
	else if (type != LUA_TNIL)
		value = number_at_top(reader, field);
	lua_pop(reader->state, 1);
	return value;
}

static uint32_t right_of(const struct reader *reader, const char *field, const char *name)
{
	static const struct {
		const char *name;
		uint32_t right;
	} rights[] = { { "READ", RIGHT_READ },
		       { "WRITE", RIGHT_WRITE },
		       { "EXEC", RIGHT_EXEC },
		       { "MANAGE", RIGHT_MANAGE },
		       { "TRANSFER", RIGHT_TRANSFER } };

	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++) {
		if (strcmp(rights[i].name, name) == 0)
			return rights[i].right;
	}
	refuse(reader, field, "names an unknown right");
	return 0;
}

/* What reaches devices and other programs is not among them: that comes by grant alone. An account made is a part of one's
   own. */
static uint32_t kind_of(const struct reader *reader, const char *field, const char *name)
{
	static const struct {
		const char *name;
		uint32_t kind;
	} kinds[] = { { "address-space", KIND_ASPACE }, { "memory-object", KIND_MEMORY },
		      { "thread", KIND_THREAD },        { "endpoint", KIND_ENDPOINT },
		      { "timer", KIND_TIMER },          { "notification", KIND_NOTIFICATION },
		      { "account", KIND_ACCOUNT },      { "descriptor-table", KIND_DESCRIPTORS } };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return 1u << kinds[i].kind;
	}
	refuse(reader, field, "names a kind of object that is unknown or only granted");
	return 0;
}

/* A list of names of bits: { "READ", "WRITE" }. */
static uint32_t read_bits(const struct reader *reader, const char *field,
			  uint32_t (*bit_of)(const struct reader *, const char *, const char *))
{
	uint32_t bits = 0;
	int type = lua_getfield(reader->state, -1, field);

	if (type != LUA_TNIL && type != LUA_TTABLE)
		refuse(reader, field, "is no list of names");
	for (lua_Integer i = 1; type == LUA_TTABLE && lua_geti(reader->state, -1, i) != LUA_TNIL; i++) {
		bits |= bit_of(reader, field, luaL_checkstring(reader->state, -1));
		lua_pop(reader->state, 1);
	}
	if (type == LUA_TTABLE)
		lua_pop(reader->state, 1);
	lua_pop(reader->state, 1);
	return bits;
}

/* One more element of a table whose keys are names; the key is at -2, the value at the top. */
typedef void element_reader(const struct reader *reader, struct manifest_program *program, const char *key);

static void read_names(const struct reader *reader, const char *field, struct manifest_program *program,
		       element_reader *element)
{
	int type = lua_getfield(reader->state, -1, field);

	if (type != LUA_TNIL && type != LUA_TTABLE)
		refuse(reader, field, "is no table");
	if (type == LUA_TTABLE) {
		lua_pushnil(reader->state);
		while (lua_next(reader->state, -2) != 0) {
			if (lua_type(reader->state, -2) != LUA_TSTRING ||
			    lua_rawlen(reader->state, -2) >= MANIFEST_NAME)
				refuse(reader, field, "has a key that is no name");
			element(reader, program, lua_tostring(reader->state, -2));
			lua_pop(reader->state, 1);
		}
	}
	lua_pop(reader->state, 1);
}

static void read_call(const struct reader *reader, struct manifest_program *program, const char *key)
{
	if (program->call_count == MANIFEST_CALLS)
		refuse(reader, "calls", "are too many");
	struct manifest_call *call = &program->calls[program->call_count++];
	strcpy(call->name, key);
	copy_text(reader, "calls", call->endpoint, sizeof call->endpoint);
}

static void read_option(const struct reader *reader, struct manifest_program *program, const char *key)
{
	if (program->option_count == MANIFEST_OPTIONS)
		refuse(reader, "options", "are too many");
	struct manifest_option *option = &program->options[program->option_count++];
	strcpy(option->name, key);
	copy_text(reader, "options", option->value, sizeof option->value);
}

/* { first, count } */
static void fill_range(const struct reader *reader, const char *field, struct manifest_range *range,
		       const char *key)
{
	lua_State *state = reader->state;

	strcpy(range->name, key);
	if (!lua_istable(state, -1))
		refuse(reader, field, "must be { first, count }");
	lua_geti(state, -1, 1);
	range->first = number_at_top(reader, field);
	lua_geti(state, -2, 2);
	range->count = number_at_top(reader, field);
	lua_pop(state, 2);
	if (range->count == 0 || range->first > UINT64_MAX - range->count)
		refuse(reader, field, "is an empty range");
}

static void read_ports(const struct reader *reader, struct manifest_program *program, const char *key)
{
	if (program->port_count == MANIFEST_RANGES)
		refuse(reader, "ports", "are too many");
	struct manifest_range *range = &program->ports[program->port_count++];
	fill_range(reader, "ports", range, key);
	if (range->first + range->count > 0x10000)
		refuse(reader, "ports", "go beyond port 65535");
}

static void read_physical(const struct reader *reader, struct manifest_program *program, const char *key)
{
	if (program->physical_count == MANIFEST_RANGES)
		refuse(reader, "physical", "ranges are too many");
	fill_range(reader, "physical", &program->physical[program->physical_count++], key);
}

/* A list of names. */
static void read_memory(const struct reader *reader, struct manifest_program *program)
{
	int type = lua_getfield(reader->state, -1, "memory");

	if (type != LUA_TNIL && type != LUA_TTABLE)
		refuse(reader, "memory", "is no list");
	for (lua_Integer i = 1; type == LUA_TTABLE; i++) {
		if (lua_geti(reader->state, -1, i) == LUA_TNIL)
			break;
		if (program->memory_count == MANIFEST_MEMORY)
			refuse(reader, "memory", "objects are too many");
		copy_text(reader, "memory", program->memory[program->memory_count++], MANIFEST_NAME);
		lua_pop(reader->state, 1);
	}
	if (type == LUA_TTABLE)
		lua_pop(reader->state, 1);
	lua_pop(reader->state, 1);
}

/* { vendor, device, ... } */
static void read_pci(const struct reader *reader, struct manifest_pci *pci)
{
	int type = lua_getfield(reader->state, -1, "pci");

	if (type != LUA_TNIL && type != LUA_TTABLE)
		refuse(reader, "pci", "must be { vendor, device, ... }");
	for (lua_Integer i = 1; type == LUA_TTABLE && lua_geti(reader->state, -1, i) != LUA_TNIL; i++) {
		uint64_t number = number_at_top(reader, "pci");
		if (number == 0 || number >= UINT16_MAX || i > MANIFEST_DEVICES + 1)
			refuse(reader, "pci", "has a number that is none, or too many");
		else if (i == 1)
			pci->vendor = (uint16_t)number;
		else
			pci->devices[pci->device_count++] = (uint16_t)number;
		lua_pop(reader->state, 1);
	}
	if (type == LUA_TTABLE)
		lua_pop(reader->state, 1);
	if (type == LUA_TTABLE && pci->device_count == 0)
		refuse(reader, "pci", "names no device");
	lua_pop(reader->state, 1);
}

static void read_quota(const struct reader *reader, struct manifest_quota *quota)
{
	if (lua_getfield(reader->state, -1, "quota") != LUA_TTABLE)
		refuse(reader, "quota", "is missing");
	quota->frames = read_number(reader, "frames", 0);
	quota->objects = read_number(reader, "objects", 0);
	quota->guaranteed = read_number(reader, "guaranteed", 0);
	lua_pop(reader->state, 1);
}

static uint8_t read_level(const struct reader *reader)
{
	char text[MANIFEST_NAME] = "server";

	read_text(reader, "level", text, sizeof text);
	if (strcmp(text, "driver") == 0)
		return LEVEL_DRIVER;
	if (strcmp(text, "server") != 0)
		refuse(reader, "level", "is neither \"server\" nor \"driver\"");
	return LEVEL_SERVER;
}

static void check_fields(const struct reader *reader)
{
	static const char *const known[] = { "name",   "program",  "serves", "level",   "fpu",
					     "vital",  "optional", "acpi",   "events",  "irq",
					     "system", "account",  "stack",  "quota",   "calls",
					     "ports",  "physical", "memory", "options", "framebuffer",
					     "pci",    "dma",      "holds",  NULL };

	lua_pushnil(reader->state);
	while (lua_next(reader->state, -2) != 0) {
		const char *const *name = known;
		const char *key = lua_type(reader->state, -2) == LUA_TSTRING ? lua_tostring(reader->state, -2)
									     : "?";
		while (*name != NULL && strcmp(*name, key) != 0)
			name++;
		if (*name == NULL)
			refuse(reader, key, "is no field of a program");
		lua_pop(reader->state, 1);
	}
}

static uint32_t read_dma(const struct reader *reader)
{
	uint64_t pages = read_number(reader, "dma", 0);

	if (pages > MANIFEST_DMA_PAGES)
		refuse(reader, "dma", "asks for too many pages");
	return (uint32_t)pages;
}

static void read_rights_fields(const struct reader *reader, struct manifest_program *program)
{
	uint64_t irq = read_number(reader, "irq", UINT64_MAX);

	if (irq != UINT64_MAX && irq > 255)
		refuse(reader, "irq", "is no interrupt line");
	program->irq = irq == UINT64_MAX ? -1 : (int32_t)irq;
	read_pci(reader, &program->pci);
	program->events = read_flag(reader, "events") || program->irq >= 0 || program->pci.device_count != 0;
	if (program->irq >= 0 && program->pci.device_count != 0)
		refuse(reader, "irq", "and pci exclude each other");
	program->dma_pages = read_dma(reader);
	program->acpi = read_flag(reader, "acpi");
	program->framebuffer = read_flag(reader, "framebuffer");
	program->system_rights = read_bits(reader, "system", right_of);
	program->account_rights = read_bits(reader, "account", right_of) | RIGHT_WRITE;
	program->held_kinds = read_bits(reader, "holds", kind_of);
	read_quota(reader, &program->quota);
	read_names(reader, "calls", program, read_call);
	read_names(reader, "ports", program, read_ports);
	read_names(reader, "physical", program, read_physical);
	read_names(reader, "options", program, read_option);
	read_memory(reader, program);
}

/* The table at the top describes one program. */
static void read_program(lua_State *state, struct manifest_program *program)
{
	struct reader reader = { .state = state, .program = "a program" };

	if (!lua_istable(state, -1))
		refuse(&reader, "entry", "is no table");
	read_text(&reader, "name", program->name, sizeof program->name);
	read_text(&reader, "program", program->file, sizeof program->file);
	if (program->name[0] == '\0' || program->file[0] == '\0')
		refuse(&reader, "name or program", "is missing");
	reader.program = program->name;
	check_fields(&reader);
	read_text(&reader, "serves", program->serves, sizeof program->serves);
	program->level = read_level(&reader);
	program->fpu = read_flag(&reader, "fpu");
	program->vital = read_flag(&reader, "vital");
	program->optional = read_flag(&reader, "optional");
	program->stack_bytes = read_number(&reader, "stack", 0);
	read_rights_fields(&reader, program);
}

static bool is_served(const struct manifest *manifest, const char *endpoint)
{
	if (strcmp(endpoint, MANIFEST_SUPERVISOR) == 0)
		return true;
	for (uint32_t i = 0; i < manifest->program_count; i++) {
		if (strcmp(manifest->programs[i].serves, endpoint) == 0)
			return true;
	}
	return false;
}

/* Names are unique and every endpoint that is called is served. */
static void check_whole(lua_State *state, const struct manifest *manifest)
{
	for (uint32_t i = 0; i < manifest->program_count; i++) {
		const struct manifest_program *program = &manifest->programs[i];
		struct reader reader = { .state = state, .program = program->name };

		if (strcmp(program->name, MANIFEST_SUPERVISOR) == 0 ||
		    strcmp(program->serves, MANIFEST_SUPERVISOR) == 0)
			refuse(&reader, "name or endpoint", "is the supervisor's own");
		for (uint32_t j = 0; j < i; j++) {
			if (strcmp(manifest->programs[j].name, program->name) == 0 ||
			    (program->serves[0] != '\0' &&
			     strcmp(manifest->programs[j].serves, program->serves) == 0))
				refuse(&reader, "name or endpoint", "is there twice");
		}
		for (uint32_t j = 0; j < program->call_count; j++) {
			if (!is_served(manifest, program->calls[j].endpoint))
				refuse(&reader, program->calls[j].endpoint, "is served by nobody");
		}
	}
}

/* Protected: the policy's table, then the manifest. */
static int read_whole(lua_State *state)
{
	struct manifest *manifest = lua_touserdata(state, 2);

	lua_settop(state, 1);
	if (lua_getfield(state, 1, "programs") != LUA_TTABLE)
		return luaL_error(state, "manifest: there is no list \"programs\"");
	for (lua_Integer i = 1; lua_geti(state, 2, i) != LUA_TNIL; i++) {
		if (manifest->program_count == MANIFEST_PROGRAMS)
			return luaL_error(state, "manifest: more than %d programs", MANIFEST_PROGRAMS);
		read_program(state, &manifest->programs[manifest->program_count++]);
		lua_settop(state, 2);
	}
	check_whole(state, manifest);
	return 0;
}

status_t manifest_read(const char *name, const char *text, size_t bytes, struct manifest *manifest,
		       char error[MANIFEST_ERROR_BYTES])
{
	static const struct policy_limits limits = { .memory_bytes = MEMORY_LIMIT,
						     .instructions = INSTRUCTION_LIMIT };
	struct policy *policy;
	status_code_t status = policy_load(name, text, bytes, &limits, &policy, error);

	memset(manifest, 0, sizeof *manifest);
	if (status != STATUS_OK)
		return status;
	lua_State *state = policy_state(policy);
	lua_pushcfunction(state, read_whole);
	lua_pushvalue(state, 1);
	lua_pushlightuserdata(state, manifest);
	if (lua_pcall(state, 2, 0, 0) != LUA_OK) {
		const char *why = lua_tostring(state, -1);
		strncpy(error, why != NULL ? why : "?", MANIFEST_ERROR_BYTES - 1);
		error[MANIFEST_ERROR_BYTES - 1] = '\0';
		status = STATUS_INVALID;
	}
	policy_free(policy);
	return status;
}
