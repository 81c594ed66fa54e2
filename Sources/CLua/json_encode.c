// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// cjson.encode: tables with the keys 1 … n are arrays, others are objects.

#include <math.h>
#include <stdio.h>

#include "json.h"

static void refuse(lua_State *state, int index, const char *reason) {
    luaL_error(
        state, "Cannot serialise %s: %s", lua_typename(state, lua_type(state, index)), reason);
}

static void encode_string(lua_State *state, clua_buffer *buffer, int index) {
    size_t count;
    const char *text = lua_tolstring(state, index, &count);
    clua_append_byte(state, buffer, '"');
    for (size_t offset = 0; offset < count; offset++) {
        unsigned char byte = (unsigned char)text[offset];
        switch (byte) {
        case '"': clua_append(state, buffer, "\\\"", 2); break;
        case '\\': clua_append(state, buffer, "\\\\", 2); break;
        case '/': clua_append(state, buffer, "\\/", 2); break;
        case '\b': clua_append(state, buffer, "\\b", 2); break;
        case '\f': clua_append(state, buffer, "\\f", 2); break;
        case '\n': clua_append(state, buffer, "\\n", 2); break;
        case '\r': clua_append(state, buffer, "\\r", 2); break;
        case '\t': clua_append(state, buffer, "\\t", 2); break;
        default:
            if (byte < 0x20 || byte == 0x7F) {
                char escape[8];
                int length = snprintf(escape, sizeof escape, "\\u%04x", byte);
                clua_append(state, buffer, escape, (size_t)length);
            } else {
                clua_append_byte(state, buffer, (char)byte);
            }
        }
    }
    clua_append_byte(state, buffer, '"');
}

static void encode_number(
    lua_State *state, const json_settings *settings, clua_buffer *buffer, int index) {
    double number = lua_tonumber(state, index);
    if (!isfinite(number)) {
        if (settings->encode_invalid_numbers == 0) {
            refuse(state, index, "must not be NaN or Inf");
        }
        if (settings->encode_invalid_numbers == 2) {
            return clua_append_text(state, buffer, "null");
        }
        if (isnan(number)) return clua_append_text(state, buffer, "nan");
    }
    char text[40];
    int count = snprintf(text, sizeof text, "%.*g", settings->precision, number);
    clua_append(state, buffer, text, (size_t)count);
}

/// The length of the array on top; -1 if it is an object.
static int array_length(lua_State *state, const json_settings *settings) {
    double last = 0;
    double count = 0;
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
        double key = lua_type(state, -2) == LUA_TNUMBER ? lua_tonumber(state, -2) : 0;
        lua_pop(state, 1);
        if (key < 1 || floor(key) != key || key > 2147483647) {
            lua_pop(state, 1);
            return -1;
        }
        if (key > last) last = key;
        count += 1;
    }
    if (settings->sparse_ratio > 0 && last > count * settings->sparse_ratio
        && last > settings->sparse_safe) {
        if (!settings->sparse_convert) refuse(state, -1, "excessively sparse array");
        return -1;
    }
    return (int)last;
}

static void encode_value(
    lua_State *state, const json_settings *settings, clua_buffer *buffer, int depth);

static void encode_array(
    lua_State *state, const json_settings *settings, clua_buffer *buffer, int count, int depth) {
    clua_append_byte(state, buffer, '[');
    for (int index = 1; index <= count; index++) {
        if (index > 1) clua_append_byte(state, buffer, ',');
        lua_rawgeti(state, -1, index);
        encode_value(state, settings, buffer, depth);
        lua_pop(state, 1);
    }
    clua_append_byte(state, buffer, ']');
}

static void encode_object(
    lua_State *state, const json_settings *settings, clua_buffer *buffer, int depth) {
    bool is_first = true;
    clua_append_byte(state, buffer, '{');
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
        if (!is_first) clua_append_byte(state, buffer, ',');
        is_first = false;
        int type = lua_type(state, -2);
        if (type == LUA_TNUMBER) {
            clua_append_byte(state, buffer, '"');
            encode_number(state, settings, buffer, -2);
            clua_append_byte(state, buffer, '"');
        } else if (type == LUA_TSTRING) {
            encode_string(state, buffer, -2);
        } else {
            refuse(state, -2, "table key must be a number or string");
        }
        clua_append_byte(state, buffer, ':');
        encode_value(state, settings, buffer, depth);
        lua_pop(state, 1);
    }
    clua_append_byte(state, buffer, '}');
}

/// Encodes the value on top, which stays there.
static void encode_value(
    lua_State *state, const json_settings *settings, clua_buffer *buffer, int depth) {
    switch (lua_type(state, -1)) {
    case LUA_TSTRING: return encode_string(state, buffer, -1);
    case LUA_TNUMBER: return encode_number(state, settings, buffer, -1);
    case LUA_TBOOLEAN:
        return clua_append_text(state, buffer, lua_toboolean(state, -1) ? "true" : "false");
    case LUA_TNIL: return clua_append_text(state, buffer, "null");
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(state, -1) == NULL) return clua_append_text(state, buffer, "null");
        break;
    case LUA_TTABLE: {
        depth += 1;
        if (depth > settings->encode_depth_max || !lua_checkstack(state, 3)) {
            luaL_error(state, "Cannot serialise, excessive nesting (%d)", depth);
        }
        int count = array_length(state, settings);
        if (count > 0) encode_array(state, settings, buffer, count, depth);
        else encode_object(state, settings, buffer, depth);
        return;
    }
    }
    refuse(state, -1, "type not supported");
}

int clua_json_encode(lua_State *state) {
    luaL_argcheck(state, lua_gettop(state) == 1, 1, "expected 1 argument");
    clua_buffer *buffer = &clua_engine_of(state)->scratch;
    clua_buffer_clear(buffer);
    encode_value(state, clua_json_settings(state), buffer, 0);
    lua_pushlstring(state, buffer->start, buffer->count);
    return 1;
}
