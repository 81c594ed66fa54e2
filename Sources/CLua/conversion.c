// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Values of RESP and of Lua
//
//   RESP2 ─▶ Lua    :n number   $ string   +s {ok=s}   -e {err=e}   * table   null false
//   RESP3 ─▶ Lua    _ nil   # boolean   , {double=n}   ( {big_number=s}   % {map={…}}
//                   ~ {set={k=true}}   = {verbatim_string={format=f, string=s}}
//   Lua ─▶ RESP     the other way round; a number loses its fraction, a table ends at its first
//                   nil, false is null unless the script has chosen RESP3, anything else is null

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

// MARK: From RESP

/// Pushes `{err = text}`. A text that is no code alone begins with one; a `-` in front goes.
void clua_push_error(lua_State *state, const char *text, size_t count) {
    bool has_code = count > 0 && text[0] == '-';
    if (has_code) {
        text++;
        count--;
        has_code = memchr(text, ' ', count) != NULL;
    }
    lua_newtable(state);
    lua_pushliteral(state, "err");
    if (has_code) {
        lua_pushlstring(state, text, count);
    } else {
        lua_pushliteral(state, "ERR ");
        lua_pushlstring(state, text, count);
        lua_concat(state, 2);
    }
    lua_rawset(state, -3);
}

static const char *line_end(const char *line) {
    while (*line != '\r') line++;
    return line;
}

/// Pushes a table with the field `name`, which is a line.
static const char *push_line(lua_State *state, const char *name, const char *line) {
    const char *end = line_end(line);
    lua_createtable(state, 0, 1);
    lua_pushstring(state, name);
    lua_pushlstring(state, line, (size_t)(end - line));
    lua_rawset(state, -3);
    return end + 2;
}

static const char *push_error_line(lua_State *state, const char *line) {
    const char *end = line_end(line);
    clua_push_error(state, line, (size_t)(end - line));
    // As scripts see it in Redis.
    lua_pushliteral(state, "ignore_error_stats_update");
    lua_pushboolean(state, true);
    lua_rawset(state, -3);
    return end + 2;
}

static const char *push_double(lua_State *state, const char *line) {
    lua_createtable(state, 0, 1);
    lua_pushliteral(state, "double");
    lua_pushnumber(state, strtod(line, NULL));
    lua_rawset(state, -3);
    return line_end(line) + 2;
}

static const char *push_array(lua_State *state, const char *bytes, long long count) {
    lua_createtable(state, (int)count, 0);
    for (int index = 1; index <= count; index++) {
        bytes = clua_push_reply(state, bytes);
        lua_rawseti(state, -2, index);
    }
    return bytes;
}

/// - Parameter name: what the table's one field is called: a map or a set.
static const char *push_entries(
    lua_State *state, const char *name, const char *bytes, long long count, bool is_map) {
    lua_createtable(state, 0, 1);
    lua_pushstring(state, name);
    lua_createtable(state, 0, (int)count);
    for (long long index = 0; index < count; index++) {
        bytes = clua_push_reply(state, bytes);
        if (is_map) bytes = clua_push_reply(state, bytes);
        else lua_pushboolean(state, true);
        lua_rawset(state, -3);
    }
    lua_rawset(state, -3);
    return bytes;
}

static const char *push_verbatim(lua_State *state, const char *bytes, long long count) {
    lua_createtable(state, 0, 1);
    lua_pushliteral(state, "verbatim_string");
    lua_createtable(state, 0, 2);
    lua_pushliteral(state, "string");
    lua_pushlstring(state, bytes + 4, (size_t)count - 4);
    lua_rawset(state, -3);
    lua_pushliteral(state, "format");
    lua_pushlstring(state, bytes, 3);
    lua_rawset(state, -3);
    lua_rawset(state, -3);
    return bytes + count + 2;
}

