// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

/// What a buffer keeps for its next use.
static const size_t kept_capacity = 64 * 1024;

void clua_buffer_clear(clua_buffer *buffer) {
    buffer->count = 0;
    if (buffer->capacity > kept_capacity) {
        free(buffer->start);
        buffer->start = NULL;
        buffer->capacity = 0;
    }
}

void clua_append(lua_State *state, clua_buffer *buffer, const void *bytes, size_t count) {
    if (count > buffer->capacity - buffer->count) {
        size_t needed = buffer->count + count;
        size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity;
        while (capacity < needed) capacity *= 2;
        char *start = realloc(buffer->start, capacity);
        if (start == NULL) {
            luaL_error(state, "not enough memory");
            return;
        }
        buffer->start = start;
        buffer->capacity = capacity;
    }
    if (count > 0) memcpy(buffer->start + buffer->count, bytes, count);
    buffer->count += count;
}

void clua_append_byte(lua_State *state, clua_buffer *buffer, char byte) {
    if (buffer->count < buffer->capacity) {
        buffer->start[buffer->count++] = byte;
    } else {
        clua_append(state, buffer, &byte, 1);
    }
}

void clua_append_text(lua_State *state, clua_buffer *buffer, const char *text) {
    clua_append(state, buffer, text, strlen(text));
}

void clua_append_header(lua_State *state, clua_buffer *buffer, char type, long long number) {
    char text[32];
    int count = snprintf(text, sizeof text, "%c%lld\r\n", type, number);
    clua_append(state, buffer, text, (size_t)count);
}

/// A line of RESP: an error is one, so line ends in it become spaces, and those at its end go.
void clua_append_error(
    lua_State *state, clua_buffer *buffer, const char *text, size_t count) {
    while (count > 0 && (text[count - 1] == '\r' || text[count - 1] == '\n')) count--;
    clua_append_byte(state, buffer, '-');
    for (size_t index = 0; index < count; index++) {
        char byte = text[index];
        clua_append_byte(state, buffer, byte == '\r' || byte == '\n' ? ' ' : byte);
    }
    clua_append(state, buffer, "\r\n", 2);
}
