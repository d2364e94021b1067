/* SPDX-License-Identifier: MIT */
/*
 * policy: see policy.h. Lua itself is the unmodified 5.4 library, without its parts for files, processes, modules and
 * debugging.
 */
#include "runtime/policy/policy.h"

#include <stdlib.h>
#include <string.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#define HOOK_STEP 1000

struct policy {
	lua_State *state;
	size_t memory_used, memory_limit;
	uint64_t instructions_left;
};

static void *allocate_capped(void *context, void *old, size_t old_bytes, size_t new_bytes)
{
	struct policy *policy = context;
	size_t had = old != NULL ? old_bytes : 0;
	void *memory;

	if (new_bytes == 0) {
		free(old);
		policy->memory_used -= had;
		return NULL;
	}
	if (new_bytes > had && new_bytes - had > policy->memory_limit - policy->memory_used)
		return NULL;
	memory = realloc(old, new_bytes);
	if (memory != NULL)
		policy->memory_used += new_bytes - had;
	return memory;
}

static struct policy *policy_of(lua_State *state)
{
	void *context;

	lua_getallocf(state, &context);
	return context;
}

/* Once the budget is gone the hook runs at every instruction, so that no pcall of the script gets further. */
static void count_instructions(lua_State *state, lua_Debug *record)
{
	struct policy *policy = policy_of(state);

	(void)record;
	if (policy->instructions_left > HOOK_STEP) {
		policy->instructions_left -= HOOK_STEP;
		return;
	}
	policy->instructions_left = 0;
	lua_sethook(state, count_instructions, LUA_MASKCOUNT, 1);
	luaL_error(state, "the policy used up its instruction budget");
}

/* setmetatable without finalizers: hooks do not run inside them. */
static int set_metatable(lua_State *state)
{
	luaL_checktype(state, 1, LUA_TTABLE);
	luaL_argexpected(state, lua_isnil(state, 2) || lua_istable(state, 2), 2, "nil or table");
	if (lua_istable(state, 2)) {
		lua_pushliteral(state, "__gc");
		if (lua_rawget(state, 2) != LUA_TNIL)
			return luaL_error(state, "finalizers are not allowed in a policy");
		lua_pop(state, 1);
	}
	lua_settop(state, 2);
	lua_setmetatable(state, 1);
	return 1;
}

static void remove_names(lua_State *state, const char *const *names)
{
	for (; *names != NULL; names++) {
		lua_pushnil(state);
		lua_setfield(state, -2, *names);
	}
}

static void open_library(lua_State *state, const char *name, lua_CFunction open, const char *const *without)
{
	luaL_requiref(state, name, open, 1);
	remove_names(state, without);
	lua_pop(state, 1);
}

static void open_libraries(lua_State *state)
{
	static const char *const base[] = { "collectgarbage", "dofile", "load",         "loadfile", "print",
					    "rawset",         "warn",   "getmetatable", NULL };
	static const char *const string[] = { "dump", "find", "gmatch", "gsub", "match", "rep", NULL };
	static const char *const table[] = { "move", "concat", NULL };
	static const char *const math[] = { "random", "randomseed", NULL };

	open_library(state, LUA_GNAME, luaopen_base, base);
	open_library(state, LUA_STRLIBNAME, luaopen_string, string);
	open_library(state, LUA_TABLIBNAME, luaopen_table, table);
	open_library(state, LUA_MATHLIBNAME, luaopen_math, math);
	lua_pushcfunction(state, set_metatable);
	lua_setglobal(state, "setmetatable");
}

/* A script, as a protected call gets it. */
struct script {
	const char *name, *text;
	size_t bytes;
};

static int run_script(lua_State *state)
{
	struct script *script = lua_touserdata(state, 1);

	open_libraries(state);
	if (luaL_loadbufferx(state, script->text, script->bytes, script->name, "t") != LUA_OK)
		return lua_error(state);
	lua_sethook(state, count_instructions, LUA_MASKCOUNT, HOOK_STEP);
	lua_call(state, 0, 1);
	lua_sethook(state, NULL, 0, 0);
	if (!lua_istable(state, -1))
		return luaL_error(state, "%s returns no table", script->name + 1);
	return 1;
}

static void copy_error(lua_State *state, char error[POLICY_ERROR_BYTES])
{
	const char *text = lua_tostring(state, -1);
	size_t bytes;

	if (text == NULL)
		text = "the error is no text";
	bytes = strnlen(text, POLICY_ERROR_BYTES - 1);
	memcpy(error, text, bytes);
	error[bytes] = '\0';
}

static status_t run(struct policy *policy, struct script *script, char error[POLICY_ERROR_BYTES])
{
	lua_State *state = policy->state;
	int result;

	lua_pushcfunction(state, run_script);
	lua_pushlightuserdata(state, script);
	result = lua_pcall(state, 1, 1, 0);
	if (result == LUA_OK)
		return STATUS_OK;
	copy_error(state, error);
	return result == LUA_ERRMEM ? STATUS_NO_MEMORY : STATUS_INVALID;
}

status_t policy_load(const char *name, const char *text, size_t bytes, const struct policy_limits *limits,
		     struct policy **result, char error[POLICY_ERROR_BYTES])
{
	struct script script = { .name = name, .text = text, .bytes = bytes };
	struct policy *policy = calloc(1, sizeof *policy);
	status_code_t status = STATUS_NO_MEMORY;

	error[0] = '\0';
	*result = NULL;
	if (policy == NULL)
		return STATUS_NO_MEMORY;
	policy->memory_limit = limits->memory_bytes;
	policy->instructions_left = limits->instructions;
	policy->state = lua_newstate(allocate_capped, policy);
	if (policy->state != NULL)
		status = run(policy, &script, error);
	if (status == STATUS_OK)
		*result = policy;
	else
		policy_free(policy);
	return status;
}

struct lua_State *policy_state(struct policy *policy)
{
	return policy->state;
}

void policy_free(struct policy *policy)
{
	if (policy->state != NULL)
		lua_close(policy->state);
	free(policy);
}