/// Pushes the value of a whole reply that the server wrote, and returns what is behind it.
const char *clua_push_reply(lua_State *state, const char *bytes) {
    luaL_checkstack(state, 8, "reply is nested too deeply");
    char type = *bytes++;
    switch (type) {
    case '+': return push_line(state, "ok", bytes);
    case '-': return push_error_line(state, bytes - 1);
    case '(': return push_line(state, "big_number", bytes);
    case ',': return push_double(state, bytes);
    case '_': lua_pushnil(state); return bytes + 2;
    case '#': lua_pushboolean(state, *bytes == 't'); return bytes + 3;
    }
    long long number = strtoll(bytes, NULL, 10);
    bytes = line_end(bytes) + 2;
    if (type == ':') {
        lua_pushnumber(state, (double)number);
        return bytes;
    }
    if (number < 0) {
        lua_pushboolean(state, false);
        return bytes;
    }
    switch (type) {
    case '$':
        lua_pushlstring(state, bytes, (size_t)number);
        return bytes + number + 2;
    case '=': return push_verbatim(state, bytes, number);
    case '%': return push_entries(state, "map", bytes, number, true);
    case '~': return push_entries(state, "set", bytes, number, false);
    default: return push_array(state, bytes, number);
    }
}

// MARK: To RESP

static void write_bulk(lua_State *state, clua_buffer *buffer, const char *text, size_t count) {
    clua_append_header(state, buffer, '$', (long long)count);
    clua_append(state, buffer, text, count);
    clua_append(state, buffer, "\r\n", 2);
}

static void write_null(lua_State *state, clua_buffer *buffer, int version) {
    clua_append_text(state, buffer, version == 3 ? "_\r\n" : "$-1\r\n");
}

static long long whole(double number) {
    bool fits = number >= -9223372036854775808.0 && number < 9223372036854775808.0;
    return fits ? (long long)number : LLONG_MIN;
}

static void write_boolean(lua_State *state, clua_buffer *buffer, int version) {
    bool value = lua_toboolean(state, -1);
    if (clua_engine_of(state)->version < 3) {
        if (value) clua_append_text(state, buffer, ":1\r\n");
        else write_null(state, buffer, version);
    } else if (version == 3) {
        clua_append_text(state, buffer, value ? "#t\r\n" : "#f\r\n");
    } else {
        clua_append_text(state, buffer, value ? ":1\r\n" : ":0\r\n");
    }
}

/// A line of the given type; line ends become spaces.
static void write_line(
    lua_State *state, clua_buffer *buffer, char type, const char *text, size_t count) {
    clua_append_byte(state, buffer, type);
    for (size_t index = 0; index < count; index++) {
        char byte = text[index];
        clua_append_byte(state, buffer, byte == '\r' || byte == '\n' ? ' ' : byte);
    }
    clua_append(state, buffer, "\r\n", 2);
}

static void write_double(lua_State *state, clua_buffer *buffer, double number, int version) {
    char text[40];
    int count = clua_engine_of(state)->host.format(number, text);
    if (version == 3) write_line(state, buffer, ',', text, (size_t)count);
    else write_bulk(state, buffer, text, (size_t)count);
}

static void write_big_number(lua_State *state, clua_buffer *buffer, int version) {
    size_t count;
    const char *text = lua_tolstring(state, -1, &count);
    if (version == 3) write_line(state, buffer, '(', text, count);
    else write_bulk(state, buffer, text, count);
}

/// False if the table on top does not have both fields.
static bool write_verbatim(lua_State *state, clua_buffer *buffer, int version) {
    lua_pushliteral(state, "format");
    lua_rawget(state, -2);
    lua_pushliteral(state, "string");
    lua_rawget(state, -3);
    bool is_whole =
        lua_type(state, -1) == LUA_TSTRING && lua_type(state, -2) == LUA_TSTRING;
    if (is_whole) {
        size_t count, format_count;
        const char *text = lua_tolstring(state, -1, &count);
        const char *format = lua_tolstring(state, -2, &format_count);
        if (version == 3) {
            char padded[4] = {' ', ' ', ' ', ':'};
            memcpy(padded, format, format_count < 3 ? format_count : 3);
            clua_append_header(state, buffer, '=', (long long)count + 4);
            clua_append(state, buffer, padded, sizeof padded);
            clua_append(state, buffer, text, count);
            clua_append(state, buffer, "\r\n", 2);
        } else {
            write_bulk(state, buffer, text, count);
        }
    }
    lua_pop(state, 2);
    return is_whole;
}

