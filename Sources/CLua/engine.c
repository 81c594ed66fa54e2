// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The engine: one state of Lua, and every protected call that Swift has made.

#include <stdlib.h>
#include <string.h>

#include "engine.h"

/// How many instructions a script runs before it is asked whether to end.
enum { interrupt_interval = 100000 };

clua_engine *clua_engine_of(lua_State *state) {
    void *engine;
    lua_getallocf(state, &engine);
    return engine;
}

static void *allocate(void *context, void *block, size_t old_count, size_t count) {
    clua_engine *engine = context;
    if (count == 0) {
        free(block);
        engine->byte_count -= old_count;
        return NULL;
    }
    void *result = realloc(block, count);
    if (result != NULL) engine->byte_count += count - old_count;
    return result;
}

size_t clua_memory(const clua_engine *engine) { return engine->byte_count; }

// MARK: Interrupting

/// Raised at each line from then on, so that a script that catches the error ends all the same.
static void interrupt(lua_State *state, lua_Debug *activation) {
    (void)activation;
    clua_engine *engine = clua_engine_of(state);
    if (!engine->host.interrupt(engine->host.context)) return;
    lua_sethook(state, interrupt, LUA_MASKLINE, 0);
    const char *text = "Script killed by user with SCRIPT KILL.";
    if (engine->is_loading) text = "FUNCTION LOAD timeout";
    else if (engine->runs_functions) text = "Script killed by user with FUNCTION KILL.";
    clua_push_error(state, text, strlen(text));
    lua_error(state);
}

void clua_allow_interrupts(lua_State *state) {
    lua_sethook(state, interrupt, LUA_MASKCOUNT, interrupt_interval);
}

// MARK: Making an engine

static int prepare(lua_State *state) {
    clua_make_sandbox(state);
    return 0;
}

clua_engine *clua_create(const clua_host *host, bool runs_functions) {
    clua_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) return NULL;
    engine->host = *host;
    engine->runs_functions = runs_functions;
    engine->random = 0x1234ABCD330E;
    engine->state = lua_newstate(allocate, engine);
    if (engine->state == NULL || lua_cpcall(engine->state, prepare, NULL) != 0) {
        clua_destroy(engine);
        return NULL;
    }
    return engine;
}

void clua_destroy(clua_engine *engine) {
    if (engine->state != NULL) lua_close(engine->state);
    free(engine->reply.start);
    free(engine->scratch.start);
    free(engine);
}

// MARK: Compiling

typedef struct {
    clua_bytes source;
    int script;
} compilation;

static int compile(lua_State *state) {
    compilation *compilation = lua_touserdata(state, 1);
    clua_engine *engine = clua_engine_of(state);
    const char *source = compilation->source.start;
    size_t count = compilation->source.count;
    clua_buffer_clear(&engine->scratch);
    // Behind a space bytecode is a text like any other, and none that can be compiled.
    if (count > 0 && source[0] == LUA_SIGNATURE[0]) {
        clua_append_byte(state, &engine->scratch, ' ');
        clua_append(state, &engine->scratch, source, count);
        source = engine->scratch.start;
        count = engine->scratch.count;
    }
    if (luaL_loadbuffer(state, count > 0 ? source : "", count, "@user_script") != 0) {
        return lua_error(state);
    }
    compilation->script = luaL_ref(state, LUA_REGISTRYINDEX);
    return 0;
}

int clua_compile(clua_engine *engine, clua_bytes source, clua_bytes *error) {
    lua_State *state = engine->state;
    compilation compilation = {source, LUA_NOREF};
    if (lua_cpcall(state, compile, &compilation) == 0) return compilation.script;
    // The message may go with the stack, so it is copied; if that fails there is no text.
    engine->scratch.count = 0;
    const char *text = lua_type(state, -1) == LUA_TSTRING ? lua_tostring(state, -1) : "";
    size_t count = strlen(text);
    char *copy = realloc(engine->scratch.start, count + 1);
    if (copy != NULL) {
        memcpy(copy, text, count);
        engine->scratch.start = copy;
        engine->scratch.capacity = count + 1;
        engine->scratch.count = count;
    }
    lua_settop(state, 0);
    error->start = engine->scratch.start;
    error->count = engine->scratch.count;
    return LUA_NOREF;
}

// MARK: Running

