// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The library `redis`.

#include <stdio.h>
#include <string.h>

#include "engine.h"

/// Raises `{err = "ERR …"}`.
static int raise(lua_State *state, const char *text) {
    clua_push_error(state, text, strlen(text));
    return lua_error(state);
}

// MARK: Commands

/// Numbers become texts that are read back as the same ones.
static void replace_number(lua_State *state, int index) {
    double number = lua_tonumber(state, index);
    char text[40];
    int count = clua_engine_of(state)->host.format(number, text);
    lua_pushlstring(state, text, (size_t)count);
    lua_replace(state, index);
}

/// The arguments of the function, as those of a command. They stay while they are on the stack.
static clua_bytes *take_arguments(lua_State *state, int count) {
    if (count == 0) raise(state, "Please specify at least one argument for this redis lib call");
    for (int index = 1; index <= count; index++) {
        int type = lua_type(state, index);
        if (type == LUA_TNUMBER) {
            replace_number(state, index);
        } else if (type != LUA_TSTRING) {
            raise(state, "Lua redis lib command arguments must be strings or integers");
        }
    }
    clua_bytes *arguments = lua_newuserdata(state, (size_t)count * sizeof *arguments);
    for (int index = 0; index < count; index++) {
        arguments[index].start = lua_tolstring(state, index + 1, &arguments[index].count);
    }
    return arguments;
}

/// Pushes the reply of a command, an error as a table.
///
/// - Returns: whether it is one.
static bool push_reply_of_command(lua_State *state) {
    clua_engine *engine = clua_engine_of(state);
    int count = lua_gettop(state);
    clua_bytes *arguments = take_arguments(state, count);
    clua_bytes reply = engine->host.call(engine->host.context, arguments, count, engine->version);
    clua_push_reply(state, reply.start);
    return *(const char *)reply.start == '-';
}

static int call(lua_State *state) {
    if (push_reply_of_command(state)) return lua_error(state);
    return 1;
}

static int protected_call(lua_State *state) {
    int count = lua_gettop(state);
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    if (lua_pcall(state, count, 1, 0) != 0 && !lua_istable(state, -1)) return lua_error(state);
    return 1;
}

static int acl_check_cmd(lua_State *state) {
    clua_engine *engine = clua_engine_of(state);
    int count = lua_gettop(state);
    clua_bytes *arguments = take_arguments(state, count);
    if (!engine->host.knows(engine->host.context, arguments, count)) {
        return raise(state, "Invalid command passed to redis.acl_check_cmd()");
    }
    lua_pushboolean(state, true);
    return 1;
}

// MARK: Replies

static bool has_one_string(lua_State *state) {
    if (lua_gettop(state) == 1 && lua_type(state, 1) == LUA_TSTRING) return true;
    const char *text = "wrong number or type of arguments";
    clua_push_error(state, text, strlen(text));
    return false;
}

static int error_reply(lua_State *state) {
    if (!has_one_string(state)) return 1;
    if (*lua_tostring(state, 1) != '-') {
        lua_pushliteral(state, "-");
        lua_insert(state, 1);
        lua_concat(state, 2);
    }
    size_t count;
    const char *text = lua_tolstring(state, 1, &count);
    clua_push_error(state, text, count);
    return 1;
}

static int status_reply(lua_State *state) {
    if (!has_one_string(state)) return 1;
    lua_newtable(state);
    lua_pushvalue(state, 1);
    lua_setfield(state, -2, "ok");
    return 1;
}

static int setresp(lua_State *state) {
    if (lua_gettop(state) != 1) {
        return raise(state, "redis.setresp() requires one argument.");
    }
    double version = lua_tonumber(state, 1);
    if (version != 2 && version != 3) return raise(state, "RESP version must be 2 or 3.");
    clua_engine_of(state)->version = (int)version;
    return 0;
}

// MARK: The rest

