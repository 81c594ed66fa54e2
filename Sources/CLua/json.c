// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The library `cjson`: its table and its settings.

#include <limits.h>
#include <stdio.h>

#include "json.h"

/// Every function of the library has them as its upvalue.
json_settings *clua_json_settings(lua_State *state) {
    return lua_touserdata(state, lua_upvalueindex(1));
}

/// Checks that there are no more arguments than `count`, and makes those that lack nil.
static json_settings *begin(lua_State *state, int count) {
    luaL_argcheck(state, lua_gettop(state) <= count, count + 1, "found too many arguments");
    lua_settop(state, count);
    return clua_json_settings(state);
}

static int number_setting(lua_State *state, int index, int *setting, int min, int max) {
    if (!lua_isnil(state, index)) {
        lua_Integer value = luaL_checkinteger(state, index);
        char message[64];
        snprintf(message, sizeof message, "expected integer between %d and %d", min, max);
        luaL_argcheck(state, value >= min && value <= max, 1, message);
        *setting = (int)value;
    }
    lua_pushinteger(state, *setting);
    return 1;
}

/// - Parameter words: what it can be set to besides true and false; NULL for nothing.
static int switch_setting(
    lua_State *state, int index, int *setting, const char *const *words) {
    if (!lua_isnil(state, index)) {
        if (lua_isboolean(state, index)) {
            *setting = lua_toboolean(state, index);
        } else if (words == NULL) {
            luaL_checktype(state, index, LUA_TBOOLEAN);
        } else {
            *setting = luaL_checkoption(state, index, NULL, words);
        }
    }
    if (*setting > 1) lua_pushstring(state, words[*setting]);
    else lua_pushboolean(state, *setting);
    return 1;
}

static int encode_sparse_array(lua_State *state) {
    json_settings *settings = begin(state, 3);
    switch_setting(state, 1, &settings->sparse_convert, NULL);
    number_setting(state, 2, &settings->sparse_ratio, 0, INT_MAX);
    number_setting(state, 3, &settings->sparse_safe, 0, INT_MAX);
    return 3;
}

static int encode_max_depth(lua_State *state) {
    json_settings *settings = begin(state, 1);
    return number_setting(state, 1, &settings->encode_depth_max, 1, INT_MAX);
}

static int decode_max_depth(lua_State *state) {
    json_settings *settings = begin(state, 1);
    return number_setting(state, 1, &settings->decode_depth_max, 1, INT_MAX);
}

static int encode_number_precision(lua_State *state) {
    json_settings *settings = begin(state, 1);
    return number_setting(state, 1, &settings->precision, 1, 14);
}

/// Has no effect: what an engine encodes into is its own in any case.
static int encode_keep_buffer(lua_State *state) {
    json_settings *settings = begin(state, 1);
    return switch_setting(state, 1, &settings->keeps_buffer, NULL);
}

static int encode_invalid_numbers(lua_State *state) {
    static const char *const words[] = {"off", "on", "null", NULL};
    json_settings *settings = begin(state, 1);
    return switch_setting(state, 1, &settings->encode_invalid_numbers, words);
}

static int decode_invalid_numbers(lua_State *state) {
    static const char *const words[] = {"off", "on", NULL};
    json_settings *settings = begin(state, 1);
    return switch_setting(state, 1, &settings->decode_invalid_numbers, words);
}

static int new(lua_State *state) { return clua_open_json(state); }

static const luaL_Reg functions[] = {
    {"encode", clua_json_encode}, {"decode", clua_json_decode},
    {"encode_sparse_array", encode_sparse_array}, {"encode_max_depth", encode_max_depth},
    {"decode_max_depth", decode_max_depth},
    {"encode_number_precision", encode_number_precision},
    {"encode_keep_buffer", encode_keep_buffer},
    {"encode_invalid_numbers", encode_invalid_numbers},
    {"decode_invalid_numbers", decode_invalid_numbers}, {"new", new}, {NULL, NULL},
};

int clua_open_json(lua_State *state) {
    lua_newtable(state);
    json_settings *settings = lua_newuserdata(state, sizeof *settings);
    *settings = (json_settings){
        .sparse_ratio = 2, .sparse_safe = 10, .encode_depth_max = 1000,
        .decode_depth_max = 1000, .precision = 14, .decode_invalid_numbers = 1,
        .keeps_buffer = 1,
    };
    for (const luaL_Reg *function = functions; function->name != NULL; function++) {
        lua_pushvalue(state, -1);
        lua_pushcclosure(state, function->func, 1);
        lua_setfield(state, -3, function->name);
    }
    lua_pop(state, 1);
    lua_pushlightuserdata(state, NULL);
    lua_setfield(state, -2, "null");
    lua_pushliteral(state, "cjson");
    lua_setfield(state, -2, "_NAME");
    // The version of the library whose functions these are.
    lua_pushliteral(state, "2.1.0");
    lua_setfield(state, -2, "_VERSION");
    return 1;
}