/// Makes a table of an error, and notes where it was raised.
int clua_handle_error(lua_State *state) {
    lua_Debug activation;
    bool is_known = lua_getstack(state, 1, &activation) && lua_getinfo(state, "nSl", &activation);
    if (is_known && strcmp(activation.what, "C") == 0) {
        is_known =
            lua_getstack(state, 2, &activation) && lua_getinfo(state, "nSl", &activation);
    }
    lua_settop(state, 1);
    if (!lua_istable(state, 1)) {
        const char *text = lua_tostring(state, 1);
        lua_newtable(state);
        lua_pushliteral(state, "ERR ");
        if (text != NULL) {
            lua_pushvalue(state, 1);
        } else if (lua_isboolean(state, 1)) {
            lua_pushstring(state, lua_toboolean(state, 1) ? "true" : "false");
        } else {
            lua_pushstring(state, luaL_typename(state, 1));
        }
        lua_concat(state, 2);
        lua_setfield(state, -2, "err");
    }
    if (is_known) {
        lua_pushstring(state, activation.source);
        lua_setfield(state, -2, "source");
        lua_pushinteger(state, activation.currentline);
        lua_setfield(state, -2, "line");
    }
    return 1;
}

/// Pushes a field of the table on top as a text; the value itself if it is none.
static const char *push_text(lua_State *state, const char *name) {
    lua_pushstring(state, name);
    lua_rawget(state, -2);
    return lua_isstring(state, -1) ? lua_tostring(state, -1) : NULL;
}

/// Writes the error on top.
static void write_error(lua_State *state, clua_engine *engine, clua_bytes name) {
    if (!lua_istable(state, -1)) {
        const char *reason = lua_isstring(state, -1) ? lua_tostring(state, -1) : "";
        lua_pushfstring(state, "ERR Error running script ");
        lua_pushlstring(state, name.start, name.count);
        lua_pushfstring(state, ", %s", *reason != 0 ? reason : "execution failure");
        lua_concat(state, 3);
    } else {
        int table = lua_gettop(state);
        const char *text = push_text(state, "err");
        lua_pushstring(state, text != NULL ? text : "ERR unknown error");
        lua_pushvalue(state, table);
        const char *source = push_text(state, "source");
        lua_pushvalue(state, table);
        const char *line = push_text(state, "line");
        if (source != NULL && line != NULL) {
            lua_pushvalue(state, table + 2);
            lua_pushliteral(state, " script: ");
            lua_pushlstring(state, name.start, name.count);
            lua_pushfstring(state, ", on %s:%s.", source, line);
            lua_concat(state, 4);
        } else {
            lua_pushvalue(state, table + 2);
        }
    }
    size_t count;
    const char *text = lua_tolstring(state, -1, &count);
    clua_append_error(state, &engine->reply, text, count);
}

static void push_array(lua_State *state, const clua_bytes *values, int count) {
    lua_createtable(state, count, 0);
    for (int index = 0; index < count; index++) {
        const char *start = values[index].start;
        lua_pushlstring(state, start != NULL ? start : "", values[index].count);
        lua_rawseti(state, -2, index + 1);
    }
}

/// Leaves KEYS and ARGV where the script that is run finds them: as globals, or on the stack.
///
/// - Returns: how many are on the stack.
static int pass_arguments(lua_State *state, const clua_run_options *options) {
    const clua_engine *engine = clua_engine_of(state);
    const clua_bytes *rest = options->arguments + options->key_count;
    int rest_count = options->argument_count - options->key_count;
    if (engine->runs_functions) {
        push_array(state, options->arguments, options->key_count);
        push_array(state, rest, rest_count);
        return 2;
    }
    lua_rawgeti(state, LUA_REGISTRYINDEX, engine->globals);
    lua_pushliteral(state, "KEYS");
    push_array(state, options->arguments, options->key_count);
    lua_rawset(state, -3);
    lua_pushliteral(state, "ARGV");
    push_array(state, rest, rest_count);
    lua_rawset(state, -3);
    lua_pop(state, 1);
    return 0;
}

static int run(lua_State *state) {
    const clua_run_options *options = lua_touserdata(state, 1);
    clua_engine *engine = clua_engine_of(state);
    lua_pushcfunction(state, clua_handle_error);
    int handler = lua_gettop(state);
    lua_rawgeti(state, LUA_REGISTRYINDEX, options->script);
    int count = pass_arguments(state, options);
    if (lua_pcall(state, count, 1, handler) == 0) {
        clua_write_reply(state, &engine->reply, options->version);
    } else {
        // What follows is not the script's, and is not to be ended.
        lua_sethook(state, NULL, 0, 0);
        write_error(state, engine, options->name);
    }
    return 0;
}

clua_bytes clua_run(clua_engine *engine, const clua_run_options *options) {
    static const char no_memory[] = "-ERR not enough memory\r\n";
    clua_buffer_clear(&engine->reply);
    engine->version = 2;
    clua_allow_interrupts(engine->state);
    int status = lua_cpcall(engine->state, run, (void *)options);
    lua_settop(engine->state, 0);
    clua_bytes reply = {engine->reply.start, engine->reply.count};
    if (status != 0) {
        reply.start = no_memory;
        reply.count = sizeof no_memory - 1;
    }
    return reply;
}