static long long entry_count(lua_State *state) {
    long long count = 0;
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
        lua_pop(state, 1);
        count++;
    }
    return count;
}

/// Writes the table on top as a map, or its keys as a set.
static void write_entries(lua_State *state, clua_buffer *buffer, int version, bool is_map) {
    long long count = entry_count(state);
    if (version == 3) clua_append_header(state, buffer, is_map ? '%' : '~', count);
    else clua_append_header(state, buffer, '*', is_map ? count * 2 : count);
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
        lua_pushvalue(state, -2);
        clua_write_reply(state, buffer, version);
        if (is_map) clua_write_reply(state, buffer, version);
        else lua_pop(state, 1);
    }
}

static void write_array(lua_State *state, clua_buffer *buffer, int version) {
    int count = 0;
    while (true) {
        lua_rawgeti(state, -1, count + 1);
        bool is_end = lua_isnil(state, -1);
        lua_pop(state, 1);
        if (is_end) break;
        count++;
    }
    clua_append_header(state, buffer, '*', count);
    for (int index = 1; index <= count; index++) {
        lua_rawgeti(state, -1, index);
        clua_write_reply(state, buffer, version);
    }
}

/// Pushes a field of the table on top if it has the type; otherwise nothing.
static bool push_field(lua_State *state, const char *name, int type) {
    lua_pushstring(state, name);
    lua_rawget(state, -2);
    if (lua_type(state, -1) == type) return true;
    lua_pop(state, 1);
    return false;
}

static void write_table(lua_State *state, clua_buffer *buffer, int version) {
    size_t count;
    if (push_field(state, "err", LUA_TSTRING)) {
        const char *text = lua_tolstring(state, -1, &count);
        clua_append_error(state, buffer, text, count);
    } else if (push_field(state, "ok", LUA_TSTRING)) {
        const char *text = lua_tolstring(state, -1, &count);
        write_line(state, buffer, '+', text, count);
    } else if (push_field(state, "double", LUA_TNUMBER)) {
        write_double(state, buffer, lua_tonumber(state, -1), version);
    } else if (push_field(state, "map", LUA_TTABLE)) {
        write_entries(state, buffer, version, true);
    } else if (push_field(state, "set", LUA_TTABLE)) {
        write_entries(state, buffer, version, false);
    } else if (push_field(state, "big_number", LUA_TSTRING)) {
        write_big_number(state, buffer, version);
    } else if (push_field(state, "verbatim_string", LUA_TTABLE)) {
        if (!write_verbatim(state, buffer, version)) {
            lua_pop(state, 1);
            return write_array(state, buffer, version);
        }
    } else {
        return write_array(state, buffer, version);
    }
    lua_pop(state, 1);
}

/// Writes the value on top, and pops it.
void clua_write_reply(lua_State *state, clua_buffer *buffer, int version) {
    if (!lua_checkstack(state, 6)) {
        clua_append_text(state, buffer, "-ERR reached lua stack limit\r\n");
        lua_pop(state, 1);
        return;
    }
    switch (lua_type(state, -1)) {
    case LUA_TSTRING: {
        size_t count;
        const char *text = lua_tolstring(state, -1, &count);
        write_bulk(state, buffer, text, count);
        break;
    }
    case LUA_TNUMBER:
        clua_append_header(state, buffer, ':', whole(lua_tonumber(state, -1)));
        break;
    case LUA_TBOOLEAN: write_boolean(state, buffer, version); break;
    case LUA_TTABLE: write_table(state, buffer, version); break;
    default: write_null(state, buffer, version);
    }
    lua_pop(state, 1);
}
