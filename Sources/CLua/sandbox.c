// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What scripts see
//
// The standard libraries without what reaches the system, and Redis's own. No script may change
// what another one sees: where Redis makes a table read-only inside Lua, scripts get an empty
// table here that stands in front of the real one.
//
//   script ─▶ globals (empty) ── __index ─▶ real globals ── __index ─▶ error: no such variable
//             redis   (empty) ── __index ─▶ real redis
//                        ╰─ __newindex ─▶ error: readonly
//
// The real tables are never handed out. A function that could write past `__newindex`, or that
// lists a table, looks whether it has a stand-in before it.

#include <string.h>

#include "engine.h"

/// The key, in a stand-in's metatable, of the real table; and of what getmetatable shows.
static const char real_key, shown_key;

static int refuse_change(lua_State *state) {
    return luaL_error(state, "Attempt to modify a readonly table");
}

static int refuse_name(lua_State *state) {
    const char *name = luaL_optstring(state, 2, "?");
    return luaL_error(
        state, "Script attempted to access nonexistent global variable '%s'", name);
}

/// Puts a stand-in into the place of the table on top.
void clua_protect(lua_State *state) {
    lua_newtable(state);
    lua_newtable(state);
    lua_pushvalue(state, -3);
    lua_setfield(state, -2, "__index");
    lua_pushcfunction(state, refuse_change);
    lua_setfield(state, -2, "__newindex");
    lua_pushlightuserdata(state, (void *)&real_key);
    lua_pushvalue(state, -4);
    lua_rawset(state, -3);
    lua_setmetatable(state, -2);
    lua_remove(state, -2);
}

/// If the first argument is a stand-in, pushes a field of its metatable.
static bool push_behind(lua_State *state, const char *key) {
    if (!lua_istable(state, 1) || !lua_getmetatable(state, 1)) return false;
    lua_pushlightuserdata(state, (void *)&real_key);
    lua_rawget(state, -2);
    if (lua_isnil(state, -1)) {
        lua_pop(state, 2);
        return false;
    }
    lua_pop(state, 1);
    lua_pushlightuserdata(state, (void *)key);
    lua_rawget(state, -2);
    lua_remove(state, -2);
    return true;
}

// MARK: Functions that look behind stand-ins

static void refuse_readonly(lua_State *state) {
    if (!push_behind(state, &real_key)) return;
    clua_push_error(state, "Attempt to modify a readonly table", 34);
    lua_error(state);
}

static int sandboxed_rawset(lua_State *state) {
    refuse_readonly(state);
    return clua_engine_of(state)->originals.rawset(state);
}

static int sandboxed_setmetatable(lua_State *state) {
    refuse_readonly(state);
    return clua_engine_of(state)->originals.setmetatable(state);
}

static int sandboxed_insert(lua_State *state) {
    refuse_readonly(state);
    return clua_engine_of(state)->originals.insert(state);
}

static int sandboxed_getmetatable(lua_State *state) {
    if (push_behind(state, &shown_key)) return 1;
    return clua_engine_of(state)->originals.getmetatable(state);
}

static int sandboxed_rawget(lua_State *state) {
    if (push_behind(state, &real_key)) lua_replace(state, 1);
    return clua_engine_of(state)->originals.rawget(state);
}

static int sandboxed_next(lua_State *state) {
    if (push_behind(state, &real_key)) lua_replace(state, 1);
    return clua_engine_of(state)->originals.next(state);
}

/// As the standard one, with the `next` above as its upvalue.
static int sandboxed_pairs(lua_State *state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_pushvalue(state, 1);
    lua_pushnil(state);
    return 3;
}

/// An error with a text is that text, as it was when redis.call raised texts.
static int sandboxed_pcall(lua_State *state) {
    luaL_checkany(state, 1);
    if (lua_pcall(state, lua_gettop(state) - 1, LUA_MULTRET, 0) == 0) {
        lua_pushboolean(state, true);
        lua_insert(state, 1);
        return lua_gettop(state);
    }
    if (lua_istable(state, -1)) {
        lua_getfield(state, -1, "err");
        if (lua_isstring(state, -1)) lua_replace(state, -2);
        else lua_pop(state, 1);
    }
    lua_pushboolean(state, false);
    lua_insert(state, -2);
    return 2;
}

// MARK: Source texts

/// Compiles a text, never bytecode; leaves a function, or nil and an error.
static int load_text(lua_State *state, const char *text, size_t count, const char *name) {
    int status = 1;
    if (count > 0 && text[0] == LUA_SIGNATURE[0]) {
        lua_pushliteral(state, "bytecode is not accepted");
    } else {
        status = luaL_loadbuffer(state, text, count, name);
    }
    if (status == 0) return 1;
    lua_pushnil(state);
    lua_insert(state, -2);
    return 2;
}

