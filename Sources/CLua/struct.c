// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The library `struct`: values as C lays them out, and back.
//
//   > < endianness   ! alignment   x padding   b h i l and B H I L T integers, in and In of n bytes
//   f d numbers      s a string that ends in zero      cn a string of n bytes, c0 of any length

#include <limits.h>
#include <string.h>

#include "engine.h"

enum { byte_count_max = 32, alignment_by_default = 8 };

typedef struct {
    bool is_big;
    int alignment;
} layout;

static int number_of(lua_State *state, const char **format, int otherwise) {
    if (**format < '0' || **format > '9') return otherwise;
    long long number = 0;
    do {
        number = number * 10 + (*(*format)++ - '0');
        if (number > INT_MAX) luaL_error(state, "integral size overflow");
    } while (**format >= '0' && **format <= '9');
    return (int)number;
}

/// The size of an option, whose length, if it has one, is taken off the format.
static size_t size_of(lua_State *state, char option, const char **format) {
    switch (option) {
    case 'B': case 'b': return sizeof(char);
    case 'H': case 'h': return sizeof(short);
    case 'L': case 'l': return sizeof(long);
    case 'T': return sizeof(size_t);
    case 'f': return sizeof(float);
    case 'd': return sizeof(double);
    case 'x': return 1;
    case 'c': return (size_t)number_of(state, format, 1);
    case 'i': case 'I': {
        int count = number_of(state, format, sizeof(int));
        if (count > byte_count_max) {
            luaL_error(
                state, "integral size %d is larger than limit of %d", count, byte_count_max);
        }
        return (size_t)count;
    }
    default: return 0;
    }
}

/// How many bytes go in front of a value so that it is aligned.
static size_t padding(const layout *layout, char option, size_t size, size_t offset) {
    if (size == 0 || option == 'c' || option == 'x') return 0;
    size_t alignment = size > (size_t)layout->alignment ? (size_t)layout->alignment : size;
    if (alignment <= 1) return 0;
    return (alignment - (offset & (alignment - 1))) & (alignment - 1);
}

/// What is no value.
static void control(lua_State *state, char option, const char **format, layout *layout) {
    switch (option) {
    case ' ': return;
    case '>': layout->is_big = true; return;
    case '<': layout->is_big = false; return;
    case '!': {
        int alignment = number_of(state, format, alignment_by_default);
        if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
            luaL_error(state, "alignment %d is not a power of 2", alignment);
        }
        layout->alignment = alignment;
        return;
    }
    default:
        luaL_argerror(state, 1, lua_pushfstring(state, "invalid format option '%c'", option));
    }
}

// MARK: Packing

static void put_bytes(
    lua_State *state, clua_buffer *buffer, const layout *layout, const unsigned char *bytes,
    size_t count) {
    for (size_t index = 0; index < count; index++) {
        clua_append_byte(
            state, buffer, (char)bytes[layout->is_big ? count - 1 - index : index]);
    }
}

static uint64_t whole(double number) {
    if (number >= 18446744073709551616.0 || number != number) return 0;
    if (number >= 0) return (uint64_t)number;
    return number < -9223372036854775808.0 ? (uint64_t)INT64_MIN : (uint64_t)(int64_t)number;
}

static void put_integer(
    lua_State *state, clua_buffer *buffer, const layout *layout, double number, size_t size) {
    unsigned char bytes[byte_count_max] = {0};
    uint64_t value = whole(number);
    for (size_t index = 0; index < sizeof value; index++) {
        bytes[index] = (unsigned char)(value >> (index * 8));
    }
    put_bytes(state, buffer, layout, bytes, size);
}

static int pack(lua_State *state) {
    clua_buffer *buffer = &clua_engine_of(state)->scratch;
    clua_buffer_clear(buffer);
    const char *format = luaL_checkstring(state, 1);
    layout layout = {false, 1};
    int argument = 2;
    // An argument too few is nil.
    lua_pushnil(state);
    while (*format != 0) {
        char option = *format++;
        size_t size = size_of(state, option, &format);
        size_t gap = padding(&layout, option, size, buffer->count);
        while (gap-- > 0) clua_append_byte(state, buffer, 0);
        switch (option) {
        case 'b': case 'B': case 'h': case 'H': case 'l': case 'L': case 'T': case 'i': case 'I':
            put_integer(state, buffer, &layout, luaL_checknumber(state, argument++), size);
            break;
        case 'x':
            clua_append_byte(state, buffer, 0);
            break;
        case 'f': {
            float number = (float)luaL_checknumber(state, argument++);
            put_bytes(state, buffer, &layout, (unsigned char *)&number, size);
            break;
        }
        case 'd': {
            double number = luaL_checknumber(state, argument++);
            put_bytes(state, buffer, &layout, (unsigned char *)&number, size);
            break;
        }
        case 'c': case 's': {
            size_t count;
            const char *text = luaL_checklstring(state, argument++, &count);
            if (size == 0) size = count;
            luaL_argcheck(state, count >= size, argument, "string too short");
            clua_append(state, buffer, text, size);
            if (option == 's') clua_append_byte(state, buffer, 0);
            break;
        }
        default:
            control(state, option, &format, &layout);
        }
    }
    lua_pushlstring(state, buffer->start, buffer->count);
    return 1;
}

