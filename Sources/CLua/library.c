// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Libraries of functions
//
// The code of a library runs once, when it is loaded, and sees other globals than its functions do
// later: `redis` with register_function and log, and nothing else, as in Redis. The functions that
// it makes share its environment, so what is exchanged is what stands behind that:
//
//   the code, its functions ─▶ globals (empty) ── __index ─▶ loading: globals of a load
//                                                 __index ─▶ otherwise: all globals

#include <stdlib.h>
#include <string.h>

#include "engine.h"

static int raise(lua_State *state, const char *text) {
    clua_push_error(state, text, strlen(text));
    return lua_error(state);
}

// MARK: redis.register_function

static const struct {
    const char *name;
    int flag;
} flags[] = {
    {"no-writes", CLUA_NO_WRITES},
    {"allow-oom", CLUA_ALLOW_OOM},
    {"allow-stale", CLUA_ALLOW_STALE},
    {"no-cluster", CLUA_NO_CLUSTER},
    {"allow-cross-slot-keys", CLUA_ALLOW_CROSS_SLOT_KEYS},
};

static int flag_named(lua_State *state, const char *name) {
    for (size_t index = 0; index < sizeof flags / sizeof *flags; index++) {
        if (strcmp(flags[index].name, name) == 0) return flags[index].flag;
    }
    return raise(state, "unknown flag given");
}

/// The flags in the table on top.
static int read_flags(lua_State *state) {
    int result = 0;
    for (int index = 1;; index++) {
        lua_rawgeti(state, -1, index);
        if (lua_isnil(state, -1)) break;
        if (lua_type(state, -1) != LUA_TSTRING) raise(state, "unknown flag given");
        result |= flag_named(state, lua_tostring(state, -1));
        lua_pop(state, 1);
    }
    lua_pop(state, 1);
    return result;
}

/// Where the parts of a function are on the stack: they stay there while it is registered.
enum { name_index = 2, callback_index, description_index };

static clua_bytes bytes_at(lua_State *state, int index) {
    clua_bytes bytes = {NULL, 0};
    if (!lua_isnil(state, index)) bytes.start = lua_tolstring(state, index, &bytes.count);
    return bytes;
}

static int add_function(lua_State *state, int function_flags) {
    clua_engine *engine = clua_engine_of(state);
    lua_pushvalue(state, callback_index);
    clua_function function = {
        bytes_at(state, name_index), bytes_at(state, description_index), function_flags,
        luaL_ref(state, LUA_REGISTRYINDEX)};
    const char *objection = engine->host.register_function(engine->host.context, &function);
    if (objection == NULL) return 0;
    luaL_unref(state, LUA_REGISTRYINDEX, function.script);
    return raise(state, objection);
}

/// Moves the value on top, an argument's, to its place if it is right.
static void take(lua_State *state, int index, bool is_right, const char *objection) {
    if (!is_right) raise(state, objection);
    lua_replace(state, index);
}

/// The value of the argument on top.
static int take_argument(lua_State *state, const char *name) {
    bool is_text = lua_isstring(state, -1) != 0;
    if (strcmp(name, "function_name") == 0) {
        take(
            state, name_index, is_text,
            "function_name argument given to redis.register_function must be a string");
    } else if (strcmp(name, "description") == 0) {
        take(
            state, description_index, is_text,
            "description argument given to redis.register_function must be a string");
    } else if (strcmp(name, "callback") == 0) {
        take(
            state, callback_index, lua_isfunction(state, -1),
            "callback argument given to redis.register_function must be a function");
    } else if (strcmp(name, "flags") == 0) {
        if (!lua_istable(state, -1)) {
            raise(
                state,
                "flags argument to redis.register_function must be a table representing "
                "function flags");
        }
        int result = read_flags(state);
        lua_pop(state, 1);
        return result;
    } else {
        raise(state, "unknown argument given to redis.register_function");
    }
    return 0;
}

static int register_by_name(lua_State *state) {
    if (!lua_istable(state, 1)) {
        return raise(
            state,
            "calling redis.register_function with a single argument is only applicable to Lua "
            "table (representing named arguments).");
    }
    lua_settop(state, description_index);
    int function_flags = 0;
    lua_pushnil(state);
    while (lua_next(state, 1) != 0) {
        // A number that is read as a text would become one, and be no key any more.
        lua_pushvalue(state, -2);
        if (!lua_isstring(state, -1)) {
            raise(
                state,
                "named argument key given to redis.register_function is not a string");
        }
        lua_insert(state, -2);
        function_flags |= take_argument(state, lua_tostring(state, -2));
        lua_pop(state, 1);
    }
    if (lua_isnil(state, name_index)) {
        return raise(state, "redis.register_function must get a function name argument");
    }
    if (lua_isnil(state, callback_index)) {
        return raise(state, "redis.register_function must get a callback argument");
    }
    return add_function(state, function_flags);
}

