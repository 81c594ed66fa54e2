// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The library `cmsgpack`: MessagePack without its binary and extension types.

#include <math.h>
#include <string.h>

#include "engine.h"

/// A table that lies deeper is packed as nil.
enum { depth_max = 16 };

// MARK: Packing

static void put(
    lua_State *state, clua_buffer *buffer, unsigned char type, uint64_t value, int size) {
    clua_append_byte(state, buffer, (char)type);
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
        clua_append_byte(state, buffer, (char)(value >> shift));
    }
}

static void pack_integer(lua_State *state, clua_buffer *buffer, int64_t number) {
    uint64_t bits = (uint64_t)number;
    if (number >= 0) {
        if (number <= 0x7F) put(state, buffer, (unsigned char)number, 0, 0);
        else if (number <= 0xFF) put(state, buffer, 0xCC, bits, 1);
        else if (number <= 0xFFFF) put(state, buffer, 0xCD, bits, 2);
        else if (number <= 0xFFFFFFFF) put(state, buffer, 0xCE, bits, 4);
        else put(state, buffer, 0xCF, bits, 8);
    } else {
        if (number >= -32) put(state, buffer, (unsigned char)number, 0, 0);
        else if (number >= INT8_MIN) put(state, buffer, 0xD0, bits, 1);
        else if (number >= INT16_MIN) put(state, buffer, 0xD1, bits, 2);
        else if (number >= INT32_MIN) put(state, buffer, 0xD2, bits, 4);
        else put(state, buffer, 0xD3, bits, 8);
    }
}

static void pack_number(lua_State *state, clua_buffer *buffer, double number) {
    if (number >= -9223372036854775808.0 && number < 9223372036854775808.0
        && (double)(int64_t)number == number) {
        return pack_integer(state, buffer, (int64_t)number);
    }
    float narrow = (float)number;
    if ((double)narrow == number) {
        uint32_t bits;
        memcpy(&bits, &narrow, sizeof bits);
        put(state, buffer, 0xCA, bits, 4);
    } else {
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        put(state, buffer, 0xCB, bits, 8);
    }
}

static void pack_string(lua_State *state, clua_buffer *buffer, int index) {
    size_t count;
    const char *text = lua_tolstring(state, index, &count);
    if (count < 32) put(state, buffer, (unsigned char)(0xA0 | count), 0, 0);
    else if (count <= 0xFF) put(state, buffer, 0xD9, count, 1);
    else if (count <= 0xFFFF) put(state, buffer, 0xDA, count, 2);
    else put(state, buffer, 0xDB, count, 4);
    clua_append(state, buffer, text, count);
}

/// - Parameters: the types for few elements, for up to 65,535 and for more.
static void put_count(
    lua_State *state, clua_buffer *buffer, size_t count, unsigned char few, unsigned char more,
    unsigned char most) {
    if (count <= 15) put(state, buffer, (unsigned char)(few | count), 0, 0);
    else if (count <= 0xFFFF) put(state, buffer, more, count, 2);
    else put(state, buffer, most, count, 4);
}

/// Whether the table on top has exactly the keys 1 … n. Counts its entries.
static bool is_array(lua_State *state, size_t *count) {
    double last = 0;
    *count = 0;
    bool is_array = true;
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
        lua_pop(state, 1);
        *count += 1;
        double key = lua_type(state, -1) == LUA_TNUMBER ? lua_tonumber(state, -1) : 0;
        if (key <= 0 || floor(key) != key) is_array = false;
        if (key > last) last = key;
    }
    return is_array && last == (double)*count;
}

static void pack_value(lua_State *state, clua_buffer *buffer, int depth);

static void pack_table(lua_State *state, clua_buffer *buffer, int depth) {
    size_t count;
    if (is_array(state, &count)) {
        put_count(state, buffer, count, 0x90, 0xDC, 0xDD);
        for (size_t index = 1; index <= count; index++) {
            lua_rawgeti(state, -1, (int)index);
            pack_value(state, buffer, depth + 1);
        }
    } else {
        put_count(state, buffer, count, 0x80, 0xDE, 0xDF);
        lua_pushnil(state);
        while (lua_next(state, -2) != 0) {
            lua_pushvalue(state, -2);
            pack_value(state, buffer, depth + 1);
            pack_value(state, buffer, depth + 1);
        }
    }
}

