// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

#ifndef CLUA_ENGINE_H
#define CLUA_ENGINE_H

#include <lua5.1/lauxlib.h>
#include <lua5.1/lua.h>
#include <lua5.1/lualib.h>
#include <stdint.h>

#include "CLua.h"

/// Bytes that grow. They belong to an engine, so that an error loses none.
typedef struct clua_buffer {
    char *start;
    size_t count;
    size_t capacity;
} clua_buffer;

/// Functions of the standard library that the sandbox calls in its own ones, as they are.
typedef struct clua_originals {
    lua_CFunction rawset, rawget, setmetatable, getmetatable, next, insert;
    lua_CFunction find, match, gmatch, gsub;
} clua_originals;

struct clua_engine {
    lua_State *state;
    clua_host host;
    clua_originals originals;
    size_t byte_count;
    clua_buffer reply;
    /// For the libraries.
    clua_buffer scratch;
    /// The protocol version of replies that scripts see (redis.setresp).
    int version;
    /// Of math.random, 48 bits.
    uint64_t random;
    /// In the registry: what scripts see as globals.
    int globals;
    /// Whether it is for libraries of functions; then also what their code sees while it loads.
    bool runs_functions;
    int loading_globals;
    bool is_loading;
};

clua_engine *clua_engine_of(lua_State *state);

// engine.c
int clua_handle_error(lua_State *state);
void clua_allow_interrupts(lua_State *state);

// buffer.c
void clua_buffer_clear(clua_buffer *buffer);
void clua_append(lua_State *state, clua_buffer *buffer, const void *bytes, size_t count);
void clua_append_byte(lua_State *state, clua_buffer *buffer, char byte);
void clua_append_text(lua_State *state, clua_buffer *buffer, const char *text);
void clua_append_header(lua_State *state, clua_buffer *buffer, char type, long long number);
void clua_append_error(lua_State *state, clua_buffer *buffer, const char *text, size_t count);

// conversion.c
const char *clua_push_reply(lua_State *state, const char *bytes);
void clua_write_reply(lua_State *state, clua_buffer *buffer, int client_version);
void clua_push_error(lua_State *state, const char *text, size_t count);

// sandbox.c
void clua_make_sandbox(lua_State *state);
void clua_protect(lua_State *state);

// library.c
void clua_push_loading_globals(lua_State *state, lua_CFunction refuse_name);

// The libraries: each leaves a table on the stack.
int clua_open_redis(lua_State *state);
int clua_open_bit(lua_State *state);
int clua_open_struct(lua_State *state);
int clua_open_json(lua_State *state);
int clua_open_msgpack(lua_State *state);

#endif