static int register_function(lua_State *state) {
    if (!clua_engine_of(state)->is_loading) {
        return raise(
            state, "redis.register_function can only be called on FUNCTION LOAD command");
    }
    int count = lua_gettop(state);
    if (count < 1 || count > 2) {
        return raise(state, "wrong number of arguments to redis.register_function");
    }
    if (count == 1) return register_by_name(state);
    if (!lua_isstring(state, 1)) {
        return raise(state, "first argument to redis.register_function must be a string");
    }
    if (!lua_isfunction(state, 2)) {
        return raise(state, "second argument to redis.register_function must be a function");
    }
    lua_pushnil(state);
    lua_insert(state, 1);
    lua_settop(state, description_index);
    return add_function(state, 0);
}

// MARK: Globals

/// Pushes the globals of a load.
void clua_push_loading_globals(lua_State *state, lua_CFunction refuse_name) {
    static const char *const shared[] = {
        "log", "LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING", "REDIS_VERSION",
        "REDIS_VERSION_NUM", NULL};
    lua_newtable(state);
    lua_newtable(state);
    lua_getglobal(state, "redis");
    for (const char *const *name = shared; *name != NULL; name++) {
        lua_getfield(state, -1, *name);
        lua_setfield(state, -3, *name);
    }
    lua_pop(state, 1);
    lua_pushcfunction(state, register_function);
    lua_setfield(state, -2, "register_function");
    lua_newtable(state);
    lua_pushcfunction(state, refuse_name);
    lua_setfield(state, -2, "__index");
    lua_pushvalue(state, -1);
    lua_setmetatable(state, -3);
    lua_insert(state, -2);
    clua_protect(state);
    lua_setfield(state, -3, "redis");
    lua_setmetatable(state, -2);
}

/// Has scripts see the globals in the registry.
static void show_globals(lua_State *state, int globals) {
    lua_pushvalue(state, LUA_GLOBALSINDEX);
    lua_getmetatable(state, -1);
    lua_rawgeti(state, LUA_REGISTRYINDEX, globals);
    lua_setfield(state, -2, "__index");
    lua_pop(state, 2);
}

// MARK: Loading

static int show_all(lua_State *state) {
    show_globals(state, clua_engine_of(state)->globals);
    return 0;
}

static void write_failure(lua_State *state, clua_engine *engine, const char *step) {
    size_t count;
    if (lua_istable(state, -1)) lua_getfield(state, -1, "err");
    const char *reason = lua_tolstring(state, -1, &count);
    clua_append_text(state, &engine->reply, step);
    if (reason != NULL) clua_append(state, &engine->reply, reason, count);
}

static int load(lua_State *state) {
    const clua_bytes *code = lua_touserdata(state, 1);
    clua_engine *engine = clua_engine_of(state);
    lua_pushcfunction(state, clua_handle_error);
    if (luaL_loadbuffer(state, code->start, code->count, "@user_function") != 0) {
        write_failure(state, engine, "Error compiling function: ");
        return 0;
    }
    show_globals(state, engine->loading_globals);
    engine->is_loading = true;
    clua_allow_interrupts(state);
    int status = lua_pcall(state, 0, 0, -2);
    lua_sethook(state, NULL, 0, 0);
    if (status != 0) write_failure(state, engine, "Error registering functions: ");
    return 0;
}

clua_bytes clua_load_library(clua_engine *engine, clua_bytes code) {
    static const char no_memory[] = "not enough memory";
    clua_buffer_clear(&engine->reply);
    int status = lua_cpcall(engine->state, load, &code);
    lua_settop(engine->state, 0);
    engine->is_loading = false;
    if (lua_cpcall(engine->state, show_all, NULL) != 0) status = LUA_ERRMEM;
    lua_settop(engine->state, 0);
    clua_bytes failure = {engine->reply.start, engine->reply.count};
    if (status != 0) {
        failure.start = no_memory;
        failure.count = sizeof no_memory - 1;
    }
    return failure;
}

static int release(lua_State *state) {
    luaL_unref(state, LUA_REGISTRYINDEX, *(const int *)lua_touserdata(state, 1));
    return 0;
}

void clua_release(clua_engine *engine, int script) {
    lua_cpcall(engine->state, release, &script);
    lua_settop(engine->state, 0);
}