/// Packs the value on top, and pops it.
static void pack_value(lua_State *state, clua_buffer *buffer, int depth) {
    luaL_checkstack(state, 4, "in function mp_check");
    int type = lua_type(state, -1);
    if (type == LUA_TSTRING) pack_string(state, buffer, -1);
    else if (type == LUA_TBOOLEAN) put(state, buffer, lua_toboolean(state, -1) ? 0xC3 : 0xC2, 0, 0);
    else if (type == LUA_TNUMBER) pack_number(state, buffer, lua_tonumber(state, -1));
    else if (type == LUA_TTABLE && depth < depth_max) pack_table(state, buffer, depth);
    else put(state, buffer, 0xC0, 0, 0);
    lua_pop(state, 1);
}

static int pack(lua_State *state) {
    int count = lua_gettop(state);
    if (count == 0) return luaL_argerror(state, 0, "MessagePack pack needs input.");
    clua_buffer *buffer = &clua_engine_of(state)->scratch;
    clua_buffer_clear(buffer);
    for (int index = 1; index <= count; index++) {
        lua_pushvalue(state, index);
        pack_value(state, buffer, 0);
    }
    lua_pushlstring(state, buffer->start, buffer->count);
    return 1;
}

// MARK: Unpacking

typedef struct {
    const unsigned char *next;
    size_t left;
} input;

static const unsigned char *take(lua_State *state, input *input, size_t count) {
    if (count > input->left) luaL_error(state, "Missing bytes in input.");
    const unsigned char *bytes = input->next;
    input->next += count;
    input->left -= count;
    return bytes;
}

static uint64_t take_number(lua_State *state, input *input, size_t size) {
    const unsigned char *bytes = take(state, input, size);
    uint64_t value = 0;
    for (size_t index = 0; index < size; index++) value = value << 8 | bytes[index];
    return value;
}

static void unpack_value(lua_State *state, input *input);

static void unpack_array(lua_State *state, input *input, uint64_t count) {
    lua_newtable(state);
    luaL_checkstack(state, 1, "in function mp_decode_to_lua_array");
    for (uint64_t index = 1; index <= count; index++) {
        unpack_value(state, input);
        lua_rawseti(state, -2, (int)index);
    }
}

static void unpack_map(lua_State *state, input *input, uint64_t count) {
    lua_newtable(state);
    luaL_checkstack(state, 2, "in function mp_decode_to_lua_hash");
    for (uint64_t index = 0; index < count; index++) {
        unpack_value(state, input);
        unpack_value(state, input);
        lua_settable(state, -3);
    }
}

static void unpack_string(lua_State *state, input *input, uint64_t count) {
    lua_pushlstring(state, (const char *)take(state, input, count), count);
}

static void unpack_float(lua_State *state, input *input) {
    uint32_t bits = (uint32_t)take_number(state, input, 4);
    float number;
    memcpy(&number, &bits, sizeof number);
    lua_pushnumber(state, number);
}

static void unpack_double(lua_State *state, input *input) {
    uint64_t bits = take_number(state, input, 8);
    double number;
    memcpy(&number, &bits, sizeof number);
    lua_pushnumber(state, number);
}