// MARK: Unpacking

static void take_bytes(
    const layout *layout, const char *bytes, size_t count, unsigned char *destination) {
    for (size_t index = 0; index < count; index++) {
        destination[index] = (unsigned char)bytes[layout->is_big ? count - 1 - index : index];
    }
}

static double integer_from(
    const layout *layout, const char *bytes, size_t size, bool is_signed) {
    unsigned char ordered[byte_count_max];
    take_bytes(layout, bytes, size, ordered);
    uint64_t value = 0;
    size_t count = size < sizeof value ? size : sizeof value;
    for (size_t index = 0; index < count; index++) {
        value |= (uint64_t)ordered[index] << (index * 8);
    }
    if (!is_signed) return (double)value;
    if (count > 0 && count < sizeof value && value >> (count * 8 - 1) & 1) {
        value |= ~UINT64_C(0) << (count * 8);
    }
    return (double)(int64_t)value;
}

static int unpack(lua_State *state) {
    const char *format = luaL_checkstring(state, 1);
    size_t count;
    const char *bytes = luaL_checklstring(state, 2, &count);
    size_t position = (size_t)luaL_optinteger(state, 3, 1);
    luaL_argcheck(state, position > 0, 3, "offset must be 1 or greater");
    position -= 1;
    layout layout = {false, 1};
    int value_count = 0;
    while (*format != 0) {
        char option = *format++;
        size_t size = size_of(state, option, &format);
        position += padding(&layout, option, size, position);
        luaL_argcheck(
            state, position <= count && size <= count - position, 2, "data string too short");
        luaL_checkstack(state, 2, "too many results");
        switch (option) {
        case 'b': case 'B': case 'h': case 'H': case 'l': case 'L': case 'T': case 'i': case 'I':
            lua_pushnumber(
                state, integer_from(&layout, bytes + position, size, option >= 'a'));
            value_count++;
            break;
        case 'x':
            break;
        case 'f': {
            float number;
            take_bytes(&layout, bytes + position, size, (unsigned char *)&number);
            lua_pushnumber(state, number);
            value_count++;
            break;
        }
        case 'd': {
            double number;
            take_bytes(&layout, bytes + position, size, (unsigned char *)&number);
            lua_pushnumber(state, number);
            value_count++;
            break;
        }
        case 'c':
            if (size == 0) {
                if (value_count == 0 || !lua_isnumber(state, -1)) {
                    return luaL_error(state, "format 'c0' needs a previous size");
                }
                double wanted = lua_tonumber(state, -1);
                lua_pop(state, 1);
                value_count--;
                luaL_argcheck(
                    state, wanted >= 0 && wanted <= (double)(count - position), 2,
                    "data string too short");
                size = (size_t)wanted;
            }
            lua_pushlstring(state, bytes + position, size);
            value_count++;
            break;
        case 's': {
            const char *end = memchr(bytes + position, 0, count - position);
            if (end == NULL) return luaL_error(state, "unfinished string in data");
            size = (size_t)(end - (bytes + position)) + 1;
            lua_pushlstring(state, bytes + position, size - 1);
            value_count++;
            break;
        }
        default:
            control(state, option, &format, &layout);
        }
        position += size;
    }
    lua_pushinteger(state, (lua_Integer)position + 1);
    return value_count + 1;
}

static int size(lua_State *state) {
    const char *format = luaL_checkstring(state, 1);
    layout layout = {false, 1};
    size_t position = 0;
    while (*format != 0) {
        char option = *format++;
        size_t size = size_of(state, option, &format);
        position += padding(&layout, option, size, position);
        if (option == 's') luaL_argerror(state, 1, "option 's' has no fixed size");
        if (option == 'c' && size == 0) luaL_argerror(state, 1, "option 'c0' has no fixed size");
        if (option == '!' || option == '<' || option == '>') {
            control(state, option, &format, &layout);
        }
        position += size;
    }
    lua_pushinteger(state, (lua_Integer)position);
    return 1;
}

static const luaL_Reg functions[] = {
    {"pack", pack}, {"unpack", unpack}, {"size", size}, {NULL, NULL},
};

int clua_open_struct(lua_State *state) {
    lua_newtable(state);
    luaL_register(state, NULL, functions);
    return 1;
}