static int sha1hex(lua_State *state) {
    if (lua_gettop(state) != 1) return raise(state, "wrong number of arguments");
    clua_bytes bytes;
    bytes.start = lua_tolstring(state, 1, &bytes.count);
    if (bytes.start == NULL) bytes.count = 0;
    char digits[40];
    clua_sha1(bytes, digits);
    lua_pushlstring(state, digits, sizeof digits);
    return 1;
}

static int write_log(lua_State *state) {
    int count = lua_gettop(state);
    if (count < 2) return raise(state, "redis.log() requires two arguments or more.");
    if (!lua_isnumber(state, 1)) {
        return raise(state, "First argument must be a number (log level).");
    }
    double level = lua_tonumber(state, 1);
    if (!(level >= 0 && level <= 3)) return raise(state, "Invalid log level.");
    clua_engine *engine = clua_engine_of(state);
    clua_buffer_clear(&engine->scratch);
    for (int index = 2; index <= count; index++) {
        size_t length;
        const char *text = lua_tolstring(state, index, &length);
        if (text == NULL) continue;
        if (engine->scratch.count > 0) clua_append_byte(state, &engine->scratch, ' ');
        clua_append(state, &engine->scratch, text, length);
    }
    clua_bytes line = {engine->scratch.start, engine->scratch.count};
    engine->host.log(engine->host.context, (int)level, line);
    return 0;
}

/// Effects go to the log in any case: they are what a restart begins with.
static int set_repl(lua_State *state) {
    if (lua_gettop(state) != 1) {
        return raise(state, "redis.set_repl() requires one argument.");
    }
    double flags = lua_tonumber(state, 1);
    if (!(flags >= 0 && flags < 4)) {
        return raise(
            state,
            "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
    }
    return 0;
}

/// Scripts are always replicated by what they do.
static int replicate_commands(lua_State *state) {
    lua_pushboolean(state, true);
    return 1;
}

/// There is no debugger.
static int breakpoint(lua_State *state) {
    lua_pushboolean(state, false);
    return 1;
}

static int debug(lua_State *state) {
    (void)state;
    return 0;
}

static const luaL_Reg functions[] = {
    {"call", call}, {"acl_check_cmd", acl_check_cmd}, {"error_reply", error_reply},
    {"status_reply", status_reply}, {"setresp", setresp}, {"sha1hex", sha1hex},
    {"log", write_log}, {"set_repl", set_repl}, {NULL, NULL},
};

/// What functions of libraries do not have.
static const luaL_Reg functions_of_scripts[] = {
    {"replicate_commands", replicate_commands}, {"breakpoint", breakpoint}, {"debug", debug},
    {NULL, NULL},
};

static const struct {
    const char *name;
    int value;
} constants[] = {
    {"LOG_DEBUG", 0}, {"LOG_VERBOSE", 1}, {"LOG_NOTICE", 2}, {"LOG_WARNING", 3},
    {"REPL_NONE", 0}, {"REPL_AOF", 1}, {"REPL_SLAVE", 2}, {"REPL_REPLICA", 2}, {"REPL_ALL", 3},
};

int clua_open_redis(lua_State *state) {
    const clua_host *host = &clua_engine_of(state)->host;
    lua_newtable(state);
    luaL_register(state, NULL, functions);
    if (!clua_engine_of(state)->runs_functions) luaL_register(state, NULL, functions_of_scripts);
    lua_pushcfunction(state, call);
    lua_pushcclosure(state, protected_call, 1);
    lua_setfield(state, -2, "pcall");
    for (size_t index = 0; index < sizeof constants / sizeof *constants; index++) {
        lua_pushinteger(state, constants[index].value);
        lua_setfield(state, -2, constants[index].name);
    }
    lua_pushstring(state, host->version);
    lua_setfield(state, -2, "REDIS_VERSION");
    lua_pushinteger(state, host->version_number);
    lua_setfield(state, -2, "REDIS_VERSION_NUM");
    return 1;
}