/// Pushes the next value.
static void unpack_value(lua_State *state, input *input) {
    luaL_checkstack(state, 1, "too many return values at once; use unpack_one or unpack_limit.");
    unsigned char type = *take(state, input, 1);
    switch (type) {
    case 0xC0: lua_pushnil(state); return;
    case 0xC2: lua_pushboolean(state, false); return;
    case 0xC3: lua_pushboolean(state, true); return;
    case 0xCA: unpack_float(state, input); return;
    case 0xCB: unpack_double(state, input); return;
    case 0xCC: lua_pushnumber(state, (double)take_number(state, input, 1)); return;
    case 0xCD: lua_pushnumber(state, (double)take_number(state, input, 2)); return;
    case 0xCE: lua_pushnumber(state, (double)take_number(state, input, 4)); return;
    case 0xD0: lua_pushnumber(state, (int8_t)take_number(state, input, 1)); return;
    case 0xD1: lua_pushnumber(state, (int16_t)take_number(state, input, 2)); return;
    case 0xD2: lua_pushnumber(state, (int32_t)take_number(state, input, 4)); return;
    // An unsigned number of 64 bits is read as a signed one.
    case 0xCF: case 0xD3:
        lua_pushnumber(state, (double)(int64_t)take_number(state, input, 8));
        return;
    case 0xD9: unpack_string(state, input, take_number(state, input, 1)); return;
    case 0xDA: unpack_string(state, input, take_number(state, input, 2)); return;
    case 0xDB: unpack_string(state, input, take_number(state, input, 4)); return;
    case 0xDC: unpack_array(state, input, take_number(state, input, 2)); return;
    case 0xDD: unpack_array(state, input, take_number(state, input, 4)); return;
    case 0xDE: unpack_map(state, input, take_number(state, input, 2)); return;
    case 0xDF: unpack_map(state, input, take_number(state, input, 4)); return;
    }
    if (type < 0x80) lua_pushnumber(state, type);
    else if (type >= 0xE0) lua_pushnumber(state, (int8_t)type);
    else if (type < 0x90) unpack_map(state, input, type & 15);
    else if (type < 0xA0) unpack_array(state, input, type & 15);
    else if (type < 0xC0) unpack_string(state, input, type & 31);
    else luaL_error(state, "Bad data format in input.");
}

/// Unpacks `limit` values from `offset` on, and says where the rest begins; all of them, and only
/// them, if both are 0.
static int unpack_from(lua_State *state, int limit, int offset) {
    size_t count;
    const char *bytes = luaL_checklstring(state, 1, &count);
    if (offset < 0 || limit < 0) {
        return luaL_error(
            state, "Invalid request to unpack with offset of %d and limit of %d.", offset,
            (int)count);
    }
    if ((size_t)offset > count) {
        return luaL_error(
            state, "Start offset %d greater than input length %d.", offset, (int)count);
    }
    bool takes_all = limit == 0 && offset == 0;
    input input = {(const unsigned char *)bytes + offset, count - (size_t)offset};
    int value_count = 0;
    while (input.left > 0 && (takes_all || value_count < limit)) {
        unpack_value(state, &input);
        value_count++;
    }
    if (takes_all) return value_count;
    luaL_checkstack(state, 1, "too many return values");
    lua_pushinteger(state, input.left == 0 ? -1 : (lua_Integer)(count - input.left));
    lua_insert(state, -value_count - 1);
    return value_count + 1;
}

static int unpack(lua_State *state) { return unpack_from(state, 0, 0); }

static int unpack_one(lua_State *state) {
    int offset = (int)luaL_optinteger(state, 2, 0);
    lua_settop(state, 1);
    return unpack_from(state, 1, offset);
}

static int unpack_limit(lua_State *state) {
    int limit = (int)luaL_checkinteger(state, 2);
    int offset = (int)luaL_optinteger(state, 3, 0);
    lua_settop(state, 1);
    return unpack_from(state, limit, offset);
}

static const luaL_Reg functions[] = {
    {"pack", pack}, {"unpack", unpack}, {"unpack_one", unpack_one},
    {"unpack_limit", unpack_limit}, {NULL, NULL},
};

int clua_open_msgpack(lua_State *state) {
    lua_newtable(state);
    luaL_register(state, NULL, functions);
    lua_pushliteral(state, "cmsgpack");
    lua_setfield(state, -2, "_NAME");
    // The version of the library whose functions these are.
    lua_pushliteral(state, "lua-cmsgpack 0.4.0");
    lua_setfield(state, -2, "_VERSION");
    lua_pushliteral(state, "MessagePack C implementation for Lua");
    lua_setfield(state, -2, "_DESCRIPTION");
    return 1;
}