static int sandboxed_loadstring(lua_State *state) {
    size_t count;
    const char *text = luaL_checklstring(state, 1, &count);
    return load_text(state, text, count, luaL_optstring(state, 2, text));
}

/// Calls the function at 1 for the next piece, which stays at 3 while it is read.
static const char *read_piece(lua_State *state, void *context, size_t *count) {
    bool *is_first = context;
    luaL_checkstack(state, 2, "too many nested functions");
    lua_pushvalue(state, 1);
    lua_call(state, 0, 1);
    if (lua_isnil(state, -1)) {
        *count = 0;
        return NULL;
    }
    if (!lua_isstring(state, -1)) luaL_error(state, "reader function must return a string");
    lua_replace(state, 3);
    const char *text = lua_tolstring(state, 3, count);
    if (*is_first && *count > 0 && text[0] == LUA_SIGNATURE[0]) {
        luaL_error(state, "bytecode is not accepted");
    }
    *is_first = false;
    return text;
}

static int sandboxed_load(lua_State *state) {
    luaL_checktype(state, 1, LUA_TFUNCTION);
    const char *name = luaL_optstring(state, 2, "=(load)");
    lua_settop(state, 3);
    bool is_first = true;
    if (lua_load(state, read_piece, &is_first, name) == 0) return 1;
    lua_pushnil(state);
    lua_insert(state, -2);
    return 2;
}

// MARK: Patterns

/// Matching recurses along the pattern, so a long one could exhaust the stack of the thread.
enum { pattern_byte_count_max = 10000 };

static void check_pattern(lua_State *state) {
    if (lua_isstring(state, 2) && lua_objlen(state, 2) > pattern_byte_count_max) {
        luaL_error(state, "pattern too long");
    }
}

static int sandboxed_find(lua_State *state) {
    if (!lua_toboolean(state, 4)) check_pattern(state);
    return clua_engine_of(state)->originals.find(state);
}

static int sandboxed_match(lua_State *state) {
    check_pattern(state);
    return clua_engine_of(state)->originals.match(state);
}

static int sandboxed_gmatch(lua_State *state) {
    check_pattern(state);
    return clua_engine_of(state)->originals.gmatch(state);
}

static int sandboxed_gsub(lua_State *state) {
    check_pattern(state);
    return clua_engine_of(state)->originals.gsub(state);
}

// MARK: Random numbers

/// One step of the generator that POSIX calls lrand48.
static uint32_t next_random(clua_engine *engine) {
    engine->random = (engine->random * 0x5DEECE66D + 0xB) & 0xFFFFFFFFFFFF;
    return (uint32_t)(engine->random >> 17);
}

static int sandboxed_random(lua_State *state) {
    double random = (double)(next_random(clua_engine_of(state)) % INT32_MAX) / INT32_MAX;
    switch (lua_gettop(state)) {
    case 0:
        lua_pushnumber(state, random);
        break;
    case 1: {
        int upper = luaL_checkint(state, 1);
        luaL_argcheck(state, upper >= 1, 1, "interval is empty");
        lua_pushnumber(state, (double)(int64_t)(random * upper) + 1);
        break;
    }
    case 2: {
        int lower = luaL_checkint(state, 1);
        int upper = luaL_checkint(state, 2);
        luaL_argcheck(state, lower <= upper, 2, "interval is empty");
        double width = (double)upper - lower + 1;
        lua_pushnumber(state, (double)(int64_t)(random * width) + lower);
        break;
    }
    default:
        return luaL_error(state, "wrong number of arguments");
    }
    return 1;
}

static int sandboxed_randomseed(lua_State *state) {
    uint32_t seed = (uint32_t)luaL_checkint(state, 1);
    clua_engine_of(state)->random = (uint64_t)seed << 16 | 0x330E;
    return 0;
}

// MARK: Making it

static void open(lua_State *state, const char *name, lua_CFunction library) {
    lua_pushcfunction(state, library);
    lua_pushstring(state, name);
    lua_call(state, 1, 0);
}

/// Replaces a field of the table on top.
static lua_CFunction replace(lua_State *state, const char *name, lua_CFunction function) {
    lua_getfield(state, -1, name);
    lua_CFunction original = lua_tocfunction(state, -1);
    lua_pop(state, 1);
    lua_pushcfunction(state, function);
    lua_setfield(state, -2, name);
    return original;
}

static void remove_fields(lua_State *state, const char *const *names) {
    for (; *names != NULL; names++) {
        lua_pushnil(state);
        lua_setfield(state, -2, *names);
    }
}

static void change_libraries(lua_State *state) {
    clua_originals *originals = &clua_engine_of(state)->originals;
    static const char *const unwanted[] = {
        "print", "dofile", "loadfile", "getfenv", "setfenv", "newproxy", "module", "require",
        NULL};
    lua_pushvalue(state, LUA_GLOBALSINDEX);
    remove_fields(state, unwanted);
    originals->rawset = replace(state, "rawset", sandboxed_rawset);
    originals->rawget = replace(state, "rawget", sandboxed_rawget);
    originals->setmetatable = replace(state, "setmetatable", sandboxed_setmetatable);
    originals->getmetatable = replace(state, "getmetatable", sandboxed_getmetatable);
    originals->next = replace(state, "next", sandboxed_next);
    replace(state, "pcall", sandboxed_pcall);
    replace(state, "load", sandboxed_load);
    replace(state, "loadstring", sandboxed_loadstring);
    lua_getfield(state, -1, "next");
    lua_pushcclosure(state, sandboxed_pairs, 1);
    lua_setfield(state, -2, "pairs");

    lua_getfield(state, -1, "table");
    originals->insert = replace(state, "insert", sandboxed_insert);
    lua_pop(state, 1);
    lua_getfield(state, -1, "math");
    replace(state, "random", sandboxed_random);
    replace(state, "randomseed", sandboxed_randomseed);
    lua_pop(state, 1);
    lua_getfield(state, -1, "string");
    originals->find = replace(state, "find", sandboxed_find);
    originals->match = replace(state, "match", sandboxed_match);
    originals->gmatch = replace(state, "gmatch", sandboxed_gmatch);
    originals->gsub = replace(state, "gsub", sandboxed_gsub);
    lua_pushcfunction(state, sandboxed_gmatch);
    lua_setfield(state, -2, "gfind");
    lua_pop(state, 1);

    static const char *const system[] = {
        "date", "difftime", "execute", "exit", "getenv", "remove", "rename", "setlocale", "time",
        "tmpname", NULL};
    lua_getfield(state, -1, "os");
    remove_fields(state, system);
    lua_pop(state, 2);
}

/// What getmetatable shows of the table below the top: a stand-in of the table on top.
static void show_metatable(lua_State *state) {
    clua_protect(state);
    lua_getmetatable(state, -2);
    lua_pushlightuserdata(state, (void *)&shown_key);
    lua_pushvalue(state, -3);
    lua_rawset(state, -3);
    lua_pop(state, 2);
}

/// Strings have their library as methods; the metatable is not handed out either.
static void protect_strings(lua_State *state) {
    lua_pushliteral(state, "");
    lua_getmetatable(state, -1);
    lua_newtable(state);
    lua_getglobal(state, "string");
    lua_setfield(state, -2, "__index");
    clua_protect(state);
    lua_setfield(state, -2, "__metatable");
    lua_pop(state, 2);
}

static const struct {
    const char *name;
    lua_CFunction open;
} libraries[] = {
    {"redis", clua_open_redis}, {"bit", clua_open_bit}, {"struct", clua_open_struct},
    {"cjson", clua_open_json}, {"cmsgpack", clua_open_msgpack}, {NULL, NULL},
};

/// Makes the globals of the state the stand-in that scripts see. Raises an error if there is no
/// memory.
void clua_make_sandbox(lua_State *state) {
    open(state, "", luaopen_base);
    open(state, LUA_TABLIBNAME, luaopen_table);
    open(state, LUA_STRLIBNAME, luaopen_string);
    open(state, LUA_MATHLIBNAME, luaopen_math);
    open(state, LUA_OSLIBNAME, luaopen_os);
    change_libraries(state);
    for (int index = 0; libraries[index].name != NULL; index++) {
        libraries[index].open(state);
        lua_setglobal(state, libraries[index].name);
    }

    if (clua_engine_of(state)->runs_functions) {
        clua_push_loading_globals(state, refuse_name);
        clua_engine_of(state)->loading_globals = luaL_ref(state, LUA_REGISTRYINDEX);
    }

    static const char *const tables[] = {
        "string", "table", "math", "os", "coroutine", "redis", "bit", "struct", "cjson",
        "cmsgpack", NULL};
    for (const char *const *name = tables; *name != NULL; name++) {
        lua_getglobal(state, *name);
        clua_protect(state);
        lua_setglobal(state, *name);
    }
    protect_strings(state);

    lua_newtable(state);
    lua_pushcfunction(state, refuse_name);
    lua_setfield(state, -2, "__index");
    lua_pushvalue(state, LUA_GLOBALSINDEX);
    lua_pushvalue(state, -2);
    lua_setmetatable(state, -2);
    lua_pushvalue(state, -1);
    clua_engine_of(state)->globals = luaL_ref(state, LUA_REGISTRYINDEX);
    clua_protect(state);
    lua_pushvalue(state, -2);
    show_metatable(state);
    lua_pushvalue(state, -1);
    lua_setglobal(state, "_G");
    lua_replace(state, LUA_GLOBALSINDEX);
    lua_settop(state, 0);
}
